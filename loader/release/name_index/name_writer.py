"""Writer of the name index."""

import sqlite3
from array import array
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from loader.errors import BuildError
from loader.release.name_index.name_normaliser import (
    STOP_WORDS,
    build_name_key,
    build_word_bag,
    clean_name,
    compute_word_weight,
    strip_country,
    tokenise_name,
    vary_united_kingdom,
)
from loader.release.name_index.name_schema import NAME_INDEX_INDEXES, NAME_INDEX_TABLES
from loader.release.name_index.named_entity import EntityName, NamedEntity, NameKind


def write_name_index(
    path: Path, entities: Iterable[NamedEntity], metadata: Mapping[str, str]
) -> int:
    """Write a name index atomically and return how many entities it holds.

    ``metadata`` describes the source of the entities. Raise BuildError where writing fails.
    """
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft)) as base:
            base.executescript(NAME_INDEX_TABLES)
            writing = _NameIndexWriter(base)
            for entity in add_former_names(list(entities)):
                writing.add_entity(entity)
            writing.write_totals(metadata)
            base.executescript(NAME_INDEX_INDEXES)
            base.commit()
        draft.replace(path)
    except (sqlite3.Error, OSError) as error:
        raise BuildError(f"{path}: the names cannot be written: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return writing.entity_count


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


class _NameIndexWriter:
    """Writes the rows of a name index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.entity_count = 0
        self.words: dict[str, array[int]] = {}
        self.words_by_name: list[tuple[str, ...]] = []
        self.entity_by_name = array("i")
        self.countries_by_town: dict[str, set[str]] = {}

    def add_entity(self, entity: NamedEntity) -> None:
        """Write one entity with its names, each once."""
        number, self.entity_count = self.entity_count, self.entity_count + 1
        row = (number, entity.iri, entity.label, " ".join(entity.types))
        self.connection.execute(
            "INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, entity.country, entity.place, entity.status, entity.note),
        )
        for scheme, values in entity.identifiers.items():
            self.connection.executemany(
                "INSERT INTO identifier VALUES (?, ?, ?)", ((scheme, v, number) for v in values)
            )
        for kind, others in entity.relations.items():
            self.connection.executemany(
                "INSERT INTO relation VALUES (?, ?, ?)", ((number, kind, o) for o in others)
            )
        self.connection.executemany(
            "INSERT INTO attribute VALUES (?, ?, ?)",
            ((number, name, value) for name, value in entity.attributes.items()),
        )
        if entity.place:
            key = build_name_key(tokenise_name(entity.place))
            self.countries_by_town.setdefault(key, set()).add(entity.country)
        self._write_names(number, entity)

    def _write_names(self, number: int, entity: NamedEntity) -> None:
        seen = set()
        for name in (*entity.names, *derive_variants(entity)):
            text = clean_name(name.text)
            found = tokenise_name(text)
            if found and (text, name.kind) not in seen:
                seen.add((text, name.kind))
                self._write_name(number, name, found)

    def _write_name(self, entity_number: int, name: EntityName, words: list[str]) -> None:
        number = len(self.entity_by_name)
        self.entity_by_name.append(entity_number)
        distinct = tuple(dict.fromkeys(words))
        self.words_by_name.append(distinct)
        for word in distinct:
            self.words.setdefault(word, array("i")).append(number)
        row = (number, entity_number, clean_name(name.text), name.kind, name.language)
        keys = (build_name_key(words), build_word_bag(words))
        self.connection.execute("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, *keys))

    def write_totals(self, metadata: Mapping[str, str]) -> None:
        """Write word weights, towns and arrays, which need all entities."""
        total = len(self.entity_by_name)
        weights = {
            word: compute_word_weight(total, len(having)) for word, having in self.words.items()
        }
        sums = array(
            "f",
            (sum(weights[w] for w in found if w not in STOP_WORDS) for found in self.words_by_name),
        )
        rows = ((word, having.tobytes()) for word, having in self.words.items())
        self.connection.executemany("INSERT INTO word VALUES (?, ?)", rows)
        places = ((key, " ".join(sorted(found))) for key, found in self.countries_by_town.items())
        self.connection.executemany("INSERT INTO place VALUES (?, ?)", places)
        arrays = {"entities": self.entity_by_name.tobytes(), "weights": sums.tobytes()}
        self.connection.executemany(
            "INSERT INTO about VALUES (?, ?)", {**metadata, **arrays}.items()
        )
