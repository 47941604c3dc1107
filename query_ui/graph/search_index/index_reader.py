"""Opens the index of the release that answers, and keeps its arrays at hand."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loader.release.search_index.search_schema import SEARCH_INDEX_VERSION

Mask = NDArray[np.bool_]
"""For each thing by its number, whether it is meant."""
Counts = NDArray[np.int64]
DerivedValue = TypeVar("DerivedValue")


@dataclass(frozen=True)
class FacetColumn:
    """One facet: its values with their names, and the things that have each.

    The things of ``values[i]`` are ``things[starts[i]:starts[i + 1]]``, in ascending order.
    """

    values: tuple[str, ...]
    names: tuple[str, ...]
    starts: NDArray[np.int32]
    things: NDArray[np.int32]

    @cached_property
    def position_by_value(self) -> Mapping[str, int]:
        """The place of each value."""
        return {value: place for place, value in enumerate(self.values)}

    def find_entities(self, value: str) -> NDArray[np.int32]:
        """The things that have a value; none for a value that nothing has."""
        place = self.position_by_value.get(value)
        if place is None:
            return self.things[:0]
        return self.things[self.starts[place] : self.starts[place + 1]]

    @cached_property
    def inverted_postings(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The other way round: where the values of each thing begin, and the places of these."""
        which = np.repeat(np.arange(len(self.values), dtype=np.int32), np.diff(self.starts))
        order = np.argsort(self.things, kind="stable")
        last = int(self.things.max(initial=-1))
        begins = np.searchsorted(self.things[order], np.arange(last + 2))
        return begins, which[order]

    def list_positions(self, number: int) -> NDArray[np.int32]:
        """The places of the values that a thing has, in ascending order."""
        begins, places = self.inverted_postings
        if number + 1 >= len(begins):
            return places[:0]
        return places[begins[number] : begins[number + 1]]

    def list_position_pairs(self, numbers: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """The places of the values that some things have, one after the other, and whose each is.

        All the things have to have a value.
        """
        begins, places = self.inverted_postings
        lengths = begins[numbers + 1] - begins[numbers]
        ends = np.cumsum(lengths)
        at = np.repeat(begins[numbers] - ends + lengths, lengths) + np.arange(
            ends[-1] if len(ends) else 0
        )
        return places[at], np.repeat(numbers, lengths)

    def count_values(self, mask: Mask) -> Counts:
        """How many of the things in ``mask`` have each value."""
        if not self.values:
            return np.zeros(0, np.int64)
        return np.add.reduceat(mask[self.things], self.starts[:-1], dtype=np.int64)


class SearchIndex:
    """The index of one release; safe to use from several threads.

    ``carriers`` and ``information_content_by_concept`` are the weight of each concept, as
    ``information_content`` reckons it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.local()
        self.entity_count: int = self.fetch_row("SELECT count(*) FROM thing")[0]
        self.facet = lru_cache(maxsize=None)(self._load_facet)
        self.count_values_of_kind = lru_cache(maxsize=None)(self._count_values_of_kind)
        self._derived_values: dict[object, Any] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        found: sqlite3.Connection | None = getattr(self._threads, "base", None)
        if found is None:
            found = self._threads.base = connect_read_only(self._path)
        return found

    def get_or_compute(self, factory: Callable[["SearchIndex"], DerivedValue]) -> DerivedValue:
        """What is reckoned from the index once and kept with it."""
        if factory not in self._derived_values:
            self._derived_values[factory] = factory(self)
        found: DerivedValue = self._derived_values[factory]
        return found

    def fetch_row(self, sql: str, *values: str | int) -> tuple[int, ...]:
        """The first row of a query in SQL, or an empty one."""
        found: tuple[int, ...] | None = self.connection.execute(sql, values).fetchone()
        return found or ()

    def number(self, iri: str) -> int | None:
        """The number of a thing; None for one that is not listed anywhere."""
        return next(iter(self.fetch_row("SELECT number FROM thing WHERE iri = ?", iri)), None)

    def iri(self, number: int) -> str:
        """The IRI of a thing by its number."""
        return str(self.fetch_row("SELECT iri FROM thing WHERE number = ?", int(number))[0])

    def _count_values_of_kind(self, kind: str, facet: str) -> Counts:
        """How many things of a kind have each value of a facet; counted once."""
        return self.facet(facet).count_values(self.select_entities("kind", kind))

    def find_last_release(self, iri: str) -> str:
        """The last release that had a thing which is there no more; "" for any other."""
        return str(next(iter(self.fetch_row("SELECT release FROM gone WHERE iri = ?", iri)), ""))

    def sort_iris(self, iris: Iterable[str]) -> list[str]:
        """Some things in the order of their numbers, those without one at the end."""
        numbers = {iri: self.number(iri) for iri in iris}
        return sorted(numbers, key=lambda iri: (numbers[iri] is None, numbers[iri] or 0, iri))

    def _load_facet(self, name: str) -> FacetColumn:
        found = self.connection.execute("SELECT starts, things FROM facet WHERE name = ?", (name,))
        starts, things = (np.frombuffer(blob, np.int32) for blob in found.fetchone())
        rows = self.connection.execute(
            "SELECT value, name FROM choice WHERE facet = ? ORDER BY position", (name,)
        ).fetchall()
        values, names = zip(*rows, strict=True) if rows else ((), ())
        return FacetColumn(values, names, starts, things)

    @cached_property
    def information_content_by_concept(self) -> Mapping[str, float]:
        """The information content of each concept that is carried."""
        return dict(self.connection.execute("SELECT concept, bits FROM weight"))

    @cached_property
    def carriers(self) -> Mapping[str, int]:
        """How many case studies, initiatives and commitments carry each concept."""
        return dict(self.connection.execute("SELECT concept, carriers FROM weight"))

    @cached_property
    def properties(self) -> tuple[str, ...]:
        """All properties of the release; none where it says nothing of that."""
        return tuple(iri for (iri,) in self.connection.execute("SELECT iri FROM property"))

    @cached_property
    def broader_by_concept(self) -> Mapping[str, tuple[str, ...]]:
        """The concepts right above each one."""
        return group_pairs(self.connection.execute("SELECT concept, broader FROM broader"))

    @cached_property
    def narrower_by_concept(self) -> Mapping[str, tuple[str, ...]]:
        """The concepts right below each one."""
        return group_pairs(self.connection.execute("SELECT broader, concept FROM broader"))

    @cached_property
    def concepts_by_scheme(self) -> Mapping[str, tuple[str, ...]]:
        """The concepts of each scheme."""
        return group_pairs(
            self.connection.execute("SELECT scheme, concept FROM member ORDER BY concept")
        )

    def select_entities(self, facet: str, *values: str) -> Mask:
        """The things that have any of some values of a facet."""
        mask = np.zeros(self.entity_count, bool)
        for value in values:
            mask[self.facet(facet).find_entities(value)] = True
        return mask


def group_pairs(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """The second of each pair by the first."""
    found: dict[str, list[str]] = {}
    for first, second in pairs:
        found.setdefault(first, []).append(second)
    return {first: tuple(seconds) for first, seconds in found.items()}


def open_search_index(path: Path) -> SearchIndex | None:
    """The index in a file; None where another version of this project has written it."""
    try:
        (version,) = connect_read_only(path).execute("PRAGMA user_version").fetchone()
        return SearchIndex(path) if version == SEARCH_INDEX_VERSION else None
    except sqlite3.DatabaseError:
        return None


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that only reads a file which never changes."""
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    base.execute("PRAGMA mmap_size = 1073741824")
    base.execute("PRAGMA query_only = ON")
    return base
