"""How many case studies and initiatives carry a concept or one below it, each counted once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loader.settings import BASE
from query_ui.web.links import Number, query_path
from query_ui.web.site import Site, string

CASE_STUDY = f"{BASE}ontology#CaseStudy"
INITIATIVE = f"{BASE}ontology#Initiative"


@dataclass(frozen=True, slots=True)
class Carried:
    """The two counts of one concept, each with the query that yields it."""

    studies: Number
    initiatives: Number


def carried(shared: Site, concepts: Iterable[str]) -> Mapping[str, Carried]:
    """The counts of many concepts, found by one query."""
    known = list(concepts)
    found = {
        (string(row, "concept"), string(row, "class")): int(string(row, "total"))
        for row in shared.rows("tagged-counts", concept=known)
    }

    def number(iri: str, kind: str) -> Number:
        text = shared.text("count-tagged", 1, concept=iri, **{"class": kind})
        return Number(found.get((iri, kind), 0), query_path(text))

    return {iri: Carried(number(iri, CASE_STUDY), number(iri, INITIATIVE)) for iri in known}
