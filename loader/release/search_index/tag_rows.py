"""The rows of ``sparql/index/tags.rq``: what entities are tagged with directly, as numbers.

A large release has millions of rows over few concepts, so each IRI is held once.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
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
