"""Definitions of the list pages: entity type, classes, texts and properties shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loader.settings import BASE
from query_ui.graph.facet_filter import FacetFilter

CKG_NAMESPACE = f"{BASE}ontology#"
ORG_NAMESPACE = "http://www.w3.org/ns/org#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """One list; ``kind`` is its type in the index.

    ``label_by_property`` has the properties that each item shows, by IRI.
    """

    path: str
    kind: str
    classes: tuple[str, ...]
    title: str
    lead: str
    noun: str
    label_by_property: Mapping[str, str] = field(default_factory=dict)

    @property
    def full_selection(self) -> FacetFilter:
        """Return the filter of the complete list."""
        return FacetFilter(self.kind, self.classes)


LIST_DEFINITION_BY_PATH: Mapping[str, ListDefinition] = {
    definition.path: definition
    for definition in (
        ListDefinition(
            "/case-studies",
            "case-study",
            (f"{CKG_NAMESPACE}CaseStudy",),
            "Case studies",
            "What institutions say they did for the careers and the culture of their researchers.",
            "case studies",
            {
                f"{CKG_NAMESPACE}organisation": "institution",
                f"{CKG_NAMESPACE}principle": "principle",
            },
        ),
        ListDefinition(
            "/initiatives",
            "initiative",
            (f"{CKG_NAMESPACE}Initiative",),
            "Initiatives",
            "Programmes, schemes, pledges, reports, awards and resources that change how research "
            "is done.",
            "initiatives",
            {
                RDF_TYPE: "kind",
                "https://schema.org/startDate": "from",
                "https://schema.org/endDate": "until",
                f"{CKG_NAMESPACE}organisation": "organisation",
            },
        ),
        ListDefinition(
            "/organisations",
            "organisation",
            (f"{ORG_NAMESPACE}FormalOrganization", f"{ORG_NAMESPACE}OrganizationalCollaboration"),
            "Organisations",
            "Institutions, funders and sector bodies, and the consortia they form.",
            "organisations",
            {RDF_TYPE: "kind", "http://www.w3.org/2004/02/skos/core#altLabel": "also called"},
        ),
        ListDefinition(
            "/things/commitment",
            "commitment",
            (f"{CKG_NAMESPACE}Commitment",),
            "Commitments",
            "What initiatives promise, item by item; the standing of each says whether it is known "
            "to be promised.",
            "commitments",
            {
                "http://purl.org/dc/terms/isPartOf": "of",
                f"{CKG_NAMESPACE}standing": "standing",
            },
        ),
        ListDefinition(
            "/action-plans",
            "action-plan",
            (f"{CKG_NAMESPACE}ActionPlan",),
            "Action plans",
            "What institutions published about what they would do under a framework, for a period.",
            "action plans",
            {
                f"{CKG_NAMESPACE}organisation": "institution",
                f"{CKG_NAMESPACE}underRegister": "under",
                f"{CKG_NAMESPACE}periodAsPrinted": "period",
            },
        ),
        ListDefinition(
            "/registers",
            "register",
            (f"{CKG_NAMESPACE}Register",),
            "Registers",
            "Who signed, joined or was awarded what, with the rules of what falls due. Every "
            "register is held in part.",
            "registers",
            {f"{CKG_NAMESPACE}registerOf": "initiative", f"{CKG_NAMESPACE}framework": "framework"},
        ),
        ListDefinition(
            "/indicators",
            "indicator",
            (f"{CKG_NAMESPACE}Indicator",),
            "Indicators",
            "Numbers that sources print about institutions and the sector, over time.",
            "indicators",
            {f"{CKG_NAMESPACE}series": "series"},
        ),
        ListDefinition(
            "/graphs",
            "source",
            (f"{CKG_NAMESPACE}SourceDocument",),
            "Sources",
            "Every document that this graph was made from. What a document states stands in a "
            "graph of its own.",
            "source documents",
            {
                f"{CKG_NAMESPACE}trust": "trust",
                f"{CKG_NAMESPACE}reader": "reader",
                f"{CKG_NAMESPACE}sourceFile": "file",
                "http://purl.org/dc/terms/license": "licence",
            },
        ),
    )
}
"""The lists by path."""
