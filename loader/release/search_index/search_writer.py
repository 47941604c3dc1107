"""Writer of the search index of a release."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from loader.errors import BuildError
from loader.release.search_index.index_tables import IndexTables, TitledPostings, rank_labels
from loader.release.search_index.search_schema import (
    SEARCH_INDEX_INDEXES,
    SEARCH_INDEX_TABLES,
    WORD_TABLE_SCRIPT,
)
from loader.release.search_index.text_folding import fold_text

TEXT_TABLES = ("entry", "naming", "within", "spelling")
"""The tables of FTS5."""
BYTES_IN_MEMORY = 16 * 1024 * 1024
"""How much of a text index is held before it is written. It is 1 MiB otherwise, and so many small
parts are merged that writing takes half as long again."""


def write_search_index(path: Path, tables: IndexTables) -> None:
    """Write the index; raise BuildError where the disk or this SQLite does not allow it."""
    try:
        with closing(sqlite3.connect(path)) as base:
            base.executescript(SEARCH_INDEX_TABLES)
            write_numbering(base, tables)
            write_lists(base, tables)
            write_texts(base, tables)
            base.executescript(SEARCH_INDEX_INDEXES)
            base.commit()
            for table in TEXT_TABLES:
                base.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
            base.commit()
    except sqlite3.Error as error:
        raise BuildError(f"{path}: the search index cannot be written: {error}") from error


def write_numbering(connection: sqlite3.Connection, tables: IndexTables) -> None:
    """Write the entities, the concepts, the facets and the weights."""
    rows = ((number, *thing) for number, thing in enumerate(tables.things))
    connection.executemany("INSERT INTO thing VALUES (?, ?, ?)", rows)
    kinds = ((kind, *span) for kind, span in tables.kinds.items())
    connection.executemany("INSERT INTO kind VALUES (?, ?, ?)", kinds)
    connection.executemany("INSERT INTO property VALUES (?)", ((iri,) for iri in tables.properties))
    connection.executemany("INSERT INTO member VALUES (?, ?)", tables.scheme_pairs)
    connection.executemany("INSERT INTO broader VALUES (?, ?)", tables.broader_pairs)
    weights = (
        (iri, w.carriers, float(w.information_content))
        for iri, w in tables.weight_by_concept.items()
    )
    connection.executemany("INSERT INTO weight VALUES (?, ?, ?)", weights)
    for name, facet in tables.facets.items():
        write_postings(connection, name, facet)


def write_postings(connection: sqlite3.Connection, name: str, facet: TitledPostings) -> None:
    """Write the postings of a facet, with a title for each of its values."""
    postings = facet.postings
    blobs = (postings.starts.tobytes(), postings.entities.tobytes())
    connection.execute("INSERT INTO facet VALUES (?, ?, ?)", (name, *blobs))
    choices = (
        (name, place, value, title)
        for place, (value, title) in enumerate(zip(postings.values, facet.titles, strict=True))
    )
    connection.executemany("INSERT INTO choice VALUES (?, ?, ?, ?)", choices)


def write_lists(connection: sqlite3.Connection, tables: IndexTables) -> None:
    """Write the cells of lists as tables, with the hash of the query that they equal, if any."""
    if tables.list_query_hash:
        connection.execute("INSERT INTO list_query VALUES (?)", (tables.list_query_hash,))
    for name, facet in tables.list_facets.items():
        write_postings(connection, name, facet)
    rows = ((row.position, row.number, row.title, row.source) for row in tables.list_rows)
    connection.executemany("INSERT INTO list_row VALUES (?, ?, ?, ?)", rows)


def write_texts(connection: sqlite3.Connection, tables: IndexTables) -> None:
    """Write what is searched: the texts of entities, their labels, and all words."""
    for table in TEXT_TABLES:
        hold_in_memory(connection, table)
    entries = ((e.number, e.name, e.other, e.text, e.tags) for e in tables.texts)
    connection.executemany(
        "INSERT INTO entry (rowid, name, other, text, tags) VALUES (?, ?, ?, ?, ?)", entries
    )
    rows = [(place, label, number) for place, (number, label) in enumerate(rank_labels(tables))]
    connection.executemany("INSERT INTO naming (rowid, label, thing) VALUES (?, ?, ?)", rows)
    folded = ((place, fold_text(label), number) for place, label, number in rows)
    connection.executemany("INSERT INTO within (rowid, label, thing) VALUES (?, ?, ?)", folded)
    making, filling = WORD_TABLE_SCRIPT
    connection.executescript(making)
    hold_in_memory(connection, "spoken")
    connection.executescript(filling)


def hold_in_memory(connection: sqlite3.Connection, table: str) -> None:
    """Let a table of FTS5 hold much in memory before it writes.

    The option is in the source of FTS5 and not in its documentation, so SQLite may lack it.
    """
    text = f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', ?)"  # noqa: S608
    with suppress(sqlite3.OperationalError):
        connection.execute(text, (BYTES_IN_MEMORY,))
