"""The lanes: which queries run now, which wait, and which have to come back later."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loader.errors import ClientGone, QueryStopped, QueueFull
from query_ui.engine.protocol import QueryLimits
from query_ui.engine.worker_process import WorkerProcess

_WAIT_SLICE_SECONDS = 0.1


@dataclass(slots=True)
class Lane:
    """So many may run at once and so many may wait for them; ``vacancy`` wakes one who waits."""

    name: str
    worker_limit: int
    queue_limit: int
    vacancy: threading.Condition
    busy_count: int = 0
    waiting_count: int = 0
    idle_workers: list[WorkerProcess] = field(default_factory=list)


@dataclass(slots=True)
class WorkerLease:
    """A worker that runs a query; ``is_reusable`` says whether it may be used again afterwards."""

    worker: WorkerProcess
    lane: Lane
    is_reusable: bool = False


class Scheduler:
    """Two lanes of workers, so that short queries never stand behind long ones.

    Workers of the light lane are kept and used again. A query that takes long moves to the heavy
    lane with its worker if there is room; heavy workers give way to all others and end with their
    query, which gives their memory back. Safe to use from several threads.
    """

    def __init__(self, start_worker: Callable[[], WorkerProcess], limits: QueryLimits) -> None:
        self._start_worker = start_worker
        self._limits = limits
        self._lock = threading.Lock()
        self._is_closed = False
        self._live_workers: set[WorkerProcess] = set()
        # Two conditions: else every short query would wake all who wait among the long ones.
        light, heavy = threading.Condition(self._lock), threading.Condition(self._lock)
        self.light_lane = Lane("light", limits.light_workers, limits.light_queue_size, light)
        self.heavy_lane = Lane("heavy", limits.heavy_workers, limits.heavy_queue_size, heavy)

    @contextmanager
    def lease_worker(self, lane: Lane, is_client_gone: Callable[[], bool]) -> Iterator[WorkerLease]:
        """A worker of a lane, once there is one, for the length of a ``with`` block.

        QueueFull at once where too many wait, or after ``limits.waiting`` seconds of waiting.
        """
        hold = WorkerLease(self._take_worker(lane, is_client_gone), lane)
        try:
            yield hold
        finally:
            self._return_worker(hold)

    def promote_lease(self, lease: WorkerLease) -> bool:
        """Move a query from the light lane to the heavy one; False where that has no room."""
        with self._lock:
            if (
                self.heavy_lane.busy_count >= self.heavy_lane.worker_limit
                or self.heavy_lane.waiting_count
            ):
                return False
            self.heavy_lane.busy_count += 1
        lease.lane = self.heavy_lane
        lease.worker.lower_priority()
        self._refill_light_lane()
        return True

    def close(self) -> None:
        """Kill every worker; queries that run or wait raise QueryStopped."""
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
            self._end_worker(lease.worker)
            self._leave_lane(self.heavy_lane)
        elif not lease.is_reusable:
            self._end_worker(lease.worker)
            self._refill_light_lane()
        else:
            with self._lock:
                self.light_lane.idle_workers.append(lease.worker)
                self._make_room(self.light_lane)

    def _wait_for_room(self, lane: Lane, is_client_gone: Callable[[], bool]) -> None:
        """Until there is room in the lane; the lock is held before and after."""
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
        """A warm worker in the place of one that left the light lane."""
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

    @staticmethod
    def _make_room(lane: Lane) -> None:
        """One less is running in the lane; the lock is held."""
        lane.busy_count -= 1
        lane.vacancy.notify()

    def _add_worker(self) -> WorkerProcess:
        """A new process; nobody else waits while it starts."""
        self._check_open()
        worker = self._start_worker()
        with self._lock:
            self._live_workers.add(worker)
            closed = self._is_closed
        if closed:
            self._end_worker(worker)
        self._check_open()
        return worker

    def _end_worker(self, worker: WorkerProcess) -> None:
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
