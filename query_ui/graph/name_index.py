"""A gazetteer opened for reading: names by key, by bag of words, by word, by identifier."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from loader.errors import BuildError
from loader.release.name_index.name_normaliser import IDLE
from loader.release.name_index.name_schema import VERSION
from loader.release.name_index.rarity import weight
from query_ui.graph.word_list import Vocabulary

NAME = "SELECT n.number, n.entity, n.text, n.kind, n.language, n.key, n.bag FROM name AS n "


@dataclass(frozen=True, slots=True)
class Named:
    """One name of the gazetteer, with the number of the thing that has it."""

    number: int
    entity: int
    text: str
    kind: str
    language: str
    key: str
    bag: str


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of the gazetteer."""

    number: int
    iri: str
    label: str
    types: tuple[str, ...]
    country: str
    place: str
    status: str
    note: str


class Gazetteer:
    """Reads one gazetteer; any number of threads may use it."""

    def __init__(self, path: Path) -> None:
        """Open it; BuildError where there is none or it is of another version."""
        if not path.is_file():
            raise BuildError(f"{path}: there are no names here; build them again.")
        self.base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        self._lock = Lock()
        if self._rows("PRAGMA user_version") != [(VERSION,)]:
            raise BuildError(f"{path}: these names are of another version; build them again.")
        self.entities: npt.NDArray[np.int32] = np.frombuffer(self.about("entities"), np.int32)
        self.weights: npt.NDArray[np.float32] = np.frombuffer(self.about("weights"), np.float32)
        self.placed = bool(self._rows("SELECT 1 FROM place LIMIT 1"))
        self.bits = lru_cache(20_000)(self._bits)
        self.names_with = lru_cache(2_000)(self._names_with)
        self.vocabulary = Vocabulary(word for (word,) in self._rows("SELECT word FROM word"))

    def _rows(self, text: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            return self.base.execute(text, values).fetchall()

    def close(self) -> None:
        self.base.close()

    def about(self, key: str) -> Any:
        """What was noted about the gazetteer under a key; None where nothing was."""
        found = self._rows("SELECT value FROM about WHERE key = ?", [key])
        return found[0][0] if found else None

    def _names_with(self, word: str) -> npt.NDArray[np.int32]:
        """The numbers of the names that have a word, ascending."""
        found = self._rows("SELECT names FROM word WHERE word = ?", [word])
        return np.frombuffer(found[0][0] if found else b"", np.int32)

    def _bits(self, word: str) -> float:
        """What a word tells, a word that no name has included."""
        return weight(len(self.entities), len(self.names_with(word)))

    def sum_of(self, words: Iterable[str]) -> float:
        """What the words tell together, idle ones left out."""
        return sum(self.bits(word) for word in set(words) if word not in IDLE)

    def by_key(self, keys: Sequence[str]) -> list[Named]:
        """The names that have one of these keys."""
        return self._names("key", keys)

    def by_bag(self, bags: Sequence[str]) -> list[Named]:
        """The names that have one of these bags of words."""
        return self._names("bag", bags)

    def _names(self, column: str, values: Sequence[Any]) -> list[Named]:
        """The names with one of these values, at most 500 at a time as SQLite wants it."""
        return [
            Named(*row)
            for at in range(0, len(values), 500)
            for row in self._rows(
                f"{NAME} WHERE n.{column} IN ({marks(values[at : at + 500])})",
                values[at : at + 500],
            )
        ]

    def names_numbered(self, numbers: Sequence[int]) -> list[Named]:
        """The names of these numbers, in their order."""
        found = {name.number: name for name in self._names("number", numbers)}
        return [found[number] for number in numbers]

    def beginning(self, prefix: str, types: frozenset[str], limit: int) -> list[Thing]:
        """Things with a name that begins so, short names first; of these types, where any are."""
        text = (
            "SELECT DISTINCT n.entity FROM name AS n JOIN entity AS e ON e.number = n.entity "
            "WHERE n.key >= ? AND n.key < ? ORDER BY length(n.key), n.key, e.iri LIMIT ?"
        )
        rows = self._rows(text, [prefix, f"{prefix}\U0010ffff", 20 * limit])
        things = (self.thing(number) for (number,) in dict.fromkeys(rows))
        return [t for t in things if not types or not types.isdisjoint(t.types)][:limit]

    def names_of(self, entities: Sequence[int]) -> dict[int, list[Named]]:
        """All names of some things."""
        found: dict[int, list[Named]] = {}
        for name in self._names("entity", entities):
            found.setdefault(name.entity, []).append(name)
        return found

    def thing(self, number: int) -> Thing:
        """A thing by its number."""
        return self.things([number])[number]

    def things(self, numbers: Sequence[int]) -> dict[int, Thing]:
        """Some things by their numbers."""
        return {t.number: t for t in self._things(f"number IN ({marks(numbers)})", numbers)}

    def thing_at(self, iri: str) -> Thing | None:
        """A thing by its address."""
        return next(iter(self._things("iri = ?", [iri])), None)

    def _things(self, where: str, values: Sequence[Any]) -> list[Thing]:
        rows = self._rows(f"SELECT * FROM entity WHERE {where}", values)  # noqa: S608
        return [
            Thing(number, iri, label, tuple(types.split()), *rest)
            for number, iri, label, types, *rest in rows
        ]

    def count(self, type_: str) -> int:
        """How many things there are of a type."""
        text = "SELECT count(*) FROM entity WHERE ' ' || types || ' ' LIKE ?"
        return int(self._rows(text, [f"% {type_} %"])[0][0])

    def withdrawn(self) -> list[Thing]:
        """The things that their register has withdrawn."""
        return self._things("status = ?", ["withdrawn"])

    def things_of(self, types: frozenset[str]) -> list[Thing]:
        """The things of any of these types."""
        return [t for t in self._things("1", []) if not types.isdisjoint(t.types)]

    def identified(self, scheme: str, value: str) -> list[int]:
        """The numbers of the things that have an identifier."""
        text = "SELECT DISTINCT entity FROM identifier WHERE value = ? AND scheme = ?"
        return [number for (number,) in self._rows(text, [value, scheme])]

    def identifiers(self, entity: int, scheme: str = "") -> list[tuple[str, str]]:
        """The pairs of scheme and value of a thing."""
        text = "SELECT scheme, value FROM identifier WHERE entity = ? AND (scheme = ? OR ? = '')"
        return self._rows(text, [entity, scheme, scheme])

    def related(self, entity: int, kind: str) -> list[str]:
        """The addresses that a thing is related to in one way."""
        text = "SELECT other FROM relation WHERE entity = ? AND kind = ?"
        return [other for (other,) in self._rows(text, [entity, kind])]

    def countries(self, places: Sequence[str]) -> dict[str, frozenset[str]]:
        """The towns among these keys, with the countries in which the gazetteer has each."""
        rows = self._rows(f"SELECT * FROM place WHERE key IN ({marks(places)})", places)  # noqa: S608
        return {key: frozenset(found.split()) for key, found in rows}


def marks(values: Sequence[Any]) -> str:
    """A mark for each of these values."""
    return ",".join("?" * len(values))


def open_gazetteer(path: Path) -> Gazetteer | None:
    """The names in a file; None where another version of this project has written it."""
    try:
        return Gazetteer(path)
    except (BuildError, sqlite3.DatabaseError):
        return None
