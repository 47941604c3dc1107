"""The engine for users' queries, which run in processes that are killed at a limit."""

import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from loader.errors import Limit, ProjectError, QueryStopped, WorkerDied
from query_ui.engine.guard import check_query_size
from query_ui.engine.pinned_release import get_pinned_release
from query_ui.engine.protocol import (
    EarlyQuery,
    Engine,
    EngineRequest,
    QueryLimits,
    QueryResult,
    SerialisedResult,
    never_gone,
)
from query_ui.engine.result_buffer import open_and_unlink
from query_ui.engine.result_formats import find_format
from query_ui.engine.scheduler import Lane, Scheduler, WorkerLease
from query_ui.engine.slow_query_memory import SlowQueryMemory
from query_ui.engine.worker_main import EngineOpener, WorkerReply, WorkerRequest
from query_ui.engine.worker_process import NO_PARTIAL_RESULT, WorkerProcess
from query_ui.engine.worker_time import add_worker_seconds

_MAX_COMPARED_CHARACTERS = 1_000
"""Of a query sent without a thread: to compare it with slow ones takes 0.3 µs a character."""


@dataclass(slots=True)
class WorkerQuery(EarlyQuery):
    """A query that a worker was sent; ``reply`` is there where somebody has read it already."""

    lease: WorkerLease
    message: WorkerRequest
    reply: WorkerReply | None = None


