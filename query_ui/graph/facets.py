"""The facets of lists, each with its label, its query and the IRIs of its values."""

from collections.abc import Mapping
from dataclasses import dataclass

from loader.namespaces import scheme
from loader.settings import BASE

NAMESPACE_BY_FACET = {
    "type": f"{BASE}ontology#",
    "organisation": f"{BASE}id/organisation/",
    "consortium": f"{BASE}id/organisation/",
    "source": f"{BASE}graph/",
    "trust": f"{BASE}ontology#",
    "element": f"{BASE}concept/",
}


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: ``query_name`` is its file in ``sparql/facets``, ``scheme`` that of its concepts.

    ``level`` restricts it to the concepts at the "top" of the scheme or to those "below". Without
    ``is_offered`` it is not shown in lists but may occur in links to them.
    """

    name: str
    word: str
    query_name: str
    scheme: str = ""
    level: str = ""
    is_offered: bool = True

    @property
    def parameter(self) -> str:
        """The name of the query string field that is "all" where all values are required."""
        return f"{self.name}-match"

    @property
    def namespace(self) -> str:
        """The namespace of the IRIs of its values, "" where they have none in common."""
        named = self.scheme.removeprefix(f"{BASE}scheme/")
        return f"{BASE}concept/{named}/" if self.scheme else NAMESPACE_BY_FACET.get(self.name, "")

    def key(self, value: str) -> str:
        """Return a value as in a query string: the end of its IRI, or a foreign IRI complete."""
        end = value.removeprefix(self.namespace)
        return value if "/" in end or "#" in end else end

    def value(self, key: str) -> str:
        """Return the value for a key of a query string; the inverse of ``key``."""
        return key if ":" in key or not self.namespace else f"{self.namespace}{key}"


def _build_concept_facet(name: str, label: str, scheme_name: str, level: str = "") -> Facet:
    return Facet(name, label, "concept", scheme(scheme_name).value, level)


FACET_BY_NAME: Mapping[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet("type", "Type", "type"),
        _build_concept_facet("keyword", "Keyword", "keywords"),
        _build_concept_facet("principle", "Principle", "principles", "top"),
        _build_concept_facet("obligation", "Obligation", "principles", "below"),
        _build_concept_facet("beneficiary", "Beneficiary", "beneficiaries"),
        _build_concept_facet("stakeholder", "Stakeholder", "stakeholders"),
        Facet("organisation", "Organisation", "organisation"),
        Facet("consortium", "Consortium", "consortium"),
        Facet("source", "Source", "source"),
        Facet("trust", "Trust in the source", "trust"),
        Facet("year", "Year", "year"),
        Facet("concept", "Concept", "concept", is_offered=False),
        Facet("kind", "Kind", "practice-kind", scheme("practice-kinds").value, is_offered=False),
        Facet(
            "evidence", "Evidence", "evidence", scheme("evidence-levels").value, is_offered=False
        ),
        Facet("element", "Framework element", "framework-element", is_offered=False),
        Facet("broad", "Broad tagging", "broad-tagging", is_offered=False),
    )
}
"""The facets in the order in which pages show them."""
OFFERED_FACETS = tuple(facet for facet in FACET_BY_NAME.values() if facet.is_offered)


def find_facet(concept: str) -> Facet:
    """Return the facet for the scheme of a concept, or the general one where it has none."""
    fits = (
        f
        for f in OFFERED_FACETS
        if f.scheme and f.level != "top" and concept.startswith(f.namespace)
    )
    return next(fits, FACET_BY_NAME["concept"])
