"""Writer of the search index of a release."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np

from loader.errors import BuildError
from loader.release.search_index.collect import SearchIndexContents
from loader.release.search_index.list_cells import ListCells, list_facet_name
from loader.release.search_index.postings import Postings
from loader.release.search_index.search_schema import (
    ENTITY_KINDS,
    SEARCH_INDEX_INDEXES,
    SEARCH_INDEX_TABLES,
    WORD_TABLE_SCRIPT,
)
from loader.release.search_index.text_folding import fold_text


@dataclass(frozen=True, slots=True)
class IndexedText:
    """The texts of one entity: its names, other labels, descriptions and tags."""

    number: int
    name: str
    other: str
    text: str
    tags: str


def read_indexed_texts(contents: SearchIndexContents) -> Iterator[IndexedText]:
    """Yield the texts of each entity, in the order of their numbers.

    The tags of an organisation's entities are not its own, so it is not found by them.
    """
    entities = contents.entities
    first, after = entities.kinds["organisation"]
    concepts, organisations = (
        list_values_by_entity(facet, len(entities.iris))
        for facet in (contents.tags, contents.postings_by_facet["organisation"])
    )
    for number, iri in enumerate(entities.iris):
        names = entities.labels_by_iri.get(iri, ())
        tags = [*next(concepts), *next(organisations)]
        values = [] if first <= number < after else tags
        yield IndexedText(
            number,
            " · ".join(sorted(name.text for name in names if name.rank == 1)),
            " · ".join(sorted(name.text for name in names if name.rank > 1)),
            "\n".join(contents.texts.get(iri, ())),
            " · ".join(sorted({entities.title(value) for value in values} - {""})),
        )


def list_values_by_entity(facet: Postings, entity_count: int) -> Iterator[list[str]]:
    """Yield the values of each entity in turn."""
    # Invert the postings: a stable sort by entity keeps the values of each one in order.
    which = np.repeat(np.arange(len(facet.values)), np.diff(facet.starts))
    order = np.argsort(facet.entities, kind="stable")
    ends = np.searchsorted(facet.entities[order], np.arange(entity_count + 1))
    places = which[order]
    for number in range(entity_count):
        yield [facet.values[place] for place in places[ends[number] : ends[number + 1]]]


def write_search_index(path: Path, contents: SearchIndexContents) -> None:
    """Write the index; raise BuildError where the disk or this SQLite does not allow it."""
    try:
        with closing(sqlite3.connect(path)) as base:
            base.executescript(SEARCH_INDEX_TABLES)
            write_numbering(base, contents)
            write_list_cells(base, contents.list_cells, contents.list_query_hash)
            write_texts(base, contents)
            base.executescript(SEARCH_INDEX_INDEXES)
            base.commit()
            for table in ("entry", "naming", "within", "spelling"):
                base.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
            base.commit()
    except sqlite3.Error as error:
        raise BuildError(f"{path}: the search index cannot be written: {error}") from error


def write_numbering(connection: sqlite3.Connection, contents: SearchIndexContents) -> None:
    """Write the entities, the concepts, the facets and the weights."""
    entities = contents.entities
    rows = ((number, iri, entities.title(iri)) for number, iri in enumerate(entities.iris))
    connection.executemany("INSERT INTO thing VALUES (?, ?, ?)", rows)
    kinds = ((kind, *span) for kind, span in entities.kinds.items())
    connection.executemany("INSERT INTO kind VALUES (?, ?, ?)", kinds)
    connection.executemany(
        "INSERT INTO property VALUES (?)", ((iri,) for iri in contents.properties)
    )
    connection.executemany("INSERT INTO member VALUES (?, ?)", contents.scheme_pairs)
    connection.executemany("INSERT INTO broader VALUES (?, ?)", contents.broader_pairs)
    weights = (
        (iri, w.carriers, float(w.information_content))
        for iri, w in contents.weight_by_concept.items()
    )
    connection.executemany("INSERT INTO weight VALUES (?, ?, ?)", weights)
    for name, facet in contents.postings_by_facet.items():
        write_postings(connection, name, facet, map(entities.title, facet.values))
    for name, part in contents.page_parts.items():
        write_postings(connection, name, part, repeat("", len(part.values)))


def write_postings(
    connection: sqlite3.Connection, name: str, postings: Postings, titles: Iterable[str]
) -> None:
    """Write the postings of a facet, with a title for each of its values."""
    blobs = (postings.starts.tobytes(), postings.entities.tobytes())
    connection.execute("INSERT INTO facet VALUES (?, ?, ?)", (name, *blobs))
    choices = (
        (name, place, value, title)
        for place, (value, title) in enumerate(zip(postings.values, titles, strict=True))
    )
    connection.executemany("INSERT INTO choice VALUES (?, ?, ?, ?)", choices)


def write_list_cells(
    connection: sqlite3.Connection, cells: ListCells, query_hash: str | None
) -> None:
    """Write the cells of lists as tables, with the hash of the query that they equal, if any."""
    if query_hash:
        connection.execute("INSERT INTO list_query VALUES (?)", (query_hash,))
    for column, postings in cells.postings_by_column.items():
        titles = repeat("", len(postings.values))
        write_postings(connection, list_facet_name(column), postings, titles)
    rows = ((row.position, row.number, row.title, row.source) for row in cells.rows)
    connection.executemany("INSERT INTO list_row VALUES (?, ?, ?, ?)", rows)


def write_texts(connection: sqlite3.Connection, contents: SearchIndexContents) -> None:
    """Write what is searched: the texts of entities, their labels, and all words."""
    entries = ((e.number, e.name, e.other, e.text, e.tags) for e in read_indexed_texts(contents))
    connection.executemany(
        "INSERT INTO entry (rowid, name, other, text, tags) VALUES (?, ?, ?, ?, ?)", entries
    )
    rows = [(place, label, number) for place, (number, label) in enumerate(rank_labels(contents))]
    connection.executemany("INSERT INTO naming (rowid, label, thing) VALUES (?, ?, ?)", rows)
    folded = ((place, fold_text(label), number) for place, label, number in rows)
    connection.executemany("INSERT INTO within (rowid, label, thing) VALUES (?, ?, ?)", folded)
    connection.executescript(WORD_TABLE_SCRIPT)


def rank_labels(contents: SearchIndexContents) -> Iterator[tuple[int, str]]:
    """Yield (entity number, label) in the order of suggestion: commonest concepts first."""
    entities = contents.entities
    for kind in ENTITY_KINDS:
        numbers = range(*entities.kinds[kind])
        for number in sorted(numbers, key=lambda n: -count_tagged(contents, entities.iris[n])):
            for name in entities.labels_by_iri.get(entities.iris[number], ()):
                if name.rank < 3:
                    yield number, name.text


def count_tagged(contents: SearchIndexContents, iri: str) -> int:
    """Return how many entities a concept tags; 0 for everything else."""
    weight = contents.weight_by_concept.get(iri)
    return weight.carriers if weight else 0
