"""Broad tagging: entities tagged with so many keywords that each of them says little.

A record that ticks more than a third of the tick-list is evidence of a keyword only in a broad
sense, so pages and queries count it apart from specific evidence.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from pyoxigraph import Literal, NamedNode, Quad

from loader.namespaces import CKG, WEIGHTS, XSD, scheme
from loader.release.search_index.indexed_entities import EntityNumbering
from loader.release.search_index.postings import Postings

BROAD_SHARE = 3
"""An entity is tagged broadly with more than one in this many of the printed keywords."""


def find_broadly_tagged(
    tags: Postings,
    numbering: EntityNumbering,
    scheme_pairs: Iterable[tuple[str, str]],
    printed_count: int,
) -> Sequence[str]:
    """Return the IRIs of the entities tagged with more than a third of ``printed_count`` keywords.

    ``tags`` are those stated of an entity itself; ``scheme_pairs`` are of concept and scheme.
    """
    keywords = {concept for concept, name in scheme_pairs if name == scheme("keywords").value}
    is_keyword = np.array([value in keywords for value in tags.values], bool)
    counted = np.repeat(is_keyword, np.diff(tags.starts))
    counts = np.bincount(tags.entities[counted], minlength=len(numbering.iris))
    if not printed_count:
        return []
    broad = np.flatnonzero(BROAD_SHARE * counts > printed_count).tolist()
    return [numbering.iris[number] for number in broad]


def build_broad_tagging_quads(iris: Iterable[str]) -> Iterator[Quad]:
    """Yield the mark of each broadly tagged entity, in the graph of the weights."""
    true = Literal("true", datatype=XSD.boolean)
    for iri in iris:
        yield Quad(NamedNode(iri), CKG.broadlyTagged, true, WEIGHTS)
