"""Labels of the types of entities, singular and plural, and their classes."""

from collections.abc import Mapping

from loader.settings import BASE
from query_ui.graph.facets import FACET_BY_NAME

ENTITY_TYPE_LABELS: Mapping[str, tuple[str, str]] = {
    "concept": ("Concept", "Concepts"),
    "initiative": ("Initiative", "Initiatives"),
    "case-study": ("Case study", "Case studies"),
    "organisation": ("Institution", "Institutions"),
    "commitment": ("Commitment", "Commitments"),
    "opportunity": ("Opportunity", "Opportunities"),
    "focus-area": ("Focus area", "Focus areas"),
    "allowance": ("Allowance", "Allowances"),
    "submission": ("Submission", "Submissions"),
    "participation": ("Part in an initiative", "Parts in initiatives"),
    "unit": ("Unit", "Units"),
    "group": ("Group", "Groups"),
    "figure": ("Figure", "Figures"),
    "action-plan": ("Action plan", "Action plans"),
    "action": ("Action", "Actions"),
    "register": ("Register", "Registers"),
    "register-event": ("Register event", "Register events"),
    "indicator": ("Indicator", "Indicators"),
    "source": ("Source document", "Source documents"),
    "claim": ("Claim", "Unverified claims (not facts of the graph)"),
    "issue": ("Data issue", "Data issues"),
}
"""Singular and plural by ``loader.release.search_index.search_schema.ENTITY_KINDS``."""

CKG_NAMESPACE, ORG_NAMESPACE = f"{BASE}ontology#", "http://www.w3.org/ns/org#"
CLASSES_BY_ENTITY_TYPE: Mapping[str, tuple[str, ...]] = {
    "concept": ("http://www.w3.org/2004/02/skos/core#Concept",),
    "organisation": (
        f"{ORG_NAMESPACE}FormalOrganization",
        f"{ORG_NAMESPACE}OrganizationalCollaboration",
    ),
    "unit": (f"{ORG_NAMESPACE}OrganizationalUnit",),
    "source": (f"{CKG_NAMESPACE}SourceDocument",),
    "issue": (f"{CKG_NAMESPACE}DataIssue",),
    **{
        kind: (f"{CKG_NAMESPACE}{''.join(part.capitalize() for part in kind.split('-'))}",)
        for kind in (
            *("initiative", "case-study", "commitment", "opportunity", "focus-area", "allowance"),
            *("submission", "participation", "group", "figure", "claim"),
            *("action-plan", "action", "register", "register-event", "indicator"),
        )
    },
}
"""The classes of each type of entity, the same as in ``sparql/index/things.rq``."""
LABEL_BY_CONCEPT_NAMESPACE = {
    facet.namespace: facet.word for facet in FACET_BY_NAME.values() if facet.scheme
}
"""Labels of concepts by the beginning of their IRIs, which principles and obligations share."""
LABEL_BY_CONCEPT_NAMESPACE[FACET_BY_NAME["principle"].namespace] = "Principle or obligation"


def get_entity_type_label(kind: str, iri: str) -> str:
    """Return the label of an entity's type; for a concept that of its facet, as "Beneficiary"."""
    if kind == "concept":
        return next(
            (word for space, word in LABEL_BY_CONCEPT_NAMESPACE.items() if iri.startswith(space)),
            "Concept",
        )
    return ENTITY_TYPE_LABELS[kind][0]
