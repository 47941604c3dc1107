"""Writer of the name index, from nothing or with the rows of another one.

Each table is written as a whole and in one order, so the same entities give the same bytes.
"""

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from loader.errors import BuildError
from loader.release.name_index.name_normaliser import (
    build_name_key,
    build_word_bag,
    clean_name,
    strip_country,
    tokenise_name,
    vary_united_kingdom,
)
from loader.release.name_index.name_schema import NAME_INDEX_INDEXES, NAME_INDEX_TABLES
from loader.release.name_index.named_entity import EntityName, NamedEntity, NameKind
from loader.release.name_index.word_postings import (
    GONE,
    compute_name_weights,
    join_words,
    move_words,
)

Part: TypeAlias = Sequence[NamedEntity] | range
"""Entities in the order of their numbers, or the numbers of entities of another index."""


def write_name_index(
    path: Path, entities: Iterable[NamedEntity], metadata: Mapping[str, str]
) -> int:
    """Write a name index atomically and return how many entities it holds.

    ``metadata`` describes the source of the entities. Raise BuildError where writing fails.
    """
    return write_parts(path, [[*add_former_names(list(entities))]], metadata)


def write_parts(
    path: Path, parts: Sequence[Part], metadata: Mapping[str, str], other: Path | None = None
) -> int:
    """Write a name index as ``write_name_index`` does; ranges in ``parts`` are of ``other``."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft, uri=True)) as base:
            base.executescript(NAME_INDEX_TABLES)
            writing = _NameIndexWriter(base, parts)
            if other:
                writing.attach(other)
            writing.write_entities()
            writing.write_names()
            writing.write_totals(metadata)
            base.executescript(NAME_INDEX_INDEXES)
            base.commit()
        draft.replace(path)
    except (sqlite3.Error, OSError) as error:
        raise BuildError(f"{path}: the names cannot be written: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return sum(map(len, parts))


def add_former_names(entities: list[NamedEntity]) -> Iterable[NamedEntity]:
    """Yield the entities, each with the names of the records that it has replaced as former names.

    A record is withdrawn where it was an error or a duplicate, and inactive where the organisation
    has ceased or has another name. Its name means its only successor; one that has several
    successors is left alone.
    """
    by_iri = {entity.iri: entity for entity in entities}
    former: dict[str, list[EntityName]] = {}
    for entity in entities:
        heir = find_successor(entity, by_iri)
        if heir is not entity:
            former.setdefault(heir.iri, []).extend(
                EntityName(name.text, NameKind.FORMER, name.language)
                for name in entity.names
                if name.kind is not NameKind.ACRONYM
            )
    for entity in entities:
        more = former.get(entity.iri)
        yield replace(entity, names=(*entity.names, *more)) if more else entity


def find_successor(entity: NamedEntity, by_iri: Mapping[str, NamedEntity]) -> NamedEntity:
    """Return the entity that has replaced another, through all steps, or the entity itself."""
    seen = {entity.iri}
    while entity.status != "active":
        successors = entity.relations.get("successor", ())
        if len(successors) != 1 or successors[0] in seen or successors[0] not in by_iri:
            break
        seen.add(successors[0])
        entity = by_iri[successors[0]]
    return entity


def derive_variants(entity: NamedEntity) -> Iterable[EntityName]:
    """Yield other forms of the names of an entity, acronyms excluded.

    They are the name of a company without the country that a register adds to it, UK written out
    or abbreviated, and a long name without UK at its beginning.
    """
    for name in entity.names:
        if name.kind is NameKind.ACRONYM:
            continue
        if "company" in entity.types and (text := strip_country(name.text)):
            yield EntityName(text, NameKind.ALTERNATIVE, name.language)
        yield from (replace(name, text=text) for text in vary_united_kingdom(name.text))


def list_indexed_names(entity: NamedEntity) -> Iterator[tuple[EntityName, list[str]]]:
    """Yield the names of an entity and their other forms, each once and cleaned, with its words."""
    seen = set()
    for name in (*entity.names, *derive_variants(entity)):
        text = clean_name(name.text)
        words = tokenise_name(text)
        if words and (text, name.kind) not in seen:
            seen.add((text, name.kind))
            yield name if text == name.text else replace(name, text=text), words


def list_entity_row(number: int, entity: NamedEntity) -> Iterable[tuple[Any, ...]]:
    """Return the row of an entity."""
    row = (number, entity.iri, entity.label, " ".join(entity.types))
    return [(*row, entity.country, entity.place, entity.status, entity.note)]


def list_identifier_rows(number: int, entity: NamedEntity) -> Iterable[tuple[Any, ...]]:
    """Return the rows of the identifiers of an entity."""
    return [(scheme, v, number) for scheme, found in entity.identifiers.items() for v in found]


def list_relation_rows(number: int, entity: NamedEntity) -> Iterable[tuple[Any, ...]]:
    """Return the rows of the relations of an entity."""
    return [(number, kind, other) for kind, found in entity.relations.items() for other in found]


def list_attribute_rows(number: int, entity: NamedEntity) -> Iterable[tuple[Any, ...]]:
    """Return the rows of the attributes of an entity."""
    return [(number, name, value) for name, value in entity.attributes.items()]


ENTITY_TABLES = {
    "entity": (
        list_entity_row,
        "number + :shift, iri, label, types, country, place, status, note",
        "number",
    ),
    "identifier": (list_identifier_rows, "scheme, value, entity + :shift", "entity"),
    "relation": (list_relation_rows, "entity + :shift, kind, other", "entity"),
    "attribute": (list_attribute_rows, "entity + :shift, name, value", "entity"),
}
"""The tables of entities: the rows of a new one, how rows of another index are copied, and the
column with the number of the entity."""


class _NameIndexWriter:
    """Writes the rows of a name index, table by table."""

    def __init__(self, connection: sqlite3.Connection, parts: Sequence[Part]) -> None:
        self.connection = connection
        firsts = accumulate(map(len, parts), initial=0)
        self.parts = [(first, part) for first, part in zip(firsts, parts, strict=False) if part]
        self.entity_by_name = array("i")
        self.words: defaultdict[str, array[int]] = defaultdict(lambda: array("i"))
        self.other_words: list[tuple[str, bytes]] = []
        self.other_entities = np.empty(0, np.int32)
        self.other_places = self.other_entities

    def attach(self, other: Path) -> None:
        """Attach the index of which rows are copied."""
        self.connection.execute("ATTACH ? AS other", [f"{other.absolute().as_uri()}?mode=ro"])
        (data,) = self.connection.execute("SELECT value FROM other.about WHERE key = 'entities'")
        self.other_entities = np.frombuffer(data[0], np.int32)
        self.other_places = np.full(len(self.other_entities), GONE, np.int32)
        self.other_words = self.connection.execute("SELECT word, names FROM other.word").fetchall()

    def write_entities(self) -> None:
        """Write the rows of all entities except their names."""
        for table, (list_rows, columns, number) in ENTITY_TABLES.items():
            marks = ", ".join("?" * (columns.count(",") + 1))
            insert = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608
            copy = (
                f"INSERT INTO {table} SELECT {columns} FROM other.{table} "  # noqa: S608
                f"WHERE {number} >= :start AND {number} < :stop ORDER BY {number}, rowid"
            )
            for first, part in self.parts:
                if isinstance(part, range):
                    values = {"shift": first - part.start, "start": part.start, "stop": part.stop}
                    self.connection.execute(copy, values)
                else:
                    rows = (list_rows(n, entity) for n, entity in enumerate(part, first))
                    self.connection.executemany(insert, chain.from_iterable(rows))

    def write_names(self) -> None:
        """Write all names."""
        for first, part in self.parts:
            if isinstance(part, range):
                self._copy_names(first, part)
            else:
                self.connection.executemany(
                    "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?)", self._list_names(first, part)
                )

    def _copy_names(self, first: int, numbers: range) -> None:
        """Copy the names of some entities of the other index, and note what the totals need."""
        entities = self.other_entities
        start, stop = np.searchsorted(entities, [numbers.start, numbers.stop]).tolist()
        shift, name = first - numbers.start, len(self.entity_by_name)
        self.connection.execute(
            "INSERT INTO name SELECT number + ?, entity + ?, text, kind, language, key, bag "
            "FROM other.name WHERE number >= ? AND number < ? ORDER BY number",
            (name - start, shift, start, stop),
        )
        self.entity_by_name.frombytes((entities[start:stop] + shift).tobytes())
        self.other_places[start:stop] = np.arange(name, len(self.entity_by_name))

    def _list_names(self, first: int, entities: Sequence[NamedEntity]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the names of some entities, and note what the totals need."""
        for entity_number, entity in enumerate(entities, first):
            for name, words in list_indexed_names(entity):
                number = len(self.entity_by_name)
                self.entity_by_name.append(entity_number)
                for word in set(words):
                    self.words[word].append(number)
                row = (number, entity_number, name.text, name.kind, name.language)
                yield (*row, build_name_key(words), build_word_bag(words))

    def write_totals(self, metadata: Mapping[str, str]) -> None:
        """Write words, towns and arrays, which need all entities."""
        words = join_words(move_words(self.other_words, self.other_places), self.words)
        self.connection.executemany("INSERT INTO word VALUES (?, ?)", words.items())
        known = "SELECT DISTINCT place, country FROM entity WHERE place != ''"
        countries: dict[str, set[str]] = {}
        for place, country in self.connection.execute(known):
            key = build_name_key(tokenise_name(place))
            countries.setdefault(key, set()).add(country)
        places = ((key, " ".join(sorted(found))) for key, found in sorted(countries.items()))
        self.connection.executemany("INSERT INTO place VALUES (?, ?)", places)
        weights = compute_name_weights(words, len(self.entity_by_name))
        arrays = {"entities": self.entity_by_name.tobytes(), "weights": weights.tobytes()}
        self.connection.executemany(
            "INSERT INTO about VALUES (?, ?)", {**metadata, **arrays}.items()
        )
