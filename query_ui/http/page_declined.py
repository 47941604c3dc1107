"""What a process leaves to the server: users' queries, which run under its limits, and streams."""

from collections.abc import Callable, Mapping, Sequence

from flask import Response

from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryLimits,
    QueryResult,
    SerialisedResult,
    never_gone,
)


class PageDeclined(BaseException):
    """The server has to make this page; no handler of errors of the application may catch it."""


class DeclinedEngine:
    """The engine for users' queries where there is none: they run under the limits of the server.

    It has the prefixes and the release of ``engine``; every query raises PageDeclined.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def prefixes(self) -> Mapping[str, str]:
        """See ``Engine.prefixes``."""
        return self._engine.prefixes

    @property
    def release(self) -> str:
        """See ``Engine.release``."""
        return self._engine.release

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        """Raise PageDeclined."""
        raise PageDeclined

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """Raise PageDeclined."""
        raise PageDeclined

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        """Return this engine."""
        return self

    def close(self) -> None:
        """Do nothing."""


def decline_stream(response: Response) -> Response:
    """Return a response whose body is complete; raise PageDeclined for any other."""
    if response.is_streamed or response.direct_passthrough:
        response.close()
        raise PageDeclined
    return response
