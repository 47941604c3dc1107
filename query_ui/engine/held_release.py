"""The release that a remote endpoint holds, as it says itself, and the local files of it.

The endpoint has the file that ``concordat-kg export --release-statement`` writes, whose last
statement names the release. It is asked in the default graph, so that an endpoint whose default
graph is not the union of all graphs is not taken for one that holds the release.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loader.errors import BuildError, EndpointError, UsageError
from loader.release.release_folder import Release, current_release
from query_ui.engine.protocol import QueryResult

RELEASE_PREFIX = "urn:sha256:"
_RELEASE = re.compile(f"{RELEASE_PREFIX}[0-9a-f]{{64}}")
CHECK_SECONDS = 2.0
"""For how long an answer of the endpoint about its release is used again."""


@dataclass(frozen=True, slots=True)
class LocalRelease:
    """The release named ``name`` whose files are in the build folder ``out``."""

    out: Path
    name: str

    @property
    def folder(self) -> Path:
        """The folder of the release."""
        return self.out / "releases" / self.name


def find_local_release(folder: Path) -> LocalRelease:
    """Return the release of a build folder, or of one of its folders ``releases/<hash>``.

    Raise UsageError where the folder is neither, or the files that pages read are not there.
    """
    folder = folder.resolve()
    try:
        is_build = (folder / "current").is_file()
        found = current_release(folder).folder if is_build else folder
    except BuildError as error:
        raise UsageError(f"--release {folder}: {error}") from error
    if found.parent.name != "releases" or not (found / "report.json").is_file():
        raise UsageError(
            f"--release {folder} is no release: name a build folder, such as `build`, or one of "
            "its folders `releases/<hash>`."
        )
    return LocalRelease(found.parent.parent, found.name)


class HeldRelease:
    """The release that an endpoint holds, compared with the local one. Thread-safe.

    ``fetch`` asks the endpoint. With ``follow`` another release is served as soon as the endpoint
    holds it, if its files are in the same build folder. ``clock`` returns seconds.
    """

    def __init__(
        self,
        local: LocalRelease,
        fetch: Callable[[], QueryResult],
        follow: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.local = local
        self._fetch = fetch
        self._follow = follow
        self._clock = clock
        self._lock = threading.Lock()
        self._checked: tuple[float, str] | None = None

    def find(self) -> str:
        """Return the hash of the release to serve.

        Raise BuildError where the endpoint holds another one, or does not say which; EndpointError
        where it does not answer.
        """
        with self._lock:
            now = self._clock()
            if self._checked is None or now - self._checked[0] >= CHECK_SECONDS:
                self._checked = None  # an error is not kept
                self._checked = (now, self._require_files(parse_release_name(self._fetch())))
            return self._checked[1]

    def _require_files(self, held: str) -> str:
        if held == self.local.name:
            return held
        if not self._follow:
            raise BuildError(
                f"The endpoint holds the release {held[:12]}, and the local files are of "
                f"{self.local.name[:12]}: load the same release, or serve with --follow."
            )
        if not (Release(self.local.out / "releases" / held).folder / "report.json").is_file():
            raise BuildError(
                f"The endpoint holds the release {held[:12]}, whose files are not here: put its "
                "folder beside those of the other releases."
            )
        return held


def parse_release_name(result: QueryResult) -> str:
    """Return the release in the result of ``sparql/pages/release-held.rq``.

    Raise BuildError where there is none or more than one.
    """
    names = [str(getattr(term, "value", "")) for (term, *_) in result.rows]
    if not all(map(_RELEASE.fullmatch, names)):
        raise EndpointError("The endpoint names its release by something else than its hash.")
    if len(names) > 1:
        raise BuildError(
            "The endpoint holds statements of several releases: empty it, and load one release."
        )
    if not names:
        raise BuildError(
            "The endpoint does not say which release it holds. Load the file that "
            "`concordat-kg export --release-statement` writes, and make the union of all graphs "
            "its default graph."
        )
    return names[0].removeprefix(RELEASE_PREFIX)
