"""Downloads of every shape with thousands of rows: all counted, within limits of time and size."""

import shutil
import time

import pytest

from loader.mapping.join_report import JOIN_CODE
from loader.release.build import build, check
from loader.settings import Settings
from tests.conftest import PROJECT, quiet
from tests.sector_downloads import WRITERS

pytestmark = pytest.mark.long

ROWS = 4000
MAX_QUADS_PER_ROW = {
    **dict.fromkeys(("ref-2021", "hesa-finance"), 12),
    **dict.fromkeys(("gtr-projects", "gtr-organisations"), 1),
}
"""Of the shapes whose rows share identifiers, and of those whose rows join nothing."""
MAX_QUADS_WITH_IDENTIFIERS = 30
"""Of a row with up to three identifiers of its own, which take five statements each."""
STOP_SECONDS = 90


@pytest.mark.parametrize("name", WRITERS)
def test_a_large_download_is_read_whole(tiny: Settings, name: str) -> None:
    shutil.copytree(PROJECT / "data" / "sector", tiny.data[0] / "sector")
    before = build(tiny, quiet, unproved=True).quads
    download = WRITERS[name](tiny.data[0] / "sector", ROWS)
    begun = time.monotonic()
    outcome = build(tiny, quiet, unproved=True)
    seconds = time.monotonic() - begun
    checked, built = (
        [one for one in sorted(findings) if one.path == str(download)]
        for findings in (check(tiny, quiet), outcome.findings)
    )
    assert checked == built
    (joins,) = [finding for finding in outcome.findings if finding.code == JOIN_CODE]
    assert joins.message.startswith(f"{ROWS:,} rows: ")
    most = MAX_QUADS_PER_ROW.get(name, MAX_QUADS_WITH_IDENTIFIERS)
    assert outcome.quads - before <= most * ROWS
    print(f"{name}: {ROWS:,} rows in {seconds:.1f} s, {outcome.quads - before:,} quads")
    assert seconds < STOP_SECONDS
