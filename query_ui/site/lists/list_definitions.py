"""Definitions of the list pages: entity type, classes, texts and properties shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loader.settings import BASE
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.page_queries import PAGE_SIZE

CKG_NAMESPACE = f"{BASE}ontology#"
SKOS_NAMESPACE = "http://www.w3.org/2004/02/skos/core#"
ORG_NAMESPACE = "http://www.w3.org/ns/org#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """One list; ``kind`` is its type in the index.

    ``label_by_property`` has the properties that each item shows, by IRI; a list with ``has_cards``
    shows cards instead. ``fixed`` are values of facets that all its entities have. ``shown`` is the
    number of items on a page of HTML where the request has no ``size``.
    """

    path: str
    kind: str
    classes: tuple[str, ...]
    title: str
    lead: str
    noun: str
    label_by_property: Mapping[str, str] = field(default_factory=dict)
    single: str = ""
    icon: str = "practice"
    has_cards: bool = False
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default_sort: str = "title"
    shown: int = PAGE_SIZE

    @property
    def full_selection(self) -> FacetFilter:
        """Return the filter of the complete list."""
        return FacetFilter(self.kind, self.classes, self.fixed)


LIST_DEFINITION_BY_PATH: Mapping[str, ListDefinition] = {
    definition.path: definition
    for definition in (
        ListDefinition(
            "/case-studies",
            "case-study",
            (f"{CKG_NAMESPACE}CaseStudy",),
            "Case studies",
            "What institutions publish about their work for the careers and the culture of their "
            "researchers.",
            "case studies",
            single="case study",
            has_cards=True,
        ),
        ListDefinition(
            "/initiatives",
            "initiative",
            (f"{CKG_NAMESPACE}Initiative",),
            "Initiatives",
            "Practices, programmes, schemes, pledges, reports and awards that change how research "
            "is done.",
            "initiatives",
            single="initiative",
            has_cards=True,
            shown=20,
        ),
        ListDefinition(
            "/organisations",
            "organisation",
            (f"{ORG_NAMESPACE}FormalOrganization", f"{ORG_NAMESPACE}OrganizationalCollaboration"),
            "Institutions",
            "Universities, institutes, funders and sector bodies, and the groups that they form.",
            "institutions",
            {RDF_TYPE: "", "http://www.w3.org/2004/02/skos/core#altLabel": "Also called"},
            single="institution",
            icon="inst",
            default_sort="practices",
        ),
        ListDefinition(
            "/things/commitment",
            "commitment",
            (f"{CKG_NAMESPACE}Commitment",),
            "Commitments",
            "What initiatives promise, one action or aim at a time, each with its verification "
            "status.",
            "commitments",
            {
                "http://purl.org/dc/terms/isPartOf": "Initiative",
                f"{CKG_NAMESPACE}standing": "Verification status",
            },
            single="commitment",
            icon="check",
        ),
        ListDefinition(
            "/action-plans",
            "action-plan",
            (f"{CKG_NAMESPACE}ActionPlan",),
            "Action plans",
            "What institutions plan to do under a framework in a period, as they published it.",
            "action plans",
            {
                f"{CKG_NAMESPACE}organisation": "Institution",
                f"{CKG_NAMESPACE}underRegister": "Register",
                f"{CKG_NAMESPACE}periodAsPrinted": "Period",
            },
            single="action plan",
        ),
        ListDefinition(
            "/registers",
            "register",
            (f"{CKG_NAMESPACE}Register",),
            "Registers",
            "Who signed, joined or received an award, and what falls due afterwards. No "
            "register is complete here.",
            "registers",
            {f"{CKG_NAMESPACE}registerOf": "Initiative", f"{CKG_NAMESPACE}framework": "Framework"},
            single="register",
            icon="data",
        ),
        ListDefinition(
            "/indicators",
            "indicator",
            (f"{CKG_NAMESPACE}Indicator",),
            "Indicators",
            "Figures that sources print about institutions and the sector, over time.",
            "indicators",
            {f"{CKG_NAMESPACE}series": "Series"},
            single="indicator",
            icon="k-survey",
        ),
        ListDefinition(
            "/graphs",
            "source",
            (f"{CKG_NAMESPACE}SourceDocument",),
            "Source documents",
            "The documents that this graph is made from. The statements of each are a graph of "
            "their own.",
            "source documents",
            {
                f"{CKG_NAMESPACE}trust": "Trust",
                f"{CKG_NAMESPACE}reader": "Reader",
                f"{CKG_NAMESPACE}sourceFile": "File",
                "http://purl.org/dc/terms/license": "Licence",
            },
            single="source document",
            icon="data",
        ),
    )
}
"""The complete lists by path, one for each type of entity."""

PART_DEFINITION_BY_PATH: Mapping[str, ListDefinition] = {
    definition.path: definition
    for definition in (
        ListDefinition(
            "/practices",
            "initiative",
            (f"{CKG_NAMESPACE}Initiative",),
            "Practices",
            "Programmes, policies, networks, funds and other work of institutions for research "
            "culture.",
            "practices",
            single="practice",
            has_cards=True,
            shown=20,
            fixed={"practice": ("true",)},
            default_sort="evidence",
        ),
        ListDefinition(
            "/programmes",
            "initiative",
            (f"{CKG_NAMESPACE}Initiative",),
            "Programmes and frameworks",
            "Initiatives of the sector that institutions join, sign or report to.",
            "programmes and frameworks",
            single="programme or framework",
            has_cards=True,
            shown=20,
            fixed={"practice": ("false",)},
        ),
        ListDefinition(
            "/things/concept",
            "concept",
            (f"{SKOS_NAMESPACE}Concept",),
            "All concepts",
            "The concepts of all schemes: keywords, groups of people, obligations, elements of "
            "frameworks and code lists.",
            "concepts",
            {f"{SKOS_NAMESPACE}inScheme": "Scheme", f"{SKOS_NAMESPACE}definition": ""},
            single="concept",
            icon="topic",
        ),
    )
}
"""Lists that are a part of a complete list, and that of all concepts, by path."""
INITIATIVE_TABS = ("/initiatives", "/practices", "/case-studies", "/programmes")
"""The lists that share a row of tabs."""


def get_list_definition(path: str) -> ListDefinition:
    """Return the list with a path."""
    return LIST_DEFINITION_BY_PATH.get(path) or PART_DEFINITION_BY_PATH[path]
