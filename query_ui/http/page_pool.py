"""The processes that make pages beside the server, so that pages use more than one processor."""

import logging
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from query_ui.http.page_process import (
    PageMain,
    PageProcess,
    PageProcessLost,
    PageReply,
    PageRequest,
    PageSlot,
)

PAGE_SECONDS = 10.0
"""How long a process may take for a page before it is killed and the server makes the page."""
RESTART_SECONDS = 10.0
"""How long after the loss of a process no other is started: a page may be the reason."""
WAIT_SECONDS = 0.5
"""How long a page waits for room before the server makes it beside its others."""
PAGES_HERE = 2
"""Pages that the server makes at once while processes make pages too: one may wait for the disk."""
_LOG = logging.getLogger("concordat_kg.pages")


class PagePool(Collector):
    """At most ``process_limit`` processes, which make pages that the server would make at once.

    A page that comes while the server makes no other is made in the server, so whoever reads alone
    needs no process. The first page that comes beside another one starts a process. From then
    on a page for which neither has room waits for it, for at most ``WAIT_SECONDS``: more threads
    that make pages would keep each other, and the replies of the processes, waiting for the
    interpreter. Thread-safe.
    """

    def __init__(
        self,
        run: PageMain,
        process_limit: int,
        page_seconds: float = PAGE_SECONDS,
        restart_seconds: float = RESTART_SECONDS,
    ) -> None:
        self.version = ""
        self._run = run
        self._process_limit = process_limit
        self._page_seconds = page_seconds
        self._restart_seconds = restart_seconds
        self._lock = threading.Lock()
        self._vacancy = threading.Condition(self._lock)
        self._processes: list[PageProcess] = []
        self._idle_slots: list[PageSlot] = []
        self._starting = 0
        self._start_after = 0.0
        self._is_closed = False
        self._pages_here = 0
        self._counts = {"web": 0, "page": 0}

    @property
    def process_ids(self) -> list[int]:
        """The identifiers of the processes that are ready."""
        with self._lock:
            return [one.process.pid or 0 for one in self._processes]

    @contextmanager
    def make_page(self, request: PageRequest) -> Iterator[PageReply | None]:
        """Yield the response of a process; None where the ``with`` block has to make the page."""
        slot = self._take_slot()
        reply = self._use_slot(slot, request) if slot else None
        with self._lock:
            self._counts["web" if reply is None else "page"] += 1
        try:
            yield reply
        finally:
            if reply is None:
                with self._lock:
                    self._pages_here -= 1
                    self._vacancy.notify()

    def close(self) -> None:
        """Kill every process; pages under way in them are made in the server."""
        with self._lock:
            self._is_closed = True
            processes, self._processes = self._processes, []
            self._close_idle_slots(processes)
        for process in processes:
            process.kill()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the pages; see ``prometheus_client.registry.Collector``."""
        pages = CounterMetricFamily(
            "concordat_kg_pages",
            "Pages that were made, by process: web is the server, page one beside it.",
            labels=["process"],
        )
        for name, count in self._counts.items():
            pages.add_metric([name], count)
        yield pages
        yield GaugeMetricFamily(
            "concordat_kg_page_processes",
            "Processes that make pages beside the server now.",
            len(self._processes),
        )

    def _take_slot(self) -> PageSlot | None:
        """Return room in a process; None where the page is now one that is made here."""
        until = time.monotonic() + WAIT_SECONDS
        with self._lock:
            while self._pages_here and not self._is_closed:
                if self._idle_slots:
                    return self._idle_slots.pop()
                has_others = self._processes or self._starting
                is_full = has_others and self._pages_here >= PAGES_HERE
                if not is_full or not self._vacancy.wait(until - time.monotonic()):
                    self._start_missing_process()
                    break
            self._pages_here += 1
        return None

    def _use_slot(self, slot: PageSlot, request: PageRequest) -> PageReply | None:
        """Return the reply of a process; None where the page is now one that is made here."""
        reply = None
        try:
            reply = slot.make_page(request, self._page_seconds)
        except PageProcessLost as error:
            self._drop_process(slot.process, str(error))
        with self._lock:
            if slot.process in self._processes:
                self._idle_slots.append(slot)
                self._vacancy.notify()
            else:
                slot.pipe.close()
            self._pages_here += reply is None
        return reply

    def _start_missing_process(self) -> None:
        """Start a process in the background where one is missing; the caller has the lock."""
        count = len(self._processes) + self._starting
        if count < self._process_limit and time.monotonic() >= self._start_after:
            self._starting += 1
            threading.Thread(target=self._start_process, daemon=True, name="page-start").start()

    def _start_process(self) -> None:
        process = None
        version = ""
        try:
            process = PageProcess(self._run)
            version = process.wait_for_version()
        except OSError as error:
            _LOG.warning("A process for pages could not be started: %s", error)
        with self._lock:
            self._starting -= 1
            is_usable = process is not None and version == self.version and not self._is_closed
            if process and is_usable:
                self._processes.append(process)
                self._idle_slots += process.slots
                self._vacancy.notify_all()
            else:
                # Other files than at the start are those of another program.
                pause = math.inf if version else self._restart_seconds
                self._start_after = time.monotonic() + pause
        if process and not is_usable:
            process.kill()
            for slot in process.slots:
                slot.pipe.close()
            if version and not self._is_closed:
                _LOG.warning("The program has changed since the start: no process makes pages")

    def _drop_process(self, process: PageProcess, reason: str) -> None:
        """Kill a process that is lost, unless another thread has done so."""
        with self._lock:
            if process not in self._processes:
                return
            self._processes.remove(process)
            self._close_idle_slots([process])
            self._start_after = time.monotonic() + self._restart_seconds
        _LOG.warning("A process for pages is lost: %s", reason)
        process.kill()

    def _close_idle_slots(self, processes: list[PageProcess]) -> None:
        """Close the slots of processes in which no page is under way; the caller has the lock."""
        for slot in [one for one in self._idle_slots if one.process in processes]:
            self._idle_slots.remove(slot)
            slot.pipe.close()
