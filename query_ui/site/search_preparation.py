"""Preparation of the first search, for which a server would need most of a second."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import Flask

from loader.errors import ProjectError
from query_ui.graph.ask.release_questions import load_ranking
from query_ui.graph.help_pages import list_help_pages
from query_ui.graph.page_queries import GRAPH_EXTENSION

SECONDS_AFTER_START = 1.5
"""So that the first page that a newcomer opens does not wait."""
LONGEST_SECONDS = 10.0
"""How long the end of the server waits for it."""


def prepare_searches(app: Flask) -> None:
    """Compute what every search needs of the release and of the program.

    Ignore a problem of the data or the disk: the search meets it too, and says so.
    """
    with suppress(ProjectError):
        list_help_pages()
        load_ranking(app.extensions[GRAPH_EXTENSION])


@contextmanager
def prepare_searches_meanwhile(app: Flask) -> Iterator[None]:
    """Prepare searches in a thread, a little after the ``with`` block has begun."""
    timer = threading.Timer(SECONDS_AFTER_START, prepare_searches, [app])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join(LONGEST_SECONDS)
