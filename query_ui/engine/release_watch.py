"""Verification of the served release: quick at the start, then in full beside the work.

What is found is marked in the build folder, and every process then serves another release; see
``loader.release.damage_marks``. Nothing is marked but what the release manifest proves.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from loader.errors import BuildError
from loader.release.damage_marks import take_suspicions
from loader.release.kept_releases import verify_release

_LOG = logging.getLogger("concordat_kg.release")
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_QUICK_CHECKS = 10.0
SECONDS_BETWEEN_FULL_CHECKS = 600.0
SUSPICIOUS_SECONDS = 10.0
MOST_FAULTS = 3


class ReleaseWatch:
    """Verifies the release that ``get_release`` names, in a thread of its own once started.

    A page query that runs for very long is a reason for suspicion too: the engine may not end on a
    damaged store. ``get_longest_seconds`` gives for how long the longest has run. ``check_times``
    has when the last quick and the last full check ended, in seconds since 1970.
    """

    def __init__(
        self,
        out: Path,
        get_release: Callable[[], str],
        get_longest_seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._out = out
        self._get_longest_seconds = get_longest_seconds
        self._is_slow = False
        self._get_release = get_release
        self.check_times: dict[str, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="release-watch")

    def start(self) -> None:
        """Check quickly now, and in full in the background."""
        self.check(full=False)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a check that is at work ends with the process."""
        self._stop.set()

    def check(self, full: bool) -> str:
        """Verify until a release is sound; return its name, "" where none is."""
        try:
            return self._check(full)
        finally:
            self.check_times["full" if full else "quick"] = time.time()

    def _check(self, full: bool) -> str:
        while name := self._find_release():
            damage = self._verify(name, full)
            if not damage:
                return name
            _LOG.error("The release %s is damaged: %s", name, summarise_damage(damage))
            served = self._find_release()
            if served:
                _LOG.error("The release %s is served in its place", served)
            if served == name:
                break
        _LOG.error("No release is sound: nothing is served until one is built")
        return ""

    def _run(self) -> None:
        checked, since_quick, since_full = "", 0.0, 0.0
        while not self._stop.is_set():
            is_suspect = take_suspicions(self._out) or self._has_become_slow()
            name = self._find_release()
            if is_suspect or name != checked or since_full >= SECONDS_BETWEEN_FULL_CHECKS:
                checked, since_quick, since_full = self.check(full=True), 0.0, 0.0
            elif since_quick >= SECONDS_BETWEEN_QUICK_CHECKS:
                self.check(full=False)
                since_quick = 0.0
            self._stop.wait(SECONDS_BETWEEN_LOOKS)
            since_quick += SECONDS_BETWEEN_LOOKS
            since_full += SECONDS_BETWEEN_LOOKS

    def _has_become_slow(self) -> bool:
        """Return whether a page query has just become suspiciously long; True once for each."""
        before, self._is_slow = self._is_slow, self._get_longest_seconds() > SUSPICIOUS_SECONDS
        if self._is_slow and not before:
            _LOG.warning("A query of a page has run for %s s: a check begins", SUSPICIOUS_SECONDS)
        return self._is_slow and not before

    def _verify(self, name: str, full: bool) -> list[str]:
        """Return what is wrong with a release, nothing where that cannot be recorded."""
        try:
            return verify_release(self._out, name, full)
        except BuildError as error:
            _LOG.error("The damage of the release %s cannot be recorded: %s", name, error)
            return []

    def _find_release(self) -> str:
        try:
            return self._get_release()
        except BuildError:
            return ""


def summarise_damage(damage: Sequence[str]) -> str:
    """Return the first of many faults in words, and the number of the others."""
    more = len(damage) - MOST_FAULTS
    return "; ".join(damage[:MOST_FAULTS]) + (f"; and {more} more" if more > 0 else "")
