"""An engine that takes its time, by a clock of its own, so that no test has to wait."""

from collections.abc import Callable, Mapping, Sequence

from loader.errors import QueryError, QueryStopped
from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryLimits,
    QueryResult,
    SerialisedResult,
    never_gone,
)


class SlowEngine:
    """Answers as ``engine`` does; each query takes ``cost`` seconds of the clock ``now``.

    One that costs more than it may is stopped, and ``heard`` has all that were asked.
    """

    def __init__(self, engine: Engine, cost: float = 0.0) -> None:
        self.engine = engine
        self.cost = cost
        self.now = 0.0
        self.heard: list[EngineRequest] = []

    @property
    def prefixes(self) -> Mapping[str, str]:
        return self.engine.prefixes

    @property
    def release(self) -> str:
        return self.engine.release

    def clock(self) -> float:
        """The time by this engine's clock, in seconds."""
        return self.now

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        raise QueryError("The doctor asks under a time limit of its own.")

    def execute(
        self, question: EngineRequest, gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        self.heard.append(question)
        assert question.seconds is not None
        self.now += min(self.cost, question.seconds)
        if self.cost > question.seconds:
            raise QueryStopped("It took too long.", seconds=question.seconds)
        return self.engine.execute(question, gone)

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        return self

    def close(self) -> None:
        """The engine inside is closed by who opened it."""
