"""What the kinds of things are called, one and many."""

from collections.abc import Mapping

from loader.settings import BASE
from query_ui.graph.facets import FACETS

KINDS: Mapping[str, tuple[str, str]] = {
    "concept": ("Concept", "Concepts"),
    "initiative": ("Initiative", "Initiatives"),
    "case-study": ("Case study", "Case studies"),
    "organisation": ("Organisation", "Organisations"),
    "commitment": ("Commitment", "Commitments"),
    "opportunity": ("Opportunity", "Opportunities"),
    "focus-area": ("Focus area", "Focus areas"),
    "allowance": ("Allowance", "Allowances"),
    "submission": ("Submission", "Submissions"),
    "participation": ("Part in an initiative", "Parts in initiatives"),
    "unit": ("Unit", "Units"),
    "group": ("Group", "Groups"),
    "figure": ("Figure", "Figures"),
    "source": ("Source", "Sources"),
    "claim": ("Claim", "Claims (no facts: what a source says and nobody here vouches for)"),
    "issue": ("Data issue", "Data issues"),
}
"""By the names of ``loader.release.search_index.search_schema.KINDS``."""

CKG, ORG = f"{BASE}ontology#", "http://www.w3.org/ns/org#"
CLASSES: Mapping[str, tuple[str, ...]] = {
    "concept": ("http://www.w3.org/2004/02/skos/core#Concept",),
    "organisation": (f"{ORG}FormalOrganization", f"{ORG}OrganizationalCollaboration"),
    "unit": (f"{ORG}OrganizationalUnit",),
    "source": (f"{CKG}SourceDocument",),
    "issue": (f"{CKG}DataIssue",),
    **{
        kind: (f"{CKG}{''.join(part.capitalize() for part in kind.split('-'))}",)
        for kind in (
            *("initiative", "case-study", "commitment", "opportunity", "focus-area", "allowance"),
            *("submission", "participation", "group", "figure", "claim"),
        )
    },
}
"""The classes of each kind, as ``sparql/index/things.rq`` has them."""
SPACES = {facet.space: facet.word for facet in FACETS.values() if facet.scheme}
"""The words for concepts by how their IRIs begin; a principle and its obligations begin alike."""
SPACES[FACETS["principle"].space] = "Principle or obligation"


def kind_word(kind: str, iri: str) -> str:
    """The kind of one thing; of a concept what it is a word for, such as "Beneficiary"."""
    if kind == "concept":
        return next((word for space, word in SPACES.items() if iri.startswith(space)), "Concept")
    return KINDS[kind][0]
