"""Measures the pages over few and over very many case studies, with two thousand concepts."""

import csv
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from io import TextIOWrapper
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from loader.release.release_folder import current_release
from loader.release.search_index.search_schema import SEARCH_INDEX_FILE
from tests.bench.load import ask_once, await_preparation, put_load
from tests.bench.measure import row
from tests.bench.releases import CONCEPTS, Releases, SizedRelease
from tests.bench.servers import NO_CACHE, Server, children, ours, processor_seconds

ASKED = 60
"""Addresses of each kind of page, each asked once."""
BASE = "https://w3id.org/concordat-kg/"
Maker = Callable[[sqlite3.Connection, random.Random], str]


def site(releases: Releases, sizes: Sequence[int]) -> Iterator[str]:
    """Yield the rows of the table: the pages of each kind at every size, in one run."""
    found: dict[str, list[tuple[float, float]]] = {}
    for size in sizes:
        out = releases.find(size).out
        with ours(out, *NO_CACHE) as server, closing(index_of(out)) as base:
            await_preparation(server.port)
            for name, make in PAGES.items():
                found.setdefault(name, []).append(measure_pages(server, base, make))
    told = ", ".join(f"{size:,}" for size in sizes)
    for name, measured in found.items():
        limit, least = LIMITS.get(name, (60, 12))
        latest = [one for one, _ in measured]
        yield row(
            f"p95 of {name}, cold: {told} case studies, {CONCEPTS:,} concepts",
            f"{' · '.join(f'{one:.0f}' for one in latest)} ms, {latest[-1] / latest[0]:.1f} ×",
            f"≤ {limit} ms, ≤ 3 ×",
        )
        yield row(
            "… its processor time",
            f"{' · '.join(f'{used:.0f}' for _, used in measured)} ms",
            f"≤ {least} ms at {sizes[0]}",
        )


def download_list(release: SizedRelease) -> Iterator[str]:
    """Yield how long the list of all case studies takes as CSV, counted for 60,000 rows."""
    with ours(release.out) as server:
        start = time.perf_counter()
        with urlopen(f"http://127.0.0.1:{server.port}/case-studies.csv") as response:
            size = len({line[0] for line in csv.reader(TextIOWrapper(response, "utf-8"))}) - 1
        seconds = time.perf_counter() - start
    if size != release.size:
        raise SystemExit(f"the list has {size:,} of {release.size:,} case studies")
    yield row(
        f"CSV of {size:,} case studies from their list",
        f"{seconds:.1f} s, {seconds / size * 60_000:.1f} s for 60,000",
        "≤ 3 s for 60,000",
    )


def browse(
    folder: Path, release: SizedRelease, clients: int = 50, seconds: float = 10.0
) -> Iterator[str]:
    """Yield what so many browsers see on mixed pages, once each page has been asked for."""
    chance = random.Random(23)
    with ours(release.out) as server, closing(index_of(release.out)) as base:
        addresses = [make(base, chance) for make in PAGES.values() for _ in range(20)]
        chance.shuffle(addresses)
        ask_once(server.port, addresses)
        load = put_load(server.port, addresses, clients, seconds, folder)
    yield row(
        f"{clients} browsers on {len(addresses)} mixed pages, warm, {release.size:,} case studies",
        f"p95 {load.p95:.1f} ms, {load.rate:,.0f} a second, {load.failed} failed",
        "p95 < 50 ms, none failed",
    )


def index_of(out: Path) -> sqlite3.Connection:
    """The index of the release of a build folder."""
    return sqlite3.connect(current_release(out).folder / SEARCH_INDEX_FILE)


def measure_pages(server: Server, base: sqlite3.Connection, make: Maker) -> tuple[float, float]:
    """Return the 95th percentile of pages of a kind, and their mean processor time, both in ms.

    The processor time is that of the server with its processes. The first page does not count.
    """
    chance = random.Random(11)
    connection = HTTPConnection("127.0.0.1", server.port)
    taken: list[float] = []
    used = 0.0
    for address in [make(base, chance) for _ in range(ASKED + 1)]:
        if len(taken) == 1:
            used = processor_seconds(server.pid, *children(server.pid))
        start = time.perf_counter()
        connection.request("GET", address, headers={"Accept": "text/html"})
        response = connection.getresponse()
        response.read()
        taken.append((time.perf_counter() - start) * 1000)
        if response.status != HTTPStatus.OK:
            raise SystemExit(f"{address}: {response.status}")
    connection.close()
    used = processor_seconds(server.pid, *children(server.pid)) - used
    return sorted(taken[1:])[int(0.95 * ASKED) - 1], used / ASKED * 1000


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


def home(base: sqlite3.Connection, chance: random.Random) -> str:
    """Return the address of the home page."""
    return "/"


def organisation(base: sqlite3.Connection, chance: random.Random) -> str:
    """Return the page of a random organisation."""
    return f"/organisations/{quote(thing(base, chance, 'organisation').rpartition('/')[2])}"


def covered(base: sqlite3.Connection, chance: random.Random) -> str:
    """Coverage of some rows by some columns."""
    rows = chance.choice(("keyword", "beneficiary", "stakeholder", "principle"))
    fields = {"rows": rows, "columns": chance.choice(("organisation", "source", "consortium"))}
    if rows == "keyword" and chance.random() < 0.5:
        fields["below"] = chance.choice(("culture-and-conduct", "made-1", "made-7"))
    return f"/coverage?{urlencode(fields)}"


LIMITS = {"the home page": (60, 5), "suggestions": (30, 12), "coverage": (120, 20)}
"""Wanted: the 95th percentile in ms, and processor time in ms, where they differ from others."""
PAGES: dict[str, Maker] = {
    "the home page": home,
    "an organisation's page": organisation,
    "a concept's page": concept,
    "a faceted list": listed,
    "a search": words,
    "suggestions": begun,
    "a case study with what is related": related,
    "coverage": covered,
}
