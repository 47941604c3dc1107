"""The release that a remote endpoint holds, as it says itself, and the local files of it.

An answer is of the release of its request if the endpoint states that release, by one and the same
publication, before the query is sent and after the answer has arrived. ``publish`` states a time
with the release that it never states again.

The endpoint has the file that ``concordat-kg export --release-statement`` writes, whose last
statement names the release. It is asked in the default graph, so that an endpoint whose default
graph is not the union of all graphs is not taken for one that holds the release.
"""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from loader.errors import BuildError, EndpointError, ReleaseChanged, UsageError
from loader.release.release_folder import Release, current_release
from query_ui.engine.pinned_release import note_release_change
from query_ui.engine.protocol import QueryResult
from query_ui.engine.shared_call import SharedCall

RELEASE_PREFIX = "urn:sha256:"
_RELEASE = re.compile(f"{RELEASE_PREFIX}[0-9a-f]{{64}}")
CHECK_SECONDS = 2.0
"""For how long an answer of the endpoint about its release is used again."""


@dataclass(frozen=True, slots=True)
class StatedRelease:
    """What an endpoint states: the hash of its release, and when that was published there or ""."""

    name: str
    available: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What an endpoint stated ``until`` a time, and ``since`` when without a change.

    The times are those of a clock in seconds. The endpoint stated it at ``since``, when the first
    answer that said so had arrived, and at ``until``, when the last one was asked for, or later.
    """

    stated: StatedRelease
    since: float
    until: float


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
        self._observed: Observation | None = None
        self._observation = SharedCall(self._observe)

    def find(self) -> str:
        """Return the hash of the release to serve.

        Raise BuildError where the endpoint holds another one, or does not say which; EndpointError
        where it does not answer.
        """
        observed = self._observed
        if observed and self._clock() - observed.until < CHECK_SECONDS:
            with suppress(BuildError):  # what is missing may be there by now
                return self._require_files(observed.stated.name)
        return self._require_files(self._observation.run().stated.name)

    def get_time(self) -> float:
        """Return the time to pass to ``confirm``, before a query is sent."""
        return self._clock()

    def confirm(self, release: str, sent_at: float) -> None:
        """Ask the endpoint whether it has held ``release`` since ``sent_at``.

        It is asked after the answer has arrived that this confirms. Raise ReleaseChanged where it
        has not, and EndpointError where it does not answer.
        """
        try:
            observed = self._observation.run()
            if observed.stated.name == release and observed.since <= sent_at:
                return
        except BuildError:
            pass  # it names no release for a moment while one is published
        note_release_change()
        raise ReleaseChanged(
            "The endpoint behind this site changed to another release during this request, so "
            "nothing is given that might mix the two. Send the request again."
        )

    def _observe(self) -> Observation:
        """Ask the endpoint, and join the answer to what it stated before if it is the same."""
        before, self._observed = self._observed, None  # an error is not kept
        asked_at = self._clock()
        stated = parse_release_name(self._fetch())
        is_same = before is not None and before.stated == stated
        since = before.since if before and is_same else self._clock()
        self._observed = Observation(stated, since, asked_at)
        return self._observed

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


def parse_release_name(result: QueryResult) -> StatedRelease:
    """Return the release in the result of ``sparql/pages/release-held.rq``.

    Raise BuildError where there is none or more than one.
    """
    values = [[str(getattr(term, "value", "")) for term in row] for row in result.rows]
    names = [name for name, *_ in values]
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
    return StatedRelease(names[0].removeprefix(RELEASE_PREFIX), values[0][1])
