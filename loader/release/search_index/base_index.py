"""The search index of the release that a build begins with, read as it was written."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loader.release.search_index.index_tables import IndexedText, TitledPostings
from loader.release.search_index.indexed_entities import NumberRange
from loader.release.search_index.list_cells import ListRow
from loader.release.search_index.postings import Postings


@dataclass(frozen=True, slots=True)
class BaseIndex:
    """What a search index has: ``things`` and ``labels`` are in the order of numbers.

    ``facets`` are in the order in which they were written, those of lists included. The texts,
    which may be hundreds of megabytes, stay in the file at ``path``.
    """

    path: Path
    things: Sequence[tuple[str, str]]
    kinds: Mapping[str, NumberRange]
    facets: Mapping[str, TitledPostings]
    list_rows: Sequence[ListRow]
    list_query_hash: str | None
    labels: Sequence[Sequence[str]]

    def read_texts(self) -> Iterator[IndexedText]:
        """Yield the texts of each entity, in the order of their numbers."""
        with closing(sqlite3.connect(self.path)) as base:
            for row in base.execute("SELECT rowid, name, other, text, tags FROM entry"):
                yield IndexedText(*row)


def read_base_index(path: Path) -> BaseIndex:
    """Read a search index of this program; raise sqlite3.Error where it cannot be read."""
    with closing(sqlite3.connect(path)) as base:
        things = base.execute("SELECT iri, name FROM thing ORDER BY number").fetchall()
        hashes = base.execute("SELECT text_hash FROM list_query").fetchone()
        return BaseIndex(
            path,
            things,
            {kind: (first, after) for kind, first, after in base.execute("SELECT * FROM kind")},
            dict(read_facets(base)),
            [ListRow(*row) for row in base.execute("SELECT * FROM list_row ORDER BY position")],
            hashes[0] if hashes else None,
            group_labels(
                base.execute("SELECT thing, label FROM naming ORDER BY rowid"), len(things)
            ),
        )


def read_facets(base: sqlite3.Connection) -> Iterator[tuple[str, TitledPostings]]:
    """Yield each facet with its name."""
    blobs = base.execute("SELECT name, starts, things FROM facet ORDER BY rowid").fetchall()
    for name, *parts in blobs:
        rows = base.execute(
            "SELECT value, name FROM choice WHERE facet = ? ORDER BY position", (name,)
        ).fetchall()
        starts, entities = (np.frombuffer(part, np.int32) for part in parts)
        values, titles = zip(*rows, strict=True) if rows else ((), ())
        yield name, TitledPostings(Postings(values, starts, entities), titles)


def group_labels(rows: Iterable[tuple[int, str]], entity_count: int) -> list[list[str]]:
    """Return the labels of each entity, those of one in their order."""
    found: list[list[str]] = [[] for _ in range(entity_count)]
    for number, label in rows:
        found[number].append(label)
    return found