class WorkerEngine:
    """An engine for users' queries; each has a process to itself while it runs.

    A result is never truncated. Above a limit the process is killed (SIGKILL, as the store cannot
    be interrupted) and replaced, and QueryStopped is raised. Processes start when first needed
    and end with the parent process. Thread-safe.
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

    @property
    def lanes(self) -> tuple[Lane, Lane]:
        """The lanes with their counts of queries."""
        return self._scheduler.light_lane, self._scheduler.heavy_lane

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
        """See ``Engine.execute``; raise QueryRefused, QueryTooLarge, QueryStopped or QueueFull."""
        check_query_size(request.text, self._limits.text)
        try:
            return self._execute_once(request, is_client_gone, _claim_early_query(request))
        except WorkerDied:
            if self._scheduler.is_closed:
                raise
            # The system may have ended the process, for want of memory say. A fresh one may
            # succeed, and if it ends too, the error says so.
            return self._execute_once(request, is_client_gone)

    def send_early(self, request: EngineRequest, begun_at: float) -> WorkerQuery | None:
        """Send a query to a worker that is idle, without any wait; None where there is none.

        The caller waits until ``WorkerQuery.lease.worker`` has a reply, and calls ``open_early``;
        or gives the query to ``execute``, in its request; or to ``discard``.
        """
        # To compare a long query with those that were slow takes long.
        most = _MAX_COMPARED_CHARACTERS if self._slow_queries else self._limits.text
        if len(request.text) > most:
            return None
        if request.text in self._slow_queries:
            return None
        lease = self._scheduler.lease_idle_worker()
        if lease is None:
            return None
        query = WorkerQuery(begun_at, lease, _to_worker_request(request))
        lease.worker.send_at_once(query.message)
        return query

    @property
    def is_busy(self) -> bool:
        """Whether all light workers are busy, so that none has to be started."""
        return self._scheduler.light_lane.is_full

    def listen_for_vacancies(
        self, listener: Callable[[], None], count_waiting: Callable[[], int]
    ) -> None:
        """Let a function be called, from any thread, whenever a light worker may be idle again.

        ``count_waiting`` returns, in any thread, how many queries wait for that.
        """
        self._scheduler.vacancy_listener = listener
        self._scheduler.count_early_waiting = count_waiting

    def count_waiting(self, lane: Lane) -> int:
        """Return how many queries wait for a worker of a lane, with those on the event loop."""
        early = self._scheduler.count_early_waiting() if lane is self.lanes[0] else 0
        return lane.waiting_count + early

    def receive_early(self, query: WorkerQuery) -> bool:
        """Return whether ``open_early`` has the result of a query, without any wait.

        Large replies, failed queries and processes that have ended are left to ``execute``.
        """
        query.reply = query.lease.worker.read_small_reply()
        return isinstance(query.reply, tuple) and query.reply[3] is not None

    def open_early(self, query: WorkerQuery) -> SerialisedResult:
        """Return the result of a query for which ``receive_early`` has returned True."""
        assert query.reply is not None
        query.is_claimed = True
        with self._scheduler.hold_lease(query.lease) as lease:
            add_worker_seconds(lease.worker.processor_seconds)
            return self._open_result(lease, query.reply)

    def discard(self, query: WorkerQuery) -> None:
        """End a query that nobody wants the result of; this may take as long as a process start."""
        query.is_claimed = True
        with self._scheduler.hold_lease(query.lease):
            pass

    def _execute_once(
        self,
        request: EngineRequest,
        is_client_gone: Callable[[], bool],
        sent: WorkerQuery | None = None,
    ) -> SerialisedResult:
        lanes = self._scheduler
        is_slow = not sent and request.text in self._slow_queries
        # A slow query that cannot be promoted because the heavy lane is full gives up its light
        # worker and starts again in the heavy lane, so that short queries do not wait for it.
        for lane in (lanes.heavy_lane if is_slow else lanes.light_lane, lanes.heavy_lane):
            lease = (
                lanes.hold_lease(sent.lease) if sent else lanes.lease_worker(lane, is_client_gone)
            )
            with lease as hold:
                try:
                    if not sent:
                        hold.worker.send_request(_to_worker_request(request))
                    known = sent.reply if sent else None
                    reply = known or self._await_reply(hold, request, is_client_gone)
                finally:
                    add_worker_seconds(hold.worker.processor_seconds)
                if reply is not None:
                    return self._open_result(hold, reply)
            sent = None
        raise AssertionError("a heavy query has a reply or raises")

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        """Return this engine, which is isolated already."""
        return self

    def close(self) -> None:
        """Kill every worker; running queries raise QueryStopped."""
        self._scheduler.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start_worker(self) -> WorkerProcess:
        path = self._folder / str(next(self._worker_numbers))
        return WorkerProcess(self._opener, self._limits, path)

    def _await_reply(
        self, lease: WorkerLease, request: EngineRequest, is_client_gone: Callable[[], bool]
    ) -> WorkerReply | None:
        """Return the reply of the worker, or None to start again in the heavy lane."""
        seconds, brief = self.compute_timeout(request), self._limits.light_seconds
        if lease.lane is self._scheduler.light_lane and brief < seconds:
            reply = lease.worker.wait_for_reply(brief, is_client_gone)
            # The heavy lane is for queries that need much processor time. On a busy machine a
            # short query takes long because it waits for a processor, so it may stay for longer.
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
            raise build_timeout_error(lease.worker.seconds, seconds)
        # Else a query that was slow once, with other values, would stay in the heavy lane.
        if lease.lane is self._scheduler.heavy_lane and lease.worker.seconds < brief:
            self._slow_queries.forget_query(request.text)
        return reply

    def _open_result(self, lease: WorkerLease, reply: WorkerReply) -> SerialisedResult:
        """Return the result of a worker, opened; raise the error that it sent instead."""
        if isinstance(reply, ProjectError):
            # After a failed allocation the process is near its limit and would fail again.
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
        # Only once the file is open: the next query of this worker may write to the same path.
        lease.is_reusable = True
        return SerialisedResult(kind, form, body, size)

    def compute_timeout(self, request: EngineRequest) -> float:
        """Return for how many seconds a query may run."""
        wanted = request.seconds
        return self._limits.seconds if wanted is None else min(wanted, self._limits.seconds)


def _claim_early_query(request: EngineRequest) -> WorkerQuery | None:
    """Return the query that was sent early, where it is the one of the request in every part.

    The release may have changed since, for example.
    """
    query = request.early
    if not isinstance(query, WorkerQuery) or query.message != _to_worker_request(request):
        return None
    query.is_claimed = True
    return query


def _to_worker_request(request: EngineRequest) -> WorkerRequest:
    names = {kind: form.name for kind, form in request.formats.items()}
    graphs = request.default_graphs, request.named_graphs
    return request.text, *graphs, names, get_pinned_release()


def build_timeout_error(elapsed_seconds: float, limit_seconds: float) -> QueryStopped:
    """Return the error of a query that ran into its limit of time."""
    return QueryStopped(
        f"The query was stopped after {elapsed_seconds:.1f} s: the limit is {limit_seconds:g} s. "
        f"{NO_PARTIAL_RESULT} "
        "Narrow it down, for example by naming the class, the property or the graph.",
        Limit.TIME,
        elapsed_seconds,
    )
