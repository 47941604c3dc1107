"""Differences between two releases: entities, documents, and contracts of saved queries."""

import json
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from pyoxigraph import DefaultGraph, NamedNode, Store

from loader.errors import BuildError
from loader.namespaces import MADE
from loader.release.property_changes import compare_properties
from loader.release.release_folder import Release
from loader.release.search_index.search_schema import SEARCH_INDEX_FILE as INDEX

FILE = "changes.json"
STATES = ("added", "removed", "changed")
FACETS = {"concept": "concepts", "organisation": "organisations"}
"""Facets of the search index whose values a change has, with the key of ``changes.json``."""
MADE_ENDS = tuple(f" {graph} .\n".encode() for graph in MADE)
"""How the lines of the graphs end that the build itself makes."""
MAX_DESCRIBED = 2_000
"""Changed entities whose statements are compared by property; of more, only numbers are kept."""


NO_LINES = (frozenset[bytes](), frozenset[bytes]())


@dataclass(frozen=True, slots=True)
class Change:
    """Numbers of statements about one entity that came and went, and its presence in each.

    ``lines`` has the statements that went and those that came, as N-Quads, of a changed entity.
    """

    iri: str
    came: int
    went: int
    was: bool
    is_: bool
    lines: tuple[frozenset[bytes], frozenset[bytes]] = field(
        default=NO_LINES, compare=False, repr=False
    )


def compare_graphs(old: Path, new: Path) -> Iterator[Change]:
    """Yield the entities about which two files of sorted N-Quads differ.

    The graphs that the build itself makes are left out, and so is whatever has no IRI.
    """
    described = 0
    with old.open("rb") as before, new.open("rb") as after:
        for subject, earlier, later in pair_groups(
            group_by_subject(before), group_by_subject(after)
        ):
            came, went = frozenset(later - earlier), frozenset(earlier - later)
            if came or went:
                iri = subject[1:-1].decode()
                is_compared = bool(earlier and later) and described < MAX_DESCRIBED
                described += is_compared
                lines = (went, came) if is_compared else NO_LINES
                yield Change(iri, len(came), len(went), bool(earlier), bool(later), lines)


def group_changes(
    removed: Iterable[str], added: Iterable[str], before: Store, after: Store
) -> list[Change]:
    """Return what ``compare_graphs`` yields, from the sorted lines that went and came.

    ``before`` and ``after`` have the statements of all documents.
    """
    found: list[Change] = []
    described = 0
    old, new = (group_by_subject(line.encode() for line in lines) for lines in (removed, added))
    for subject, went, came in pair_groups(old, new):
        if went or came:
            node = NamedNode(subject[1:-1].decode())
            was, is_ = is_described(before, node), is_described(after, node)
            is_compared = was and is_ and described < MAX_DESCRIBED
            described += is_compared
            lines = (frozenset(went), frozenset(came)) if is_compared else NO_LINES
            found.append(Change(node.value, len(came), len(went), was, is_, lines))
    return found


def is_described(store: Store, entity: NamedNode) -> bool:
    """Return whether a document states something about an entity."""
    quads = store.quads_for_pattern(entity, None, None, None)
    return any(quad.graph_name != DefaultGraph() and quad.graph_name not in MADE for quad in quads)


def group_by_subject(
    lines: Iterable[bytes], without: tuple[bytes, ...] = MADE_ENDS
) -> Iterator[tuple[bytes, set[bytes]]]:
    """Yield sorted statements grouped by subject, without those whose lines end as given."""
    for subject, some in groupby(lines, key=lambda line: line.partition(b" ")[0]):
        yield subject, {line for line in some if not line.endswith(without)}


def pair_groups(
    old: Iterator[tuple[bytes, set[bytes]]], new: Iterator[tuple[bytes, set[bytes]]]
) -> Iterator[tuple[bytes, set[bytes], set[bytes]]]:
    """Yield two sorted series of groups side by side, an empty set where one lacks a subject."""
    before, after = next(old, None), next(new, None)
    while before or after:
        if after is None or (before is not None and before[0] < after[0]):
            assert before is not None
            yield before[0], before[1], set()
            before = next(old, None)
        elif before is None or after[0] < before[0]:
            yield after[0], set(), after[1]
            after = next(new, None)
        else:
            yield before[0], before[1], after[1]
            before, after = next(old, None), next(new, None)


def describe_changes(
    folder: Path, name: str, previous: Release | None, changes: Sequence[Change] | None = None
) -> None:
    """Write ``changes.json`` of a finished release, and record removed entities in its index.

    ``changes`` are those since the previous release, where they are known. Where that has the same
    content, its changes stay as they are, and so do the entities that were removed before.
    """
    if previous is None:
        write_json(folder / FILE, {"release": name, "previous": None})
    elif previous.name == name:
        record_removed_entities(folder / INDEX, previous, ())
    else:
        found = changes
        if found is None:
            found = list(compare_graphs(previous.graph, folder / "graph.nq"))
        report = Release(folder).summary()
        write_json(folder / FILE, summarise_changes(folder, name, previous, found, report))
        record_removed_entities(folder / INDEX, previous, found)


