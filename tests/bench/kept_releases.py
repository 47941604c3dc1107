"""Measures pages from a kept release against the same pages of the current one."""

import csv
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median

from loader.release.release_folder import current_release
from tests.bench.measure import row
from tests.bench.releases import SizedRelease, build_release, write_rows
from tests.bench.servers import NO_CACHE, ours
from tests.bench.site import PAGES, Maker, index_of, measure_pages

ROUNDS = 3
"""How often each kind of page is measured from both releases, in turns."""


def measure_kept_releases(folder: Path, release: SizedRelease) -> Iterator[str]:
    """Yield what a page from a kept release costs, of a project that then loses a case study."""
    root, out = folder / "kept-root", folder / "kept-out"
    shutil.copytree(release.root, root, symlinks=True)
    shutil.copytree(release.out, out)
    kept = current_release(out).name
    remove_case_study(root)
    build_release(root, out)
    times: dict[str, list[tuple[float, float]]] = {}
    with ours(out, *NO_CACHE) as server, closing(index_of(out)) as base:
        for _ in range(ROUNDS):
            for name, make in PAGES.items():
                current = measure_pages(server, base, make)[1]
                earlier = measure_pages(server, base, from_release(make, kept))[1]
                times.setdefault(name, []).append((current, earlier))
    both = {
        name: tuple(median(side) for side in zip(*found, strict=True))
        for name, found in times.items()
    }
    shares = {name: earlier / current for name, (current, earlier) in both.items()}
    worst = max(shares, key=lambda name: shares[name])
    yield row(
        f"processor time of a page from a kept release to the current one, {release.size:,} case "
        "studies",
        f"{median(shares.values()):.2f} ×, at most {shares[worst]:.2f} × ({worst}: "
        f"{both[worst][1]:.1f} ms and {both[worst][0]:.1f} ms)",
        "≤ 1.5 ×",
    )


def remove_case_study(root: Path) -> None:
    """Remove the last row of a table: all that the later release has, the kept one has too."""
    path = max((root / "data" / "case-studies").glob("*.csv"), key=lambda one: one.stat().st_size)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    write_rows(path, rows[:-1])


def from_release(make: Maker, release: str) -> Maker:
    """Return what makes the same addresses with a release."""

    def make_address(base: sqlite3.Connection, chance: Random) -> str:
        address = make(base, chance)
        return f"{address}{'&' if '?' in address else '?'}release={release[:12]}"

    return make_address
