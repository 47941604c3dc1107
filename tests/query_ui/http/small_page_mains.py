"""Small stand-ins for the process that makes pages, which import this module quickly."""

import os
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from query_ui.http.page_process import PageReply, PageRequest

VERSION = "v1"
LEAVE, END = "/leave", "/end"
"""Paths of pages that the process leaves to the server, and that end it."""


def build_request(path: str) -> PageRequest:
    """Build the request for a page."""
    return {"PATH_INFO": path}, "state", "r1"


def name_process(pipes: Sequence[Connection]) -> None:
    """Reply with the number of the process as the body."""
    pipes[0].send(VERSION)
    for pipe in pipes[1:]:
        threading.Thread(target=_reply, args=(pipe,), daemon=True).start()
    _reply(pipes[0])


def run_other_program(pipes: Sequence[Connection]) -> None:
    """Run a program of another version."""
    pipes[0].send("v2")
    time.sleep(3600)


def end_at_once(pipes: Sequence[Connection]) -> None:
    """End before the application is made, as for want of memory."""


def _reply(pipe: Connection) -> None:
    while True:
        try:
            texts, _, _ = pipe.recv()
        except EOFError:
            os._exit(0)
        if texts["PATH_INFO"] == END:
            os._exit(1)
        reply: PageReply = ("200 OK", [], str(os.getpid()).encode(), 0.0)
        pipe.send(None if texts["PATH_INFO"] == LEAVE else reply)
