"""The engine for users' queries on a remote endpoint, whose answers are of one release."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from cachetools import LRUCache

from loader.errors import ClientGone, QueryStopped
from query_ui.engine.guard import check_query_size
from query_ui.engine.local_query import is_quickly_parsed
from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryLimits,
    SerialisedResult,
    never_gone,
)
from query_ui.engine.scheduler import LanePlace
from query_ui.engine.worker_engine import WorkerEngine, build_timeout_error
from query_ui.engine.worker_main import EngineOpener

_MAX_LONG_QUERIES = 500


class EndpointEngine(Engine, Protocol):
    """Interface of an engine on an endpoint, which can be asked without a worker."""

    def run_on_release(self, run: Callable[[], SerialisedResult]) -> SerialisedResult:
        """Return what ``run`` returns, once it is confirmed to be of one release."""

    def execute_short(
        self, request: EngineRequest, watch: Callable[[], None]
    ) -> SerialisedResult | None:
        """Return the result, or None where the answer is a long one; ``watch`` can end it."""


class RemoteWorkers(WorkerEngine):
    """Asks an endpoint from the process of the site, and from worker processes.

    To wait for an endpoint needs no process: a connection can be closed at any time. A query that
    is parsed quickly by its form, and has a short answer, is therefore asked from here, with the
    same limits and a place in the same lanes. All others may need much processor time or memory
    here, and are asked by a worker, which can be killed. So is an answer that turns out to be
    long: it is asked for again, once for each text. The process of the site confirms all answers,
    so that they share its requests for the release that the endpoint holds.
    """

    def __init__(self, engine: EndpointEngine, opener: EngineOpener, limits: QueryLimits) -> None:
        super().__init__(engine, opener, limits)
        self._remote = engine
        self._lock = threading.Lock()
        self._long_queries: LRUCache[int, bool] = LRUCache(_MAX_LONG_QUERIES)

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """See ``WorkerEngine.execute``; raises ReleaseChanged as ``RemoteEngine.query`` does."""
        check_query_size(request.text, self._limits.text)
        return self._remote.run_on_release(lambda: self._execute(request, is_client_gone))

    def _execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool]
    ) -> SerialisedResult:
        key = hash(request.text)
        if is_quickly_parsed(request.text) and not self._is_long(key):
            with self._scheduler.take_place() as place:
                if place:
                    result = self._ask_here(place, request, is_client_gone)
                    if result is not None:
                        return result
                    with self._lock:
                        self._long_queries[key] = True
        return super().execute(request, is_client_gone)

    def _is_long(self, key: int) -> bool:
        with self._lock:
            return key in self._long_queries

    def _ask_here(
        self, place: LanePlace, request: EngineRequest, is_client_gone: Callable[[], bool]
    ) -> SerialisedResult | None:
        """Return the result, or None where it is a long one."""
        begun, seconds = time.monotonic(), self.compute_timeout(request)
        light, brief = self._scheduler.light_lane, self._limits.light_seconds

        def watch() -> None:
            elapsed = time.monotonic() - begun
            if elapsed > seconds:
                raise build_timeout_error(elapsed, seconds)
            if self._scheduler.is_closed:
                raise QueryStopped("The query was stopped: the server is closing.")
            if elapsed > brief:
                if is_client_gone():
                    raise ClientGone("The query was stopped: whoever asked has gone.")
                if place.lane is light:
                    self._scheduler.promote_place(place)

        result = self._remote.execute_short(request, watch)
        if result is not None and result.size > self._limits.max_result_bytes:
            result.body.close()
            return None
        return result
