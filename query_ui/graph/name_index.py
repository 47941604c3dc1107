"""Reader of a name index: names by key, bag of words and word, entities by identifier."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from loader.errors import BuildError
from loader.release.name_index.name_normaliser import STOP_WORDS, compute_word_weight
from loader.release.name_index.name_schema import NAME_INDEX_VERSION
from query_ui.graph.word_list import SpellingDictionary

NAME_SQL = "SELECT n.number, n.entity, n.text, n.kind, n.language, n.key, n.bag FROM name AS n "
BATCH_SIZE = 500
"""Number of values looked up at once: https://www.sqlite.org/limits.html#max_variable_number"""

MIN_NATIONAL_SHARE = 0.9
"""Share of the entities in one country from which the index knows that country alone."""


@dataclass(frozen=True, slots=True)
class IndexedName:
    """One name in the index, with the number of its entity."""

    number: int
    entity_number: int
    text: str
    kind: str
    language: str
    key: str
    bag: str


@dataclass(frozen=True, slots=True)
class IndexedEntity:
    """One entity of the index."""

    number: int
    iri: str
    label: str
    types: tuple[str, ...]
    country: str
    place: str
    status: str
    note: str


class NameIndex:
    """Reader of one name index. Thread-safe: its only connection is used under a lock."""

    def __init__(self, path: Path) -> None:
        """Open the index; raise BuildError where it is missing or has another version."""
        if not path.is_file():
            raise BuildError(f"{path}: there are no names here; build them again.")
        self.path = path
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        self._lock = Lock()
        if self._fetch_rows("PRAGMA user_version") != [(NAME_INDEX_VERSION,)]:
            raise BuildError(f"{path}: these names are of another version; build them again.")
        self.entity_numbers: npt.NDArray[np.int32] = np.frombuffer(
            self.read_metadata("entities"), np.int32
        )
        self.name_weights: npt.NDArray[np.float32] = np.frombuffer(
            self.read_metadata("weights"), np.float32
        )
        self.get_word_weight = lru_cache(20_000)(self._compute_word_weight)
        self.find_name_numbers = lru_cache(2_000)(self._find_name_numbers)
        self.spelling_dictionary = SpellingDictionary(
            word for (word,) in self._fetch_rows("SELECT word FROM word")
        )

    def _fetch_rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            return self.connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def read_metadata(self, key: str) -> Any:
        """Return an entry of the index's metadata, or None where it has none for ``key``."""
        found = self._fetch_rows("SELECT value FROM about WHERE key = ?", [key])
        return found[0][0] if found else None

    def _find_name_numbers(self, word: str) -> npt.NDArray[np.int32]:
        """Return the numbers of the names with a word, ascending."""
        found = self._fetch_rows("SELECT names FROM word WHERE word = ?", [word])
        return np.frombuffer(found[0][0] if found else b"", np.int32)

    def _compute_word_weight(self, word: str) -> float:
        """Return the weight of a word by its rarity; also for a word that no name has."""
        return compute_word_weight(len(self.entity_numbers), len(self.find_name_numbers(word)))

    def sum_word_weights(self, words: Iterable[str]) -> float:
        """Return the sum of the weights of the words, each once and without stop words."""
        return sum(self.get_word_weight(word) for word in set(words) if word not in STOP_WORDS)

    def find_names_by_key(self, keys: Sequence[str]) -> list[IndexedName]:
        """Return the names with one of these keys."""
        return self._find_names("key", keys)

    def find_names_by_bag(self, bags: Sequence[str]) -> list[IndexedName]:
        """Return the names with one of these bags of words."""
        return self._find_names("bag", bags)

    def _find_names(self, column: str, values: Sequence[Any]) -> list[IndexedName]:
        """Return the names with one of these values."""
        batches = [values[at : at + BATCH_SIZE] for at in range(0, len(values), BATCH_SIZE)]
        return [
            IndexedName(*row)
            for batch in batches
            for row in self._fetch_rows(
                f"{NAME_SQL} WHERE n.{column} IN ({build_placeholders(batch)})", batch
            )
        ]

    def load_names(self, numbers: Sequence[int]) -> list[IndexedName]:
        """Return the names with these numbers, in the same order."""
        found = {name.number: name for name in self._find_names("number", numbers)}
        return [found[number] for number in numbers]

    def find_entities_by_prefix(
        self, prefix: str, types: frozenset[str], limit: int
    ) -> list[IndexedEntity]:
        """Return at most ``limit`` entities by the prefix of a normalised name, short names first.

        ``types`` restricts them to entities of any of these types, unless it is empty.
        """
        text = (
            "SELECT DISTINCT n.entity FROM name AS n JOIN entity AS e ON e.number = n.entity "
            "WHERE n.key >= ? AND n.key < ? ORDER BY length(n.key), n.key, e.iri LIMIT ?"
        )
        rows = self._fetch_rows(text, [prefix, f"{prefix}\U0010ffff", 20 * limit])
        entities = (self.load_entity(number) for (number,) in dict.fromkeys(rows))
        return [t for t in entities if not types or not types.isdisjoint(t.types)][:limit]

    def load_names_by_entity(self, entity_numbers: Sequence[int]) -> dict[int, list[IndexedName]]:
        """Return all names of some entities, by the number of the entity."""
        found: dict[int, list[IndexedName]] = {}
        for name in self._find_names("entity", entity_numbers):
            found.setdefault(name.entity_number, []).append(name)
        return found

    def load_entity(self, number: int) -> IndexedEntity:
        """Return the entity with a number; raise KeyError where there is none."""
        return self.load_entities([number])[number]

    def load_entities(self, numbers: Sequence[int]) -> dict[int, IndexedEntity]:
        """Return the entities with these numbers, by number."""
        return {
            t.number: t
            for t in self._find_entities(f"number IN ({build_placeholders(numbers)})", numbers)
        }

    def find_entity(self, iri: str) -> IndexedEntity | None:
        """Return the entity with an IRI, or None."""
        return next(iter(self._find_entities("iri = ?", [iri])), None)

    def _find_entities(self, condition: str, values: Sequence[Any]) -> list[IndexedEntity]:
        rows = self._fetch_rows(f"SELECT * FROM entity WHERE {condition}", values)  # noqa: S608
        return [
            IndexedEntity(number, iri, label, tuple(types.split()), *rest)
            for number, iri, label, types, *rest in rows
        ]

    def count(self, type_: str) -> int:
        """Return the number of entities of a type."""
        text = "SELECT count(*) FROM entity WHERE ' ' || types || ' ' LIKE ?"
        return int(self._fetch_rows(text, [f"% {type_} %"])[0][0])

    def count_all(self) -> int:
        """Return the number of all entities."""
        return int(self._fetch_rows("SELECT count(*) FROM entity")[0][0])

    def list_withdrawn_entities(self) -> list[IndexedEntity]:
        """Return the entities that their register has withdrawn."""
        return self._find_entities("status = ?", ["withdrawn"])

    def list_entities_of_types(self, types: frozenset[str]) -> list[IndexedEntity]:
        """Return the entities of any of these types."""
        return [t for t in self._find_entities("1", []) if not types.isdisjoint(t.types)]

    def find_entity_numbers(self, scheme: str, value: str) -> list[int]:
        """Return the numbers of the entities with an identifier."""
        text = "SELECT DISTINCT entity FROM identifier WHERE value = ? AND scheme = ?"
        return [number for (number,) in self._fetch_rows(text, [value, scheme])]

    def list_identifiers(self, entity_number: int, scheme: str = "") -> list[tuple[str, str]]:
        """Return the identifiers of an entity as (scheme, value), of all schemes or of one."""
        text = "SELECT scheme, value FROM identifier WHERE entity = ? AND (scheme = ? OR ? = '')"
        return self._fetch_rows(text, [entity_number, scheme, scheme])

    @cached_property
    def types(self) -> frozenset[str]:
        """The types of the entities."""
        rows = self._fetch_rows("SELECT DISTINCT types FROM entity")
        return frozenset(name for (types,) in rows for name in types.split())

    @cached_property
    def languages(self) -> frozenset[str]:
        """The language tags of the labels, without ""."""
        text = "SELECT DISTINCT language FROM name WHERE kind = 'label' AND language != ''"
        return frozenset(language for (language,) in self._fetch_rows(text))

    def load_labels(self, entity_numbers: Sequence[int], language: str) -> dict[int, str]:
        """Return the labels in a language, by the number of the entity."""
        names = self.load_names_by_entity(entity_numbers)
        return {
            number: name.text
            for number, known in names.items()
            for name in known
            if name.kind == "label" and name.language == language
        }

    def list_related_iris(self, entity_number: int, kind: str) -> list[str]:
        """Return the IRIs to which an entity has a relation of a kind."""
        text = "SELECT other FROM relation WHERE entity = ? AND kind = ?"
        return [other for (other,) in self._fetch_rows(text, [entity_number, kind])]

    def load_attributes(self, entity_number: int) -> dict[str, str]:
        """Return the attributes of an entity, value by name."""
        text = "SELECT name, value FROM attribute WHERE entity = ?"
        return dict(self._fetch_rows(text, [entity_number]))

    def find_iri_range(self) -> tuple[str, str]:
        """Return the first and the last IRI in the order of characters."""
        return tuple(self._fetch_rows("SELECT min(iri), max(iri) FROM entity")[0])

    def has_town_beginning_with(self, key: str) -> bool:
        """Return whether a town has this key, or begins with its words: Newcastle upon Tyne."""
        text = "SELECT 1 FROM place WHERE key = ? OR key BETWEEN ? AND ? LIMIT 1"
        return bool(self._fetch_rows(text, [key, f"{key} ", f"{key} \U0010ffff"]))

    @cached_property
    def is_international(self) -> bool:
        """Whether no country has as many as ``MIN_NATIONAL_SHARE`` of the entities with one."""
        text = "SELECT count(*) FROM entity WHERE country != '' GROUP BY country"
        counts = [count for (count,) in self._fetch_rows(text)]
        return bool(counts) and max(counts) < MIN_NATIONAL_SHARE * sum(counts)

    def load_countries_by_town(self, towns: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return the towns among these keys with the countries in which the index has each."""
        batches = [towns[at : at + BATCH_SIZE] for at in range(0, len(towns), BATCH_SIZE)]
        return {
            key: frozenset(found.split())
            for batch in batches
            for key, found in self._fetch_rows(
                f"SELECT * FROM place WHERE key IN ({build_placeholders(batch)})",  # noqa: S608
                batch,
            )
        }


def build_placeholders(values: Sequence[Any]) -> str:
    """Return an SQL placeholder for each of the values."""
    return ",".join("?" * len(values))


def open_name_index(path: Path) -> NameIndex | None:
    """Open the index in a file, or return None where it is missing, damaged or outdated."""
    try:
        return NameIndex(path)
    except (BuildError, sqlite3.DatabaseError):
        return None
