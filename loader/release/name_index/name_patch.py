"""The name index of a release from that of the one before, by the entities that changed.

The entities of a release are numbered in the order of their IRIs, and have neither relations nor
former names, so the rows of all others are the same but for numbers.
"""

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path

from loader.errors import BuildError
from loader.release.name_index.name_writer import Part, write_parts
from loader.release.name_index.named_entity import NamedEntity


def replace_entities(
    old: Path, path: Path, iris: Collection[str], entities: Iterable[NamedEntity]
) -> None:
    """Write the name index ``old`` to ``path`` without the entities ``iris``, and with new ones.

    The ``entities`` are among ``iris``. Raise BuildError where the index cannot be read or written.
    """
    try:
        with closing(sqlite3.connect(f"{old.absolute().as_uri()}?mode=ro", uri=True)) as base:
            parts = list_parts(base, iris, entities)
    except sqlite3.Error as error:
        raise BuildError(f"{old}: the names cannot be read: {error}") from error
    write_parts(path, parts, {}, old)


def list_parts(
    base: sqlite3.Connection, iris: Collection[str], entities: Iterable[NamedEntity]
) -> list[Part]:
    """Return the parts of the new index, in the order of IRIs."""
    new = {entity.iri: entity for entity in entities}
    (count,) = base.execute("SELECT count(*) FROM entity").fetchone()
    parts: list[Part] = []
    kept = 0
    for iri in sorted(iris):
        known = base.execute(
            "SELECT number, iri FROM entity WHERE iri >= ? ORDER BY iri LIMIT 1", [iri]
        )
        place, there = known.fetchone() or (count, "")
        if iri in new or iri == there:
            parts += [range(kept, place), [new[iri]] if iri in new else []]
            kept = place + (iri == there)
    return [*parts, range(kept, count)]
