"""Reader of the search index of a release, with its postings as arrays in memory."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loader.release.search_index.search_schema import SEARCH_INDEX_VERSION

Mask = NDArray[np.bool_]
"""One boolean for each entity, by its number: whether it is selected."""
Counts = NDArray[np.int64]
KEPT_NAME_SEARCHES = 16
"""Selections by a part of a name that are kept: a page needs each of them several times."""
TRIGRAM_LENGTH = 3
"""Shorter parts are not in an index of trigrams: https://www.sqlite.org/fts5.html#the_trigram_tokenizer"""
MANY_VALUES = 2
"""Values an entity from which a pass over the postings no longer fits the caches well."""
MANY_VALUES_SHARE, FEW_VALUES_SHARE = 3, 10
"""Entities with less than one in this many of the postings are counted by their own values."""
DerivedValue = TypeVar("DerivedValue")


@dataclass(frozen=True)
class FacetColumn:
    """The postings of one facet: its values with their names, and the entities with each.

    The entities of ``values[i]`` are ``entities[starts[i]:starts[i + 1]]``, in ascending order.
    """

    values: tuple[str, ...]
    names: tuple[str, ...]
    starts: NDArray[np.int32]
    entities: NDArray[np.int32]

    @cached_property
    def position_by_value(self) -> Mapping[str, int]:
        """The position of each value."""
        return {value: place for place, value in enumerate(self.values)}

    def find_entities(self, value: str) -> NDArray[np.int32]:
        """Return the numbers of the entities with a value, ascending; empty if there are none."""
        place = self.position_by_value.get(value)
        if place is None:
            return self.entities[:0]
        return self.entities[self.starts[place] : self.starts[place + 1]]

    @cached_property
    def inverted_postings(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The values of each entity: where those of each number begin, and their positions."""
        which = np.repeat(np.arange(len(self.values), dtype=np.int32), np.diff(self.starts))
        # A stable sort keeps the positions of one entity ascending.
        order = np.argsort(self.entities, kind="stable")
        last = int(self.entities.max(initial=-1))
        begins = np.searchsorted(self.entities[order], np.arange(last + 2))
        return begins, which[order]

    def list_positions(self, number: int) -> NDArray[np.int32]:
        """Return the positions of the values of an entity, ascending."""
        begins, places = self.inverted_postings
        if number + 1 >= len(begins):
            return places[:0]
        return places[begins[number] : begins[number + 1]]

    def list_position_pairs(self, numbers: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """Return the positions of the values of some entities, and the entity of each position.

        No entity may have a higher number than the last one with a value.
        """
        begins, places = self.inverted_postings
        lengths = begins[numbers + 1] - begins[numbers]
        ends = np.cumsum(lengths)
        # ``at`` joins the ranges of all entities without a loop: one running count, shifted for
        # each entity by where its range begins less the length of all ranges before it.
        at = np.repeat(begins[numbers] - ends + lengths, lengths) + np.arange(
            ends[-1] if len(ends) else 0
        )
        return places[at], np.repeat(numbers, lengths)

    def count_values(self, mask: Mask) -> Counts:
        """Return the number of entities in ``mask`` with each value."""
        return self._count(np.flatnonzero(mask), mask)

    def count_values_of(self, numbers: NDArray[Any]) -> Counts:
        """Return the number of entities with each value among those of ``numbers``, ascending."""
        return self._count(numbers, None)

    def _count(self, numbers: NDArray[Any], mask: Mask | None) -> Counts:
        if not self.values:
            return np.zeros(0, np.int64)
        begins, _ = self.inverted_postings
        end = len(begins) - 1
        if len(numbers) and numbers[-1] >= end:
            numbers = numbers[: np.searchsorted(numbers, end)]
        # Few entities: their values are collected. Many: a pass over all postings is faster.
        own = int((begins[numbers + 1] - begins[numbers]).sum())
        share = MANY_VALUES_SHARE if len(self.entities) > MANY_VALUES * end else FEW_VALUES_SHARE
        if share * own < len(self.entities):
            places, _ = self.list_position_pairs(numbers)
            return np.bincount(places, minlength=len(self.values))
        if mask is None:
            mask = np.zeros(end, bool)
            mask[numbers] = True
        # reduceat is wrong for an empty segment; a value that no entity has is not in ``values``.
        having = mask.take(self.entities).view(np.int8)
        return np.add.reduceat(having, self.starts[:-1], dtype=np.int32).astype(np.int64)


class SearchIndex:
    """The search index of one release. Thread-safe: each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.local()
        self.entity_count: int = self.fetch_row("SELECT count(*) FROM thing")[0]
        self.facet = lru_cache(maxsize=None)(self._load_facet)
        self.select_kinds = lru_cache(maxsize=None)(self._select_kinds)
        self.count_values_of_kind = lru_cache(maxsize=None)(self._count_values_of_kind)
        self.select_named_entities = lru_cache(maxsize=KEPT_NAME_SEARCHES)(
            self._select_named_entities
        )
        self._derived_values: dict[object, Any] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """The SQLite connection of the current thread."""
        found: sqlite3.Connection | None = getattr(self._threads, "base", None)
        if found is None:
            found = self._threads.base = connect_read_only(self._path)
        return found

    def get_or_compute(self, factory: Callable[["SearchIndex"], DerivedValue]) -> DerivedValue:
        """Return ``factory(self)``, computed once and kept as long as the index."""
        if factory not in self._derived_values:
            self._derived_values[factory] = factory(self)
        found: DerivedValue = self._derived_values[factory]
        return found

    def fetch_row(self, sql: str, *values: str | int) -> tuple[int, ...]:
        """Return the first row of an SQL query, or an empty tuple."""
        found: tuple[int, ...] | None = self.connection.execute(sql, values).fetchone()
        return found or ()

    def number(self, iri: str) -> int | None:
        """Return the number of an entity, or None where the index does not have it."""
        return next(iter(self.fetch_row("SELECT number FROM thing WHERE iri = ?", iri)), None)

    def iri(self, number: int) -> str:
        """Return the IRI of an entity by its number."""
        return str(self.fetch_row("SELECT iri FROM thing WHERE number = ?", int(number))[0])

    def load_names(self, iris: Iterable[str], among: NDArray[np.int32]) -> dict[str, str]:
        """Return the names of those entities, by IRI, whose numbers are in ``among``, ascending."""
        text = "SELECT number, name FROM thing WHERE iri = ?"
        rows = [(iri, *(self.connection.execute(text, (iri,)).fetchone() or ())) for iri in iris]
        found = [row for row in rows if len(row) > 1]
        numbers = np.array([number for _, number, _ in found], among.dtype)
        begins, ends = (np.searchsorted(among, numbers, side) for side in ("left", "right"))
        pairs = zip(found, begins < ends, strict=True)
        return {iri: name for (iri, _, name), is_among in pairs if is_among}

    def _count_values_of_kind(self, kind: str, facet: str) -> Counts:
        """Return the number of entities of a kind with each value of a facet."""
        return self.facet(facet).count_values(self.select_kinds(kind))

    def find_last_release(self, iri: str) -> str:
        """Return the last release with an entity that has been removed since; "" for any other."""
        return str(next(iter(self.fetch_row("SELECT release FROM gone WHERE iri = ?", iri)), ""))

    def sort_iris(self, iris: Iterable[str]) -> list[str]:
        """Sort IRIs by the numbers of their entities, those without a number last."""
        numbers = {iri: self.number(iri) for iri in iris}
        return sorted(numbers, key=lambda iri: (numbers[iri] is None, numbers[iri] or 0, iri))

    def sort_named_iris(self, iris: Sequence[str]) -> list[str] | None:
        """Sort IRIs by the names of their entities; None where that needs more than the index.

        The numbers of entities are in the order of their names within a kind alone.
        """
        numbers = {iri: number for iri in iris if (number := self.number(iri)) is not None}
        if not numbers or len(numbers) < len(set(iris)):
            return None
        found = sorted(numbers, key=numbers.__getitem__)
        first, last = numbers[found[0]], numbers[found[-1]]
        # Those without a name come last in their kind; a page makes up a name for them.
        text = """SELECT kind.name FROM kind, thing WHERE first <= ? AND after > number
            AND number = ? AND thing.name != ''"""
        return found if self.fetch_row(text, first, last) else None

    def find_facet(self, name: str) -> FacetColumn | None:
        """Return a facet, or None where the index lacks it, as one of an older program may."""
        return self.facet(name) if name in self.facet_names else None

    @cached_property
    def facet_names(self) -> frozenset[str]:
        """The names of all facets that the index has."""
        return frozenset(name for (name,) in self.connection.execute("SELECT name FROM facet"))

    def _load_facet(self, name: str) -> FacetColumn:
        found = self.connection.execute("SELECT starts, things FROM facet WHERE name = ?", (name,))
        starts, entities = (np.frombuffer(blob, np.int32) for blob in found.fetchone())
        rows = self.connection.execute(
            "SELECT value, name FROM choice WHERE facet = ? ORDER BY position", (name,)
        ).fetchall()
        values, names = zip(*rows, strict=True) if rows else ((), ())
        return FacetColumn(values, names, starts, entities)

    @cached_property
    def information_content_by_concept(self) -> Mapping[str, float]:
        """The information content in bits of each concept that is in use."""
        return dict(self.connection.execute("SELECT concept, bits FROM weight"))

    @cached_property
    def carriers(self) -> Mapping[str, int]:
        """The number of case studies, initiatives and commitments with each concept."""
        return dict(self.connection.execute("SELECT concept, carriers FROM weight"))

    @cached_property
    def properties(self) -> tuple[str, ...]:
        """The IRIs of all properties of the release; empty where they are not recorded."""
        return tuple(iri for (iri,) in self.connection.execute("SELECT iri FROM property"))

    @cached_property
    def list_query_hash(self) -> str:
        """The hash of the query whose result ``list_row`` has; "" where an index lacks the rows."""
        if not self.fetch_row("SELECT 1 FROM sqlite_schema WHERE name = 'list_query'"):
            return ""
        return "".join(self.fetch_row("SELECT text_hash FROM list_query"))  # type: ignore[arg-type]

    @cached_property
    def broader_by_concept(self) -> Mapping[str, tuple[str, ...]]:
        """The directly broader concepts of each concept."""
        return group_pairs(self.connection.execute("SELECT concept, broader FROM broader"))

    @cached_property
    def narrower_by_concept(self) -> Mapping[str, tuple[str, ...]]:
        """The directly narrower concepts of each concept."""
        return group_pairs(self.connection.execute("SELECT broader, concept FROM broader"))

    @cached_property
    def concepts_by_scheme(self) -> Mapping[str, tuple[str, ...]]:
        """The concepts of each scheme, sorted."""
        return group_pairs(
            self.connection.execute("SELECT scheme, concept FROM member ORDER BY concept")
        )

    def select_entities(self, facet: str, *values: str) -> Mask:
        """Return the entities that have any of ``values`` of a facet."""
        mask = np.zeros(self.entity_count, bool)
        for value in values:
            mask[self.facet(facet).find_entities(value)] = True
        return mask

    def _select_kinds(self, *kinds: str) -> Mask:
        """Return the entities of any of some kinds, kept as long as the index and never changed."""
        mask = self.select_entities("kind", *kinds)
        mask.flags.writeable = False
        return mask

    def load_folded_names(self, number: int) -> str:
        """Return the names of an entity without case and accents, a line for each."""
        rows = self.connection.execute("SELECT label FROM within WHERE thing = ?", (number,))
        return "\n".join(sorted({label for (label,) in rows}))

    def _select_named_entities(self, part: str) -> Mask:
        """Return the entities with a folded part, of letters and digits, in one of their names."""
        mask = np.zeros(self.entity_count, bool)
        is_indexed = len(part) >= TRIGRAM_LENGTH
        condition = "label MATCH ?" if is_indexed else "instr(label, ?)"
        rows = self.connection.execute(
            f"SELECT thing FROM within WHERE {condition}",  # noqa: S608 (one of two constants)
            (f'"{part}"' if is_indexed else part,),
        )
        mask[[number for (number,) in rows]] = True
        return mask


def group_pairs(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Group the second members of pairs by the first."""
    found: dict[str, list[str]] = {}
    for first, second in pairs:
        found.setdefault(first, []).append(second)
    return {first: tuple(seconds) for first, seconds in found.items()}


def open_search_index(path: Path) -> SearchIndex | None:
    """Open the index in a file, or return None where it has another version or is damaged."""
    try:
        (version,) = connect_read_only(path).execute("PRAGMA user_version").fetchone()
        return SearchIndex(path) if version == SEARCH_INDEX_VERSION else None
    except sqlite3.DatabaseError:
        return None


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a read-only connection to a file that never changes, so that SQLite locks nothing.

    https://www.sqlite.org/uri.html#uriimmutable
    """
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    base.execute("PRAGMA mmap_size = 1073741824")
    base.execute("PRAGMA query_only = ON")
    return base
