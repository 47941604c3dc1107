"""Measures the pages over few and over very many case studies, with two thousand concepts."""

import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

from pyoxigraph import Store

from loader.release.release_folder import current_release
from loader.release.search_index.search_schema import SEARCH_INDEX_FILE
from tests.bench.concepts import grow, project
from tests.bench.generator import generate
from tests.bench.measure import python, row, run
from tests.bench.servers import ours

ROOT = Path(__file__).parents[2]
CONCEPTS = 2_000
ASKED = 60
"""Addresses of each kind of page, each asked once."""
BASE = "https://w3id.org/concordat-kg/"
Maker = Callable[[sqlite3.Connection, random.Random], str]


def site(folder: Path, shipped: Path, sizes: Sequence[int] = (25, 100_000)) -> Iterator[str]:
    """The rows of the table, for both sizes in one run."""
    store = Store.read_only(str(current_release(shipped).store))
    times: dict[str, list[float]] = {}
    for size in sizes:
        out = folder / f"site-{size}"
        seconds = built(folder / f"root-{size}", out, size, store)
        with ours(out) as server, closing(index_of(out)) as base:
            for name, make in PAGES.items():
                times.setdefault(name, []).append(p95(server.port, base, make))
        again = folder / "again.sqlite"
        part = run(
            python(), "-m", "tests.bench.index", out, folder / f"root-{size}", again, cwd=ROOT
        )
    for name, (few, many) in times.items():
        limit = "≤ 30 ms" if name == "suggestions" else "≤ 100 ms, ≤ 5 ×"
        yield row(
            f"p95 of {name}: {sizes[0]} and {sizes[1]:,} case studies, {CONCEPTS:,} concepts",
            f"{few:.0f} ms and {many:.0f} ms, {many / few:.1f} ×",
            limit,
        )
    share = part.seconds / (seconds - part.seconds)
    yield row(
        f"index of {sizes[1]:,} case studies to the rest of their build",
        f"{share:.2f} × ({part.seconds:.0f} s of {seconds:.0f} s)",
        "≤ 0.5 ×",
    )


def built(root: Path, out: Path, size: int, store: Store) -> float:
    """Seconds that a build of so many case studies takes."""
    labels = grow(project(root, ROOT), CONCEPTS)
    generate(root / "data" / "case-studies", size, store, labels)
    shutil.copy(ROOT / "data" / "organisations.csv", root / "data")
    tool = python().parent / "concordat-kg"
    command = (tool, "build", "--unproved", "--data", root / "data", "--out", out)
    return run(*command, cwd=root).seconds


def index_of(out: Path) -> sqlite3.Connection:
    """The index of the release of a build folder."""
    return sqlite3.connect(current_release(out).folder / SEARCH_INDEX_FILE)


def p95(port: int, base: sqlite3.Connection, make: Maker) -> float:
    """Milliseconds within which 95 of 100 pages of a kind come, after one that does not count."""
    chance = random.Random(11)
    connection = HTTPConnection("127.0.0.1", port)
    taken = []
    for address in [make(base, chance) for _ in range(ASKED + 1)]:
        start = time.perf_counter()
        connection.request("GET", address, headers={"Accept": "text/html"})
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")
    connection.close()
    return sorted(taken[1:])[int(0.95 * ASKED) - 1]


def thing(base: sqlite3.Connection, chance: random.Random, kind: str) -> str:
    """The IRI of a random thing of a kind."""
    first, after = base.execute("SELECT first, after FROM kind WHERE name = ?", (kind,)).fetchone()
    number = chance.randrange(first, after)
    return str(base.execute("SELECT iri FROM thing WHERE number = ?", (number,)).fetchone()[0])


def concept(base: sqlite3.Connection, chance: random.Random) -> str:
    """The page of a random keyword."""
    return f"/concepts/keywords/{keyword(base, chance)}"


def keyword(base: sqlite3.Connection, chance: random.Random) -> str:
    """A random keyword that something carries."""
    rows = base.execute(
        "SELECT concept FROM weight WHERE concept LIKE ? ORDER BY concept", (f"{BASE}%/keywords/%",)
    ).fetchall()
    return str(chance.choice(rows)[0]).rpartition("/")[2]


def listed(base: sqlite3.Connection, chance: random.Random) -> str:
    """A list narrowed by one or two facets."""
    fields = [("keyword", keyword(base, chance))]
    if chance.random() < 0.5:
        fields.append(("organisation", thing(base, chance, "organisation").rpartition("/")[2]))
    return f"/case-studies?{urlencode(fields)}"


def words(base: sqlite3.Connection, chance: random.Random) -> str:
    """A search for one to three words, now and then misspelt."""
    known = [w for (w,) in base.execute("SELECT word FROM word ORDER BY times DESC LIMIT 400")]
    some = chance.sample(known, chance.randint(1, 3))
    if chance.random() < 0.2:
        some[0] = some[0][:2] + some[0][3:]
    return f"/search?q={quote(' '.join(some))}"


def begun(base: sqlite3.Connection, chance: random.Random) -> str:
    """What has been typed so far."""
    text = words(base, chance).partition("=")[2]
    return f"/search/suggestions?q={text[: chance.randint(1, len(text))].rstrip('%2')}"


def related(base: sqlite3.Connection, chance: random.Random) -> str:
    """The page of a random case study, with what is related to it."""
    return f"/case-studies/{quote(thing(base, chance, 'case-study').rpartition('/')[2])}"


def covered(base: sqlite3.Connection, chance: random.Random) -> str:
    """Coverage of some rows by some columns."""
    rows = chance.choice(("keyword", "beneficiary", "stakeholder", "principle"))
    fields = {"rows": rows, "columns": chance.choice(("organisation", "source", "consortium"))}
    if rows == "keyword" and chance.random() < 0.5:
        fields["below"] = chance.choice(("culture-and-conduct", "made-1", "made-7"))
    return f"/coverage?{urlencode(fields)}"


PAGES: dict[str, Maker] = {
    "a concept's page": concept,
    "a faceted list": listed,
    "a search": words,
    "suggestions": begun,
    "a case study with what is related": related,
    "coverage": covered,
}
