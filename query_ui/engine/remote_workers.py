"""The engine for users' queries on a remote endpoint, whose answers are of one release."""

from collections.abc import Callable
from typing import TypeAlias

from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryLimits,
    SerialisedResult,
    never_gone,
)
from query_ui.engine.worker_engine import WorkerEngine
from query_ui.engine.worker_main import EngineOpener

ReleaseConfirmer: TypeAlias = Callable[[Callable[[], SerialisedResult]], SerialisedResult]
"""Runs a query, and returns its result once it is confirmed to be of one release."""


class RemoteWorkers(WorkerEngine):
    """Worker processes that ask an endpoint; the process of the site confirms their answers.

    It does so by ``confirm``, so that all of them share its requests for the release that the
    endpoint holds.
    """

    def __init__(
        self,
        engine: Engine,
        opener: EngineOpener,
        limits: QueryLimits,
        confirm: ReleaseConfirmer,
    ) -> None:
        super().__init__(engine, opener, limits)
        self._confirm = confirm

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """See ``WorkerEngine.execute``; raises ReleaseChanged as ``RemoteEngine.query`` does."""
        execute = super().execute
        return self._confirm(lambda: execute(request, is_client_gone))
