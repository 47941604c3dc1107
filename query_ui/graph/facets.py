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
    "kind": f"{BASE}concept/practice-kinds/",
    "evidence": f"{BASE}concept/evidence-levels/",
    "status": f"{BASE}concept/statuses/",
    "element": f"{BASE}concept/",
}
EVIDENCE_LEVELS = (
    "none-reported",
    "take-up-figures",
    "participant-feedback",
    "before-and-after",
    "independent-evaluation",
    "control-group",
)
"""The concepts of the scheme of evidence levels, from the weakest to the strongest."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: ``query_name`` is its file in ``sparql/facets``, ``scheme`` that of its concepts.

    ``level`` restricts it to the concepts at the "top" of the scheme or to those "below". Without
    ``is_offered`` it is not shown in lists but may occur in links to them. ``heading`` is its
    heading beside a list where that is not ``word``; ``plural`` names several of its values.
    """

    name: str
    word: str
    query_name: str
    scheme: str = ""
    level: str = ""
    is_offered: bool = True
    heading: str = ""
    plural: str = ""

    @property
    def title(self) -> str:
        """The heading of the facet beside a list."""
        return self.heading or self.word

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


def _build_concept_facet(
    name: str, label: str, plural: str, scheme_name: str, level: str = ""
) -> Facet:
    return Facet(name, label, "concept", scheme(scheme_name).value, level, plural=plural)


FACET_BY_NAME: Mapping[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet("type", "Type", "type", plural="types"),
        _build_concept_facet("keyword", "Keyword", "keywords", "keywords"),
        _build_concept_facet("principle", "Principle", "principles", "principles", "top"),
        _build_concept_facet("obligation", "Obligation", "obligations", "principles", "below"),
        Facet(
            "beneficiary",
            "Beneficiary",
            "concept",
            scheme("beneficiaries").value,
            heading="For whom",
            plural="groups",
        ),
        _build_concept_facet("stakeholder", "Stakeholder", "stakeholders", "stakeholders"),
        Facet("organisation", "Institution", "organisation", plural="institutions"),
        Facet(
            "consortium",
            "Consortium",
            "consortium",
            heading="Group of institutions",
            plural="groups",
        ),
        Facet("evidence", "Strongest evidence", "evidence", plural="levels"),
        Facet("kind", "Kind", "practice-kind", plural="kinds"),
        Facet("status", "Status", "status", heading="Status in the source", plural="statuses"),
        Facet("source", "Source", "source", heading="Source document", plural="source documents"),
        Facet("trust", "Trust in the source", "trust", plural="levels"),
        Facet("year", "Year", "year", plural="years"),
        Facet("concept", "Concept", "concept", is_offered=False),
        Facet(
            "element",
            "Framework element",
            "framework-element",
            is_offered=False,
            plural="framework elements",
        ),
        Facet("broad", "Broad tagging", "broad-tagging", is_offered=False),
        Facet("practice", "Practice", "practice", is_offered=False),
    )
}
"""The facets in the order in which addresses and programs list them."""
OFFERED_FACETS = tuple(facet for facet in FACET_BY_NAME.values() if facet.is_offered)


def find_facet(concept: str) -> Facet:
    """Return the facet for the scheme of a concept, or the general one where it has none."""
    fits = (
        f
        for f in OFFERED_FACETS
        if f.scheme and f.level != "top" and concept.startswith(f.namespace)
    )
    return next(fits, FACET_BY_NAME["concept"])
