"""The lanes: which queries run now, which wait, and which have to come back later."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loader.errors import ClientGone, QueryStopped, QueueFull
from query_ui.engine.protocol import Limits
from query_ui.engine.worker_process import Worker

_SLICE = 0.1


@dataclass(slots=True)
class Lane:
    """So many may run at once and so many may wait for them; ``room`` wakes one who waits."""

    name: str
    size: int
    queue: int
    room: threading.Condition
    busy: int = 0
    waiting: int = 0
    idle: list[Worker] = field(default_factory=list)


@dataclass(slots=True)
class Hold:
    """A worker in somebody's hands; ``fit`` tells whether it may be used again afterwards."""

    worker: Worker
    lane: Lane
    fit: bool = False


class Lanes:
    """Two lanes of workers, so that short queries never stand behind long ones.

    Workers of the light lane are kept and used again. A query that takes long moves to the heavy
    lane with its worker if there is room; heavy workers give way to all others and end with their
    query, which gives their memory back. Safe to use from several threads.
    """

    def __init__(self, start: Callable[[], Worker], limits: Limits) -> None:
        self._start = start
        self._limits = limits
        self._lock = threading.Lock()
        self._closed = False
        self._alive: set[Worker] = set()
        # Two conditions: else every short query would wake all who wait among the long ones.
        light, heavy = threading.Condition(self._lock), threading.Condition(self._lock)
        self.light = Lane("light", limits.light, limits.light_queue, light)
        self.heavy = Lane("heavy", limits.heavy, limits.queue, heavy)

    @contextmanager
    def hold(self, lane: Lane, gone: Callable[[], bool]) -> Iterator[Hold]:
        """A worker of a lane, once there is one, for the length of a ``with`` block.

        QueueFull at once where too many wait, or after ``limits.waiting`` seconds of waiting.
        """
        hold = Hold(self._take(lane, gone), lane)
        try:
            yield hold
        finally:
            self._release(hold)

    def promote(self, hold: Hold) -> bool:
        """Move a query from the light lane to the heavy one; False where that has no room."""
        with self._lock:
            if self.heavy.busy >= self.heavy.size or self.heavy.waiting:
                return False
            self.heavy.busy += 1
        hold.lane = self.heavy
        hold.worker.step_back()
        self._refill()
        return True

    def close(self) -> None:
        """Kill every worker; queries that run or wait raise QueryStopped."""
        with self._lock:
            self._closed = True
            workers, self._alive = self._alive, set()
            for lane in (self.light, self.heavy):
                lane.room.notify_all()
        for worker in workers:
            worker.kill()

    def _take(self, lane: Lane, gone: Callable[[], bool]) -> Worker:
        with self._lock:
            self._wait(lane, gone)
            lane.busy += 1
            worker = lane.idle.pop() if lane.idle else None
        if worker and worker.lives:
            return worker
        fresh = None
        try:
            if worker:
                self._end(worker)
            fresh = self._fresh()
        finally:
            if fresh is None:
                self._leave(lane)
        if lane is self.heavy:
            fresh.step_back()
        return fresh

    def _release(self, hold: Hold) -> None:
        if hold.lane is self.heavy:
            self._end(hold.worker)
            self._leave(self.heavy)
        elif not hold.fit:
            self._end(hold.worker)
            self._refill()
        else:
            with self._lock:
                self.light.idle.append(hold.worker)
                self._make_room(self.light)

    def _wait(self, lane: Lane, gone: Callable[[], bool]) -> None:
        """Until there is room in the lane; the lock is held before and after."""
        self._check_open()
        if lane.busy < lane.size:
            return
        if lane.waiting >= lane.queue:
            raise self._full(lane)
        until = time.monotonic() + self._limits.waiting
        lane.waiting += 1
        try:
            while lane.busy >= lane.size:
                if time.monotonic() > until:
                    raise self._full(lane)
                if gone():
                    raise ClientGone("The query was not begun: whoever asked has gone.")
                lane.room.wait(_SLICE)
                self._check_open()
        finally:
            lane.waiting -= 1

    def _refill(self) -> None:
        """A warm worker in the place of one that left the light lane."""
        fresh = None
        try:
            fresh = None if self._closed else self._fresh()
        finally:
            with self._lock:
                if fresh:
                    self.light.idle.append(fresh)
                self._make_room(self.light)

    def _leave(self, lane: Lane) -> None:
        with self._lock:
            self._make_room(lane)

    @staticmethod
    def _make_room(lane: Lane) -> None:
        """One less is running in the lane; the lock is held."""
        lane.busy -= 1
        lane.room.notify()

    def _fresh(self) -> Worker:
        """A new process; nobody else waits while it starts."""
        self._check_open()
        worker = self._start()
        with self._lock:
            self._alive.add(worker)
            closed = self._closed
        if closed:
            self._end(worker)
        self._check_open()
        return worker

    def _end(self, worker: Worker) -> None:
        with self._lock:
            known = worker in self._alive
            self._alive.discard(worker)
        if known:
            worker.kill()

    def _check_open(self) -> None:
        if self._closed:
            raise QueryStopped("The query was not begun: the server is closing.")

    def _full(self, lane: Lane) -> QueueFull:
        retry = max(1, round(self._limits.waiting)) if lane is self.heavy else 1
        return QueueFull(
            f"The query was not begun: {lane.busy} {lane.name} queries are running and "
            f"{lane.waiting} wait. Try again in {retry} s.",
            retry,
        )
