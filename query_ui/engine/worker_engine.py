"""The engine for visitors: their queries run in processes that are killed at a limit."""

import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import BinaryIO

from loader.errors import Limit, ProjectError, QueryStopped
from query_ui.engine.guard import check_query_size
from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryLimits,
    QueryResult,
    SerialisedResult,
    never_gone,
)
from query_ui.engine.result_buffer import open_and_unlink
from query_ui.engine.result_formats import find_format
from query_ui.engine.scheduler import Scheduler, WorkerLease
from query_ui.engine.slow_query_memory import SlowQueryMemory
from query_ui.engine.worker_main import EngineOpener, WorkerReply, WorkerRequest
from query_ui.engine.worker_process import NO_PARTIAL_RESULT, WorkerProcess


class WorkerEngine:
    """Answers strangers, each query in a process of its own while it runs.

    A query is never answered in part. Past a limit its process is killed (SIGKILL: the store
    cannot be interrupted), another takes its place, and QueryStopped is raised. Processes start
    when they are first needed and end with this one. Safe to use from several threads.
    """

    def __init__(self, engine: Engine, opener: EngineOpener, limits: QueryLimits) -> None:
        self._engine = engine
        self._opener = opener
        self._limits = limits
        self._folder = Path(tempfile.mkdtemp(prefix="concordat-kg-"))
        self._worker_numbers = count()
        self._slow_queries = SlowQueryMemory()
        self._scheduler = Scheduler(self._start_worker, limits)

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
        """See ``Engine.query``; raises what ``execute`` raises."""
        result = self.execute(EngineRequest(text, tuple(default_graphs), tuple(named_graphs)))
        with result.body:
            return QueryResult(result.kind, result.body.read(), self.prefixes)

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """See ``Engine.execute``; raises QueryRefused, QueryTooLarge, QueryStopped, QueueFull."""
        check_query_size(request.text, self._limits.text)
        lanes = self._scheduler
        first = lanes.heavy_lane if request.text in self._slow_queries else lanes.light_lane
        # What took long in the light lane while the heavy one was full begins again there.
        for lane in (first, lanes.heavy_lane):
            with lanes.lease_worker(lane, is_client_gone) as hold:
                reply = self._await_reply(hold, request, is_client_gone)
                if reply is not None:
                    return self._open_result(hold, reply)
        raise AssertionError("a heavy query has a reply or raises")

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        """Itself: it is for visitors already."""
        return self

    def close(self) -> None:
        """Kill every worker; queries that run raise QueryStopped."""
        self._scheduler.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start_worker(self) -> WorkerProcess:
        path = self._folder / str(next(self._worker_numbers))
        return WorkerProcess(self._opener, self._limits, path)

    def _await_reply(
        self, lease: WorkerLease, request: EngineRequest, is_client_gone: Callable[[], bool]
    ) -> WorkerReply | None:
        """The reply of the worker; None where the query has to begin again in the heavy lane."""
        seconds, brief = self._compute_timeout(request), self._limits.light_seconds
        lease.worker.send_request(_to_worker_request(request))
        if lease.lane is self._scheduler.light_lane and brief < seconds:
            reply = lease.worker.wait_for_reply(brief, is_client_gone)
            while (
                reply is None
                and lease.worker.processor_seconds < brief
                and lease.worker.seconds < seconds
            ):
                reply = lease.worker.wait_for_reply(
                    lease.worker.seconds + brief / 4, is_client_gone
                )
            if reply is not None:
                return reply
            self._slow_queries.add_query(request.text)
            if not self._scheduler.promote_lease(lease):
                return None
        reply = lease.worker.wait_for_reply(seconds, is_client_gone)
        if reply is None:
            raise _build_timeout_error(lease.worker.seconds, seconds)
        if lease.lane is self._scheduler.heavy_lane and lease.worker.seconds < brief:
            self._slow_queries.forget_query(request.text)
        return reply

    def _open_result(self, lease: WorkerLease, reply: WorkerReply) -> SerialisedResult:
        """What a worker wrote, opened; an error that it sent is raised."""
        if isinstance(reply, ProjectError):
            lease.is_reusable = not (
                isinstance(reply, QueryStopped) and reply.limit is Limit.MEMORY
            )
            raise reply
        kind, name, size, written = reply
        form = find_format(name, kind)
        assert form is not None
        body: BinaryIO = (
            open_and_unlink(lease.worker.path) if written is None else io.BytesIO(written)
        )
        lease.is_reusable = True
        return SerialisedResult(kind, form, body, size)

    def _compute_timeout(self, request: EngineRequest) -> float:
        wanted = request.seconds
        return self._limits.seconds if wanted is None else min(wanted, self._limits.seconds)


def _to_worker_request(request: EngineRequest) -> WorkerRequest:
    names = {kind: form.name for kind, form in request.formats.items()}
    return request.text, request.default_graphs, request.named_graphs, names


def _build_timeout_error(elapsed_seconds: float, limit_seconds: float) -> QueryStopped:
    return QueryStopped(
        f"The query was stopped after {elapsed_seconds:.1f} s: the limit is {limit_seconds:g} s. "
        f"{NO_PARTIAL_RESULT} "
        "Narrow it down, for example by naming the class, the property or the graph.",
        Limit.TIME,
        elapsed_seconds,
    )
