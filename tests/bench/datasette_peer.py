"""Measures the pages beside Datasette over the same case studies in SQLite.

https://docs.datasette.io/en/stable/settings.html
"""

import json
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from loader.namespaces import CKG, DCTERMS, RDF
from loader.release.release_folder import current_release
from tests.bench.load import Load, ask_once, await_preparation, put_load
from tests.bench.measure import row
from tests.bench.releases import SizedRelease
from tests.bench.servers import NO_CACHE, datasette, ours

ADDRESSES = 3_000
SECONDS = 2.0
CLIENTS = (1, 8, 50)
KINDS = ("item", "list with facets", "search")
TABLE = "/case_studies/case_studies"
TAGS = {"keywords": DCTERMS.subject, "beneficiaries": CKG.beneficiary}
Addresses = dict[str, tuple[list[str], list[str]]]


def compare_pages(folder: Path, releases: Sequence[SizedRelease]) -> Iterator[str]:
    """Yield the rows of the table: kinds of page, cold and warm, for 1, 8 and 50 clients."""
    for release in releases:
        database = folder / f"datasette-{release.size}" / "case_studies.db"
        database.parent.mkdir()
        write_database(Store.read_only(str(current_release(release.out).store)), database)
        addresses = choose_addresses(database)
        found = [
            measure_loads(folder, release, database, addresses, state) for state in ("cold", "warm")
        ]
        for kind in addresses:
            for state, loads in zip(("cold", "warm"), found, strict=True):
                mine, theirs = loads[kind]
                yield row(
                    f"{kind}, {state}, {release.size:,} case studies: pages a second with "
                    f"{', '.join(map(str, CLIENTS))} clients (p95)",
                    f"{format_loads(mine)}; Datasette {format_loads(theirs)}",
                    "≥ 1 × Datasette" if state == "cold" else "6,000 with 8, ≥ 50 × Datasette",
                )


def measure_loads(
    folder: Path, release: SizedRelease, database: Path, addresses: Addresses, state: str
) -> dict[str, tuple[list[Load], list[Load]]]:
    """Return the loads of both servers by the kind of page, for 1, 8 and 50 clients.

    A ``warm`` page is one that is asked for again and again; ``cold`` ones are kept nowhere.
    """
    options, count = (NO_CACHE, ADDRESSES) if state == "cold" else ((), 1)
    found: dict[str, tuple[list[Load], list[Load]]] = {}
    with ours(release.out, *options) as mine:
        await_preparation(mine.port)
        for kind, (own, others) in addresses.items():
            ask_once(mine.port, own[:1])
            loads = [put_load(mine.port, own[:count], n, SECONDS, folder) for n in CLIENTS]
            # Each begins anew, as the peer goes on with requests that nobody waits for any more.
            with datasette(database) as peer:
                put_load(peer.port, others[:1], 1, 0.5, folder)
                found[kind] = (
                    loads,
                    [put_load(peer.port, others[:count], n, SECONDS, folder) for n in CLIENTS],
                )
    return found


def format_loads(loads: Sequence[Load]) -> str:
    """Return the rates with their 95th percentiles, and what failed."""
    told = " · ".join(f"{load.rate:,.0f} ({load.p95:.1f} ms)" for load in loads)
    failed = sum(load.failed for load in loads)
    return told + (f", {failed} failed" if failed else "")


def write_database(store: Store, path: Path) -> None:
    """Write the case studies of a release as a table with lists of tags, and their text index."""
    values: dict[object, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in store.quads_for_pattern(None, RDF.type, CKG.CaseStudy, None):
        if isinstance(quad.subject, NamedNode):
            values[quad.subject]
    told = {"title": DCTERMS.title, "abstract": DCTERMS.abstract, **TAGS}
    for name, property_ in told.items():
        for quad in store.quads_for_pattern(None, property_, None):
            is_merged = quad.graph_name == DefaultGraph()
            if (
                is_merged
                and isinstance(quad.object, Literal | NamedNode)
                and quad.subject in values
            ):
                value = quad.object.value.rpartition("/" if name in TAGS else "\0")[2]
                values[quad.subject][name].append(value)
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(
            "CREATE TABLE case_studies (id TEXT PRIMARY KEY, title TEXT, abstract TEXT, "
            "keywords TEXT, beneficiaries TEXT)"
        )
        base.executemany(
            "INSERT INTO case_studies VALUES (?, ?, ?, ?, ?)",
            (
                (
                    subject.value.rpartition("/")[2],
                    *("".join(told["title"]), "".join(told["abstract"])),
                    *(json.dumps(sorted(told[name])) for name in TAGS),
                )
                for subject, told in values.items()
                if isinstance(subject, NamedNode)
            ),
        )
        base.execute(
            "CREATE VIRTUAL TABLE case_studies_fts "
            "USING fts5(title, abstract, content='case_studies')"
        )
        base.execute("INSERT INTO case_studies_fts (case_studies_fts) VALUES ('rebuild')")


def choose_addresses(path: Path) -> Addresses:
    """Choose the same items, filters and words for both; each list has ``ADDRESSES`` addresses."""
    chance = random.Random(17)
    with closing(sqlite3.connect(path)) as base:
        rows = base.execute("SELECT id, title, keywords FROM case_studies").fetchall()
    chosen = [chance.choice(rows) for _ in range(ADDRESSES)]
    items = [quote(name) for name, _, _ in chosen]
    words = [" ".join(chance.sample(title.split(), 2)).strip(".,") for _, title, _ in chosen]
    tags = [chance.choice(json.loads(found) or ["mentoring"]) for _, _, found in chosen]
    facets = "_facet_array=keywords&_facet_array=beneficiaries&_size=25"
    return {
        "item": (
            [f"/case-studies/{name}" for name in items],
            [f"{TABLE}/{name}" for name in items],
        ),
        "list with facets": (
            [f"/case-studies?{urlencode({'keyword': tag})}" for tag in tags],
            [f"{TABLE}?{urlencode({'keywords__arraycontains': tag})}&{facets}" for tag in tags],
        ),
        "search": (
            [f"/search?{urlencode({'q': text})}" for text in words],
            [f"{TABLE}?{urlencode({'_search': text})}&_size=25" for text in words],
        ),
    }
