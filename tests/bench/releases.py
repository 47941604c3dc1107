"""Builds releases of generated case studies, each size once for all parts of a run."""

import csv
import random
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Store

from loader.release.release_folder import current_release
from tests.bench.concepts import grow, project
from tests.bench.generator import generate
from tests.bench.measure import Run, python, run

ROOT = Path(__file__).parents[2]
CONCEPTS = 2_000
CHANGES = 10
"""How many documents change before a second build."""
_PHASE = re.compile(r"(?m)^(\w+) +([\d.]+) s ")
"""A line of ``build --timings``."""


class SizedRelease(NamedTuple):
    """A built release: its size, the root of its project, its build folder, and its build."""

    size: int
    root: Path
    out: Path
    build: Run

    @property
    def quads(self) -> int:
        """How many statements it has."""
        return int(current_release(self.out).report()["quads"])

    def read_phase(self, name: str) -> float:
        """Return the seconds of a phase of its build."""
        return float(dict(_PHASE.findall(self.build.said))[name])


class ChangedRelease(NamedTuple):
    """The release after so many documents of another one changed: its build folder and build."""

    documents: int
    out: Path
    build: Run


class Releases:
    """The releases of a run, below a folder, with the tags of the shipped data."""

    def __init__(self, folder: Path, shipped: Store) -> None:
        self._folder = folder
        self._store = shipped
        self._by_size: dict[int, SizedRelease] = {}
        self._changed: dict[int, ChangedRelease] = {}
        self._peers: dict[int, Run] = {}

    def find(self, size: int) -> SizedRelease:
        """Return the release of so many case studies; build it where this is the first call."""
        if size not in self._by_size:
            self._by_size[size] = self._build(size)
        return self._by_size[size]

    def find_changed(self, size: int) -> ChangedRelease:
        """Return the release after a few documents changed; build it where this is the first call.

        They are changed where they are, since a build takes over documents of the same path alone.
        """
        if size not in self._changed:
            found, out = self.find(size), self._folder / f"changed-{size}"
            # Hard links, as nothing writes into a published release; a copy would measure the disk.
            subprocess.run(["cp", "-al", found.out, out], check=True)
            count = change_documents(found.root)
            self._changed[size] = ChangedRelease(count, out, build_release(found.root, out))
        return self._changed[size]

    def load_peer(self, size: int) -> tuple[Path, Run]:
        """Return a store of the same statements, and what the engine's own bulk load took."""
        path = self._folder / f"peer-{size}"
        if size not in self._peers:
            graph = current_release(self.find(size).out).graph
            self._peers[size] = run(python(), "-m", "tests.bench.bulk_load", path, graph, cwd=ROOT)
        return path, self._peers[size]

    def _build(self, size: int) -> SizedRelease:
        root, out = self._folder / f"root-{size}", self._folder / f"out-{size}"
        labels = grow(project(root, ROOT), CONCEPTS)
        remove_saved_queries(root)
        generate(root / "data" / "case-studies", size, self._store, labels)
        shutil.copy(ROOT / "data" / "organisations.csv", root / "data")
        return SizedRelease(size, root, out, build_release(root, out))


def remove_saved_queries(root: Path) -> None:
    """Remove the saved queries of a project: their contracts are those of the shipped data.

    A build with `--unproved` checks them all the same, to say which of them hold.
    """
    for path in (root / "sparql" / "queries").glob("*.rq"):
        path.unlink()


def build_release(root: Path, out: Path, *options: str) -> Run:
    """Build, and return what it took."""
    tool = python().parent / "concordat-kg"
    places = ("--data", root / "data", "--out", out)
    return run(tool, "build", "--unproved", "--timings", *places, *options, cwd=root)


def change_documents(root: Path, count: int = CHANGES) -> int:
    """Change one title in each of ``count`` generated tables and cards; return how many changed."""
    paths = sorted((root / "data" / "case-studies").iterdir())
    chance = random.Random(count)
    chosen = chance.sample(paths, min(count, len(paths)))
    for path in chosen:
        change_table(path) if path.suffix == ".csv" else change_cards(path)
    return len(chosen)


def change_table(path: Path) -> None:
    """Change the title of the first row."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    rows[1][0] += " (changed)"
    write_rows(path, rows)


def write_rows(path: Path, rows: Iterable[Iterable[str]]) -> None:
    """Write rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def change_cards(path: Path) -> None:
    """Change the title of the first card."""
    first, _, rest = path.read_text("utf-8").partition("\n")
    path.write_text(f"{first} (changed)\n{rest}", "utf-8")
