"""The releases that a build folder keeps, as addresses name them: by the beginning of a name."""

import re
import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from werkzeug.exceptions import Gone, NotFound

from loader.errors import BuildError, EndpointError, ServerBusy, UsageError
from loader.release.kept_releases import KeptRelease, list_releases
from query_ui.engine.current_release import read_mark_or_none
from query_ui.engine.protocol import Engine

SHORT_NAME_LENGTH = 12
"""Characters of a release's name in addresses and pages: 48 bits of its hash."""
_NAME_BEGINS = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class NamedRelease:
    """A kept release that an address names; ``built`` is when it was last built, in UTC."""

    name: str
    built: datetime
    is_current: bool

    @property
    def short_name(self) -> str:
        """The beginning of the name, as in addresses."""
        return self.name[:SHORT_NAME_LENGTH]


class ReleaseList:
    """The releases of a build folder, read again only once one is published or removed.

    The report of each release is read for its date, which takes too long for each request.
    Thread-safe.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._paths = [str(out / name) for name in ("current", "releases", "damaged")]
        self._lock = threading.Lock()
        self._cached: tuple[Hashable, tuple[KeptRelease, ...]] = (None, ())

    def list_kept(self) -> tuple[KeptRelease, ...]:
        """Return the kept releases, the newest first."""
        marks = tuple(read_mark_or_none(path) for path in self._paths)
        with self._lock:
            if marks != self._cached[0]:
                self._cached = (marks, tuple(list_releases(self._out)))
            return self._cached[1]

    def list_sound(self) -> list[NamedRelease]:
        """Return the kept releases without known damage, the oldest first."""
        return [to_named_release(one) for one in reversed(self.list_kept()) if not one.is_marked]

    def find_by_name(self, name: str) -> NamedRelease | None:
        """Return the kept release with exactly this name, None where there is none."""
        return next((to_named_release(one) for one in self.list_kept() if one.name == name), None)

    def find(self, text: str) -> NamedRelease:
        """Return the kept release whose name begins with ``text``, 8 to 64 hex digits.

        Raise UsageError for other text and where several releases begin so, NotFound where none
        does, and Gone for a damaged one.
        """
        if not _NAME_BEGINS.fullmatch(text):
            raise UsageError("release is the beginning of its name: 8 to 64 of 0-9 and a-f.")
        kept = self.list_kept()
        found = [one for one in kept if one.name.startswith(text)]
        short = text[:SHORT_NAME_LENGTH]
        if not found:
            names = ", ".join(one.name[:SHORT_NAME_LENGTH] for one in kept) or "none"
            raise NotFound(f"The release {short} is not kept. Kept are: {names}.")
        if len(found) > 1:
            raise UsageError(f"{len(found)} releases begin with {text}: give more of the name.")
        if found[0].is_marked:
            raise Gone(f"The release {short} is damaged, so nothing is given from it.")
        return to_named_release(found[0])


def to_named_release(kept: KeptRelease) -> NamedRelease:
    """Return what addresses and pages say of a kept release."""
    return NamedRelease(kept.name, kept.built, kept.is_current)


def get_release_hash(engine: Engine) -> str:
    """Return the hash of the current release, or "" where there is none, for error pages too."""
    try:
        return engine.release
    except (BuildError, EndpointError, ServerBusy):
        return ""