def summarise_changes(
    folder: Path, name: str, previous: Release, found: Sequence[Change], report: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the content of ``changes.json``; names and facets are from either release."""
    known = {**read_entity_names(previous.folder / INDEX), **read_entity_names(folder / INDEX)}
    iris = {change.iri for change in found}
    facets = {
        **read_entity_facets(previous.folder / INDEX, iris),
        **read_entity_facets(folder / INDEX, iris),
    }
    told = [
        {
            "iri": c.iri,
            "name": known[c.iri],
            "came": c.came,
            "went": c.went,
            "state": classify_change(c),
            **compare_properties(*c.lines, known),
            **facets.get(c.iri, {}),
        }
        for c in found
        if c.iri in known
    ]
    earlier = previous.summary()
    return {
        "release": name,
        "previous": previous.name,
        "built": report["built"],
        "things": {word: [t for t in told if t["state"] == word] for word in STATES},
        "documents": compare_lists(earlier["documents"], report["documents"]),
        "contracts": compare_contracts(earlier["proofs"], report["proofs"]),
    }


def classify_change(change: Change) -> str:
    """Return "added", "removed" or "changed"."""
    if change.was and change.is_:
        return "changed"
    return "added" if change.is_ else "removed"


def compare_lists(old: Iterable[str], new: Iterable[str]) -> dict[str, list[str]]:
    """Return the items added and removed."""
    return {"added": sorted(set(new) - set(old)), "removed": sorted(set(old) - set(new))}


def compare_contracts(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return the saved queries added and removed, and those now broken or mended."""
    before, after = ({proof["name"]: proof["ok"] for proof in proofs} for proofs in (old, new))
    both = before.keys() & after.keys()
    return {
        **compare_lists(before, after),
        "broken": sorted(name for name in after if not after[name] and before.get(name, True)),
        "mended": sorted(name for name in both if after[name] and not before[name]),
    }


def read_entity_names(path: Path) -> dict[str, str]:
    """Return the names of entities in an index by IRI; {} for a missing or older index."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            return dict(base.execute("SELECT iri, name FROM thing"))
    except sqlite3.Error:
        return {}


def read_entity_facets(path: Path, wanted: Container[str]) -> dict[str, dict[str, list[str]]]:
    """Return the values of ``FACETS`` of some entities by IRI; {} for an older index."""
    found: dict[str, dict[str, list[str]]] = {}
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            rows = base.execute("SELECT number, iri FROM thing")
            iris = {number: iri for number, iri in rows if iri in wanted}
            for facet, key in FACETS.items():
                for number, value in list_postings(base, facet, [*iris]):
                    found.setdefault(iris[number], {}).setdefault(key, []).append(value)
    except sqlite3.Error:
        return {}
    return found


def list_postings(
    base: sqlite3.Connection, facet: str, wanted: Sequence[int]
) -> Iterator[tuple[int, str]]:
    """Yield the number of each of some entities with each of its values of a facet."""
    rows = base.execute("SELECT value FROM choice WHERE facet = ? ORDER BY position", (facet,))
    values = [value for (value,) in rows]
    for row in base.execute("SELECT starts, things FROM facet WHERE name = ?", (facet,)):
        starts, numbers = (np.frombuffer(blob, dtype="<i4") for blob in row)
        places = np.flatnonzero(np.isin(numbers, wanted))
        which = np.searchsorted(starts, places, "right") - 1
        for number, place in zip(numbers[places].tolist(), which.tolist(), strict=True):
            yield number, values[place]


def record_removed_entities(path: Path, previous: Release, found: Iterable[Change]) -> None:
    """Record in the index the removed entities, each with the last release that had it."""
    gone = {change.iri: previous.name for change in found if not change.is_}
    # The bytes of a table depend on the order in which it was filled.
    rows = sorted((read_removed_entities(previous) | gone).items())
    try:
        with closing(sqlite3.connect(path)) as base, base:
            base.executemany("INSERT INTO gone VALUES (?, ?)", rows)
            base.execute("DELETE FROM gone WHERE iri IN (SELECT iri FROM thing)")
    except sqlite3.Error as error:
        raise BuildError(f"{path}: what is gone cannot be kept: {error}") from error


def read_removed_entities(previous: Release) -> dict[str, str]:
    """Return the entities that were removed before the previous release."""
    path = previous.folder / INDEX
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            return dict(base.execute("SELECT iri, release FROM gone"))
    except sqlite3.Error:
        return {}


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON; raise BuildError where writing fails."""
    try:
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror}") from error
