"""Writes the search index of a release."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from loader.errors import BuildError
from loader.release.search_index.collect import Survey
from loader.release.search_index.indexed_text import read_entries
from loader.release.search_index.search_schema import INDEXES, KINDS, TABLES, WORDS
from loader.release.search_index.text_folding import fold


def write_index(path: Path, found: Survey) -> None:
    """Write the index; BuildError where the disk or the SQLite of this Python does not allow it."""
    try:
        with closing(sqlite3.connect(path)) as base:
            base.executescript(TABLES)
            write_things(base, found)
            write_entries(base, found)
            base.executescript(INDEXES)
            base.commit()
            for table in ("entry", "naming", "within", "spelling"):
                base.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
            base.commit()
    except sqlite3.Error as error:
        raise BuildError(f"{path}: the search index cannot be written: {error}") from error


def write_things(base: sqlite3.Connection, found: Survey) -> None:
    """The things, the concepts, the facets and the weights."""
    things = found.things
    rows = ((number, iri, things.title(iri)) for number, iri in enumerate(things.iris))
    base.executemany("INSERT INTO thing VALUES (?, ?, ?)", rows)
    kinds = ((kind, *span) for kind, span in things.kinds.items())
    base.executemany("INSERT INTO kind VALUES (?, ?, ?)", kinds)
    base.executemany("INSERT INTO property VALUES (?)", ((iri,) for iri in found.properties))
    base.executemany("INSERT INTO member VALUES (?, ?)", found.schemes)
    base.executemany("INSERT INTO broader VALUES (?, ?)", found.broader)
    weights = ((iri, w.carriers, float(w.bits)) for iri, w in found.weights.items())
    base.executemany("INSERT INTO weight VALUES (?, ?, ?)", weights)
    for name, facet in found.facets.items():
        blobs = (facet.starts.tobytes(), facet.things.tobytes())
        base.execute("INSERT INTO facet VALUES (?, ?, ?)", (name, *blobs))
        choices = (
            (name, place, value, things.title(value)) for place, value in enumerate(facet.values)
        )
        base.executemany("INSERT INTO choice VALUES (?, ?, ?, ?)", choices)


def write_entries(base: sqlite3.Connection, found: Survey) -> None:
    """What is searched: the texts of things, their labels, and all words."""
    entries = ((e.number, e.name, e.other, e.text, e.tags) for e in read_entries(found))
    base.executemany(
        "INSERT INTO entry (rowid, name, other, text, tags) VALUES (?, ?, ?, ?, ?)", entries
    )
    rows = [(place, label, number) for place, (number, label) in enumerate(labels(found))]
    base.executemany("INSERT INTO naming (rowid, label, thing) VALUES (?, ?, ?)", rows)
    folded = ((place, fold(label), number) for place, label, number in rows)
    base.executemany("INSERT INTO within (rowid, label, thing) VALUES (?, ?, ?)", folded)
    base.executescript(WORDS)


def labels(found: Survey) -> Iterator[tuple[int, str]]:
    """Each label with its thing, those first that are suggested first: what more things carry."""
    things = found.things
    for kind in KINDS:
        numbers = range(*things.kinds[kind])
        for number in sorted(numbers, key=lambda n: -carriers(found, things.iris[n])):
            for name in things.names.get(things.iris[number], ()):
                if name.rank < 3:
                    yield number, name.text


def carriers(found: Survey, iri: str) -> int:
    """How many things carry a concept; 0 for everything else."""
    weight = found.weights.get(iri)
    return weight.carriers if weight else 0
