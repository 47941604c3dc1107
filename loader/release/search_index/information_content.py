"""The information content of concepts: how specific each one is, in bits.

A concept that tags n entities, itself or through a narrower one, has log2((m + 1) / n) bits, where
m is the number for the commonest concept of its scheme, instead of that of a root. So a rarer
concept has more, and an entity with other concepts changes nothing.
https://doi.org/10.1613/jair.514 (Resnik), for a hierarchy with several tops
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import log2

import numpy as np
from pyoxigraph import Literal, NamedNode, Quad

from loader.mapping.provenance import number_literal
from loader.namespaces import CKG, WEIGHTS, XSD
from loader.release.search_index.indexed_entities import EntityNumbering
from loader.release.search_index.postings import Postings

COUNTED_KINDS = ("case-study", "initiative", "commitment")
"""The kinds of entities that are counted."""


@dataclass(frozen=True, slots=True)
class ConceptWeight:
    """The number of entities tagged, and the information content in bits, to four places."""

    carriers: int
    information_content: Decimal


def compute_concept_weights(
    concept_postings: Postings, numbering: EntityNumbering, scheme_pairs: Iterable[tuple[str, str]]
) -> dict[str, ConceptWeight]:
    """Return the weight of each used concept; ``scheme_pairs`` are of concept and scheme."""
    counted = np.zeros(len(numbering.iris), bool)
    for kind in COUNTED_KINDS:
        counted[numbering.kind_postings.find_entities(kind)] = True
    # A running sum of counted entities gives the count of each slice as a difference of two.
    sums = np.concatenate(([0], np.cumsum(counted[concept_postings.entities])))[
        concept_postings.starts
    ]
    counts = dict(zip(concept_postings.values, np.diff(sums).tolist(), strict=True))
    most: dict[str, int] = {}
    inside = [(concept, scheme) for concept, scheme in scheme_pairs if counts.get(concept)]
    for concept, scheme in inside:
        most[scheme] = max(most.get(scheme, 0), counts[concept])
    highest: dict[str, int] = {}
    for concept, scheme in inside:
        highest[concept] = max(highest.get(concept, 0), most[scheme])
    return {
        concept: ConceptWeight(
            counts[concept], compute_information_content(counts[concept], highest[concept])
        )
        for concept in sorted(highest)
    }


def compute_information_content(tagged_count: int, max_count: int) -> Decimal:
    """Return the information content of a concept in bits, to four places."""
    return round(Decimal(log2((max_count + 1) / tagged_count)), 4)


def build_weight_quads(weight_by_concept: Mapping[str, ConceptWeight]) -> Iterator[Quad]:
    """Yield the weights as statements of a graph of their own."""
    for iri, weight in weight_by_concept.items():
        concept = NamedNode(iri)
        yield Quad(concept, CKG.carriers, number_literal(weight.carriers), WEIGHTS)
        text = Literal(f"{weight.information_content.normalize():f}", datatype=XSD.decimal)
        yield Quad(concept, CKG.informationContent, text, WEIGHTS)
