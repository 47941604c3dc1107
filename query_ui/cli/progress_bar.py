"""Progress bar on standard error for commands that take longer than a second."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from loader.release.phase_times import Progress

SHOW_AFTER_SECONDS = 1.0
"""Seconds from the start of a command until the bar appears."""


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Yield a progress callback for the loader; it draws nothing if stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    began = monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {"": bars.add_task("", visible=False)}

        def advance(stage: str, done: int, total: int) -> None:
            late = monotonic() - began > SHOW_AFTER_SECONDS
            if stage not in tasks:
                bars.update(tasks.popitem()[1], visible=False)
                tasks[stage] = bars.add_task(stage, total=total or None, visible=late)
            bars.update(tasks[stage], completed=done, visible=late)

        yield advance
