"""The rows of ``sparql/index/tags.rq``: what entities are tagged with directly, as numbers.

A large release has millions of rows over few concepts, so each IRI is held once.
"""

import json
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

COLUMNS = 3
PlaceArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class TagRows:
    """Rows of entity, property and concept; ``places`` has their places in the other fields.

    ``places`` has the shape (rows, 3).
    """

    entities: Sequence[str]
    properties: Sequence[str]
    concepts: Sequence[str]
    places: PlaceArray


def read_tag_rows(rows: Iterable[Any]) -> TagRows:
    """Return rows of three terms of the query."""
    entities: dict[str, int] = {}
    properties: dict[str, int] = {}
    concepts: dict[str, int] = {}
    places = array("i")
    for entity, stated_property, concept in rows:
        places.append(entities.setdefault(entity.value, len(entities)))
        places.append(properties.setdefault(stated_property.value, len(properties)))
        places.append(concepts.setdefault(concept.value, len(concepts)))
    found = np.frombuffer(places, np.int32) if places else np.empty(0, np.int32)
    return TagRows(list(entities), list(properties), list(concepts), found.reshape(-1, COLUMNS))


def replace_rows(rows: TagRows, entities: Collection[str], new: TagRows) -> TagRows:
    """Return the rows without those of some entities, and with the new ones."""
    is_replaced = np.array([iri in entities for iri in rows.entities], bool)
    kept = rows.places[~is_replaced[rows.places[:, 0]]] if len(rows.entities) else rows.places
    tables: list[list[str]] = []
    columns: list[PlaceArray] = []
    for column, (old, more) in enumerate(zip(list_tables(rows), list_tables(new), strict=True)):
        table = {iri: place for place, iri in enumerate(old)}
        moved = [table.setdefault(iri, len(table)) for iri in more]
        columns.append(np.array(moved, np.int32)[new.places[:, column]])
        tables.append(list(table))
    places = np.concatenate([kept, np.stack(columns, axis=1)])
    return TagRows(tables[0], tables[1], tables[2], places)


def list_tables(rows: TagRows) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Return the IRIs of the three columns."""
    return rows.entities, rows.properties, rows.concepts


def pack_tag_rows(rows: TagRows) -> bytes:
    """Return the rows as bytes."""
    head = json.dumps(list_tables(rows)).encode("ascii")
    data = rows.places.astype("<i4").tobytes()
    return zstandard.ZstdCompressor(level=1).compress(head + b"\n" + data)


def unpack_tag_rows(data: bytes) -> TagRows:
    """Return what ``pack_tag_rows`` was given."""
    head, _, places = zstandard.ZstdDecompressor().decompress(data).partition(b"\n")
    entities, properties, concepts = json.loads(head)
    found = np.frombuffer(places, "<i4").reshape(-1, COLUMNS)
    return TagRows(entities, properties, concepts, found)
