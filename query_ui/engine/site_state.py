"""What all responses depend on besides their request: the release, and what is kept beside it."""

from collections.abc import Hashable
from datetime import date
from pathlib import Path

from query_ui.engine.current_release import read_mark_or_none


class SiteState:
    """The state of a build folder and the day; it is another one after each publication.

    Pages of events show the day, pages of changes all releases that are kept, and every page says
    where the current release is damaged.
    """

    def __init__(self, out: Path) -> None:
        # Texts, which the system takes as they are: this is asked before each request.
        self._paths = [str(out / name) for name in ("current", "releases", "damaged")]

    def find(self) -> Hashable | None:
        """Return the state; None where nothing is published."""
        current, *others = (read_mark_or_none(path) for path in self._paths)
        return (current, *others, get_today()) if current else None


def get_today() -> date:
    """Return the day, by the clock of this machine."""
    return date.today()
