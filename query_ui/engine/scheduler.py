"""The scheduler, which decides which queries run, wait or are turned away with Retry-After.

https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loader.errors import ClientGone, QueryStopped, QueueFull
from query_ui.engine.protocol import QueryLimits
from query_ui.engine.worker_process import WorkerProcess

# A waiting query wakes this often, as a client that disconnects notifies nobody.
_WAIT_SLICE_SECONDS = 0.1


@dataclass(slots=True)
class Lane:
    """A queue with workers: limits and counts of running and waiting queries.

    ``vacancy`` is notified when a query leaves. All counts change only under the scheduler's lock.
    """

    name: str
    worker_limit: int
    queue_limit: int
    vacancy: threading.Condition
    busy_count: int = 0
    waiting_count: int = 0
    idle_workers: list[WorkerProcess] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether there is no room besides that for the queries that wait."""
        return self.busy_count + self.waiting_count >= self.worker_limit


@dataclass(slots=True)
class WorkerLease:
    """A worker reserved for one query; ``is_reusable`` is set once it has completed it."""

    worker: WorkerProcess
    lane: Lane
    is_reusable: bool = False


@dataclass(slots=True)
class LanePlace:
    """A place in a lane for a query that runs without a worker."""

    lane: Lane


class Scheduler:
    """Two lanes of workers, so that short queries never wait behind long ones.

    Workers of the light lane are reused. A long query moves to the heavy lane together with its
    worker if there is room. Heavy workers have the lowest priority and end with their query,
    which frees their memory. Thread-safe.
    """

    def __init__(self, start_worker: Callable[[], WorkerProcess], limits: QueryLimits) -> None:
        self._start_worker = start_worker
        self._limits = limits
        self._lock = threading.Lock()
        self._is_closed = False
        self.vacancy_listener: Callable[[], None] = lambda: None
        self.count_early_waiting: Callable[[], int] = lambda: 0
        self._live_workers: set[WorkerProcess] = set()
        # One condition per lane: with a shared one, ``notify`` could wake a query of the other
        # lane, which cannot run, and the vacancy would go unnoticed until the next time slice.
        light, heavy = threading.Condition(self._lock), threading.Condition(self._lock)
        self.light_lane = Lane("light", limits.light_workers, limits.light_queue_size, light)
        self.heavy_lane = Lane("heavy", limits.heavy_workers, limits.heavy_queue_size, heavy)

    @property
    def is_closed(self) -> bool:
        """Whether the server is closing, so that no query begins any more."""
        return self._is_closed

    @contextmanager
    def lease_worker(self, lane: Lane, is_client_gone: Callable[[], bool]) -> Iterator[WorkerLease]:
        """Wait for a worker of ``lane`` and reserve it for a ``with`` block.

        Raises QueueFull at once where the queue is full, or after ``limits.max_wait_seconds``;
        ClientGone where the client leaves while waiting; QueryStopped when the server closes.
        """
        with self.hold_lease(WorkerLease(self._take_worker(lane, is_client_gone), lane)) as lease:
            yield lease

    @contextmanager
    def hold_lease(self, lease: WorkerLease) -> Iterator[WorkerLease]:
        """Return the worker of a lease at the end of a ``with`` block."""
        try:
            yield lease
        finally:
            self._return_worker(lease)

    def lease_idle_worker(self) -> WorkerLease | None:
        """Reserve a light worker that is idle and ready, without any wait, or return None.

        Queries that wait for a worker come first. The caller ends the lease by ``hold_lease``.
        """
        lane = self.light_lane
        with self._lock:
            # A worker that has ended stays on the list, for a thread that may replace it.
            if (
                self._is_closed
                or lane.is_full
                or not lane.idle_workers
                or not lane.idle_workers[-1].is_ready
            ):
                return None
            lane.busy_count += 1
            return WorkerLease(lane.idle_workers.pop(), lane)

    def promote_lease(self, lease: WorkerLease) -> bool:
        """Move a running query to the heavy lane and return True, or False where it has no room."""
        if not self._enter_heavy_lane():
            return False
        # The worker goes with its query, so no work is lost, and a new one takes its place.
        lease.lane = self.heavy_lane
        lease.worker.lower_priority()
        self._refill_light_lane()
        return True

    @contextmanager
    def take_place(self) -> Iterator[LanePlace | None]:
        """Take a place in the light lane for a ``with`` block, None where none is free at once."""
        lane = self.light_lane
        with self._lock:
            is_free = lane.busy_count < lane.worker_limit and not self._is_closed
            lane.busy_count += is_free
        place = LanePlace(lane) if is_free else None
        try:
            yield place
        finally:
            if place:
                self._leave_lane(place.lane)

    def promote_place(self, place: LanePlace) -> bool:
        """Move a query without a worker to the heavy lane; return False where it has no room."""
        if not self._enter_heavy_lane():
            return False
        place.lane = self.heavy_lane
        self._leave_lane(self.light_lane)
        return True

    def close(self) -> None:
        """Kill every worker; running and waiting queries raise QueryStopped."""
        with self._lock:
            self._is_closed = True
            workers, self._live_workers = self._live_workers, set()
            for lane in (self.light_lane, self.heavy_lane):
                lane.vacancy.notify_all()
        for worker in workers:
            worker.kill()

    def _take_worker(self, lane: Lane, is_client_gone: Callable[[], bool]) -> WorkerProcess:
        with self._lock:
            self._wait_for_room(lane, is_client_gone)
            lane.busy_count += 1
            worker = lane.idle_workers.pop() if lane.idle_workers else None
        # Starting a process takes long and happens outside the lock; ``busy_count`` already
        # includes this query and has to be corrected where the start fails.
        if worker and worker.is_alive:
            return worker
        fresh = None
        try:
            if worker:
                self._end_worker(worker)
            fresh = self._add_worker()
        finally:
            if fresh is None:
                self._leave_lane(lane)
        if lane is self.heavy_lane:
            fresh.lower_priority()
        return fresh

    def _return_worker(self, lease: WorkerLease) -> None:
        if lease.lane is self.heavy_lane:
            # Only the end of the process surely frees the memory of a large query, and without
            # privileges its priority cannot be raised again.
            self._end_worker(lease.worker)
            self._leave_lane(self.heavy_lane)
        elif not lease.is_reusable:
            self._end_worker(lease.worker)
            self._refill_light_lane()
        else:
            with self._lock:
                self.light_lane.idle_workers.append(lease.worker)
                self._make_room(self.light_lane)

    def _enter_heavy_lane(self) -> bool:
        """Count a query in the heavy lane and return True, or False where there is no room."""
        with self._lock:
            # Waiting queries come first, or a stream of promoted ones could starve them.
            if (
                self.heavy_lane.busy_count >= self.heavy_lane.worker_limit
                or self.heavy_lane.waiting_count
            ):
                return False
            self.heavy_lane.busy_count += 1
            return True

    def _wait_for_room(self, lane: Lane, is_client_gone: Callable[[], bool]) -> None:
        """Wait until there is room in the lane; the caller holds the lock before and after."""
        self._check_open()
        if lane.busy_count < lane.worker_limit:
            return
        if lane.waiting_count >= lane.queue_limit:
            raise self._build_queue_full_error(lane)
        until = time.monotonic() + self._limits.max_wait_seconds
        lane.waiting_count += 1
        try:
            while lane.busy_count >= lane.worker_limit:
                if time.monotonic() > until:
                    raise self._build_queue_full_error(lane)
                if is_client_gone():
                    raise ClientGone("The query was not begun: whoever asked has gone.")
                lane.vacancy.wait(_WAIT_SLICE_SECONDS)
                self._check_open()
        finally:
            lane.waiting_count -= 1

    def _refill_light_lane(self) -> None:
        """Start a worker to replace one that left the light lane, ready for the next query."""
        fresh = None
        try:
            fresh = None if self._is_closed else self._add_worker()
        finally:
            with self._lock:
                if fresh:
                    self.light_lane.idle_workers.append(fresh)
                self._make_room(self.light_lane)

    def _leave_lane(self, lane: Lane) -> None:
        with self._lock:
            self._make_room(lane)

    def _make_room(self, lane: Lane) -> None:
        """Count one query less and wake one that waits; the caller holds the lock."""
        lane.busy_count -= 1
        lane.vacancy.notify()
        if lane is self.light_lane:
            self.vacancy_listener()

    def _add_worker(self) -> WorkerProcess:
        """Start and register a process, without the lock, so that other queries go on."""
        self._check_open()
        worker = self._start_worker()
        with self._lock:
            self._live_workers.add(worker)
            closed = self._is_closed
        # ``close`` may have run during the start and cannot have killed this process.
        if closed:
            self._end_worker(worker)
        self._check_open()
        return worker

    def _end_worker(self, worker: WorkerProcess) -> None:
        # ``close`` may have taken the worker already; only one thread may kill and join it.
        with self._lock:
            known = worker in self._live_workers
            self._live_workers.discard(worker)
        if known:
            worker.kill()

    def _check_open(self) -> None:
        if self._is_closed:
            raise QueryStopped("The query was not begun: the server is closing.")

    def _build_queue_full_error(self, lane: Lane) -> QueueFull:
        retry = max(1, round(self._limits.max_wait_seconds)) if lane is self.heavy_lane else 1
        return QueueFull(
            f"The query was not begun: {lane.busy_count} {lane.name} queries are running and "
            f"{lane.waiting_count} wait. Try again in {retry} s.",
            retry,
        )
