"""Writes a gazetteer."""

import sqlite3
from array import array
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from loader.errors import BuildError
from loader.release.name_index.name_normaliser import (
    IDLE,
    bag_of,
    clean,
    key_of,
    tokens,
    without_country,
)
from loader.release.name_index.name_schema import INDEXES, TABLES
from loader.release.name_index.named_entity import Entity, Kind, Name
from loader.release.name_index.rarity import weight


def write_gazetteer(path: Path, entities: Iterable[Entity], about: Mapping[str, str]) -> int:
    """Write a gazetteer in one piece and return how many entities it holds.

    ``about`` says what the entities were read from. BuildError where the disk does not allow it.
    """
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft)) as base:
            base.executescript(TABLES)
            writing = _Writing(base)
            for entity in inherited(list(entities)):
                writing.add(entity)
            writing.finish(about)
            base.executescript(INDEXES)
            base.commit()
        draft.replace(path)
    except (sqlite3.Error, OSError) as error:
        raise BuildError(f"{path}: the names cannot be written: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return writing.entities


def inherited(entities: list[Entity]) -> Iterable[Entity]:
    """The entities, each with the names of those withdrawn in its favour as former names.

    A record is withdrawn where it was a slip or a duplicate, so whoever writes its name means the
    one that succeeds it. One that has several successors is left alone.
    """
    former: dict[str, list[Name]] = {}
    for entity in entities:
        successors = entity.relations.get("successor", ())
        if entity.status == "withdrawn" and len(successors) == 1:
            heirs = former.setdefault(successors[0], [])
            heirs += (
                Name(n.text, Kind.FORMER, n.language)
                for n in entity.names
                if n.kind is not Kind.ACRONYM
            )
    for entity in entities:
        more = former.get(entity.iri)
        yield replace(entity, names=(*entity.names, *more)) if more else entity


def shorter(entity: Entity) -> Iterable[Name]:
    """The names of a company without the country that a register adds to them."""
    if "company" in entity.types:
        for name in entity.names:
            if name.kind is not Kind.ACRONYM and (text := without_country(name.text)):
                yield Name(text, Kind.ALTERNATIVE, name.language)


class _Writing:
    """The rows of a gazetteer on their way to the disk."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base
        self.entities = 0
        self.words: dict[str, array[int]] = {}
        self.of_names: list[tuple[str, ...]] = []
        self.owners = array("i")
        self.places: dict[str, set[str]] = {}

    def add(self, entity: Entity) -> None:
        """Write one entity with its names, each once."""
        number, self.entities = self.entities, self.entities + 1
        row = (number, entity.iri, entity.label, " ".join(entity.types))
        self.base.execute(
            "INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, entity.country, entity.place, entity.status, entity.note),
        )
        for scheme, values in entity.identifiers.items():
            self.base.executemany(
                "INSERT INTO identifier VALUES (?, ?, ?)", ((scheme, v, number) for v in values)
            )
        for kind, others in entity.relations.items():
            self.base.executemany(
                "INSERT INTO relation VALUES (?, ?, ?)", ((number, kind, o) for o in others)
            )
        if entity.place:
            key = key_of(tokens(entity.place))
            self.places.setdefault(key, set()).add(entity.country)
        self._names(number, entity)

    def _names(self, number: int, entity: Entity) -> None:
        seen = set()
        for name in (*entity.names, *shorter(entity)):
            text = clean(name.text)
            found = tokens(text)
            if found and (text, name.kind) not in seen:
                seen.add((text, name.kind))
                self._name(number, name, found)

    def _name(self, entity: int, name: Name, found: list[str]) -> None:
        number = len(self.owners)
        self.owners.append(entity)
        distinct = tuple(dict.fromkeys(found))
        self.of_names.append(distinct)
        for word in distinct:
            self.words.setdefault(word, array("i")).append(number)
        row = (number, entity, clean(name.text), name.kind, name.language)
        keys = (key_of(found), bag_of(found))
        self.base.execute("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, *keys))

    def finish(self, about: Mapping[str, str]) -> None:
        """Write what could only be known at the end."""
        total = len(self.owners)
        weights = {word: weight(total, len(having)) for word, having in self.words.items()}
        sums = array(
            "f", (sum(weights[w] for w in found if w not in IDLE) for found in self.of_names)
        )
        rows = ((word, having.tobytes()) for word, having in self.words.items())
        self.base.executemany("INSERT INTO word VALUES (?, ?)", rows)
        places = ((key, " ".join(sorted(found))) for key, found in self.places.items())
        self.base.executemany("INSERT INTO place VALUES (?, ?)", places)
        arrays = {"entities": self.owners.tobytes(), "weights": sums.tobytes()}
        self.base.executemany("INSERT INTO about VALUES (?, ?)", {**about, **arrays}.items())
