"""The server's side of a process that makes pages, and of the pipes to it."""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeAlias

from query_ui.engine.worker_process import (
    PRELOADED_MODULES,
    START_SECONDS,
    create_poller,
    create_process_context,
)
from query_ui.http.response import Headers

PAGES_AT_ONCE = 3
"""Pages under way in one process: the server takes a while to send one and to pass on the next."""

PageRequest: TypeAlias = tuple[dict[str, str], Hashable, str]
"""Texts of the WSGI environment, state of the site, release; see ``ReleasePin``."""
PageReply: TypeAlias = tuple[str, Headers, bytes, float]
"""Status, headers and body of a response, and the seconds of processor time that it took."""
PageMain: TypeAlias = Callable[[Sequence[Connection]], None]
"""Makes pages for each pipe, in the process; it is pickled, so it is a ``functools.partial``.

It sends the version of the program to the first pipe, and then a reply for each request, None for
one that the server has to answer itself.
"""


class PageProcessLost(Exception):
    """A process has ended, or has not replied in time."""


@dataclass(frozen=True, slots=True)
class PageSlot:
    """Room for one page in a process, with a pipe of its own."""

    process: "PageProcess"
    pipe: Connection
    has_reply: Callable[[float], object]

    def make_page(self, request: PageRequest, seconds: float) -> PageReply | None:
        """Return the response, or None where the process leaves the request to the server.

        Raises PageProcessLost where the process ends or takes longer than ``seconds``.
        """
        try:
            self.pipe.send(request)
            if self.has_reply(seconds):
                reply: PageReply | None = self.pipe.recv()
                return reply
        except (EOFError, OSError) as error:
            raise PageProcessLost("it has ended") from error
        raise PageProcessLost(f"it has not replied within {seconds:g} s")


class PageProcess:
    """A process that makes pages in ``slots``; it ends when it is killed, or with the server."""

    def __init__(self, run: PageMain) -> None:
        """Start the process; raise OSError where the system allows no more."""
        # The list of the query workers, as all processes are forked from the same server.
        context = create_process_context(PRELOADED_MODULES)
        pairs = [context.Pipe() for _ in range(PAGES_AT_ONCE)]
        self.slots = [PageSlot(self, pipe, create_poller(pipe)) for pipe, _ in pairs]
        theirs = [pipe for _, pipe in pairs]
        self.process = context.Process(target=run, args=(theirs,), daemon=True, name="page-process")
        self.process.start()
        for pipe in theirs:
            pipe.close()  # a pipe ends with the process only if no other copy is open

    def wait_for_version(self) -> str:
        """Return the version of the program that the process runs; "" where it cannot start."""
        first = self.slots[0]
        with suppress(EOFError, OSError):
            if first.has_reply(START_SECONDS):
                return str(first.pipe.recv())
        return ""

    def kill(self) -> None:
        """Kill the process and wait for its end; the pipes are closed by who uses them."""
        self.process.kill()
        self.process.join()
