"""The lists of the site: what each holds, and how it is spoken of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loader.settings import BASE
from query_ui.graph.facet_filter import Selection

CKG = f"{BASE}ontology#"
ORG = "http://www.w3.org/ns/org#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One list. ``kind`` is its name in the index, ``shown`` what each line tells (IRI → word)."""

    path: str
    kind: str
    classes: tuple[str, ...]
    title: str
    lead: str
    noun: str
    shown: Mapping[str, str] = field(default_factory=dict)

    @property
    def everything(self) -> Selection:
        """The list with nothing chosen."""
        return Selection(self.kind, self.classes)


SHELVES: Mapping[str, Shelf] = {
    shelf.path: shelf
    for shelf in (
        Shelf(
            "/case-studies",
            "case-study",
            (f"{CKG}CaseStudy",),
            "Case studies",
            "What institutions say they did for the careers and the culture of their researchers.",
            "case studies",
            {f"{CKG}organisation": "institution", f"{CKG}principle": "principle"},
        ),
        Shelf(
            "/initiatives",
            "initiative",
            (f"{CKG}Initiative",),
            "Initiatives",
            "Programmes, schemes, pledges, reports, awards and resources that change how research "
            "is done.",
            "initiatives",
            {
                TYPE: "kind",
                "https://schema.org/startDate": "from",
                "https://schema.org/endDate": "until",
                f"{CKG}organisation": "organisation",
            },
        ),
        Shelf(
            "/organisations",
            "organisation",
            (f"{ORG}FormalOrganization", f"{ORG}OrganizationalCollaboration"),
            "Organisations",
            "Institutions, funders and sector bodies, and the consortia they form.",
            "organisations",
            {TYPE: "kind", "http://www.w3.org/2004/02/skos/core#altLabel": "also called"},
        ),
        Shelf(
            "/things/commitment",
            "commitment",
            (f"{CKG}Commitment",),
            "Commitments",
            "What initiatives promise, item by item; the standing of each says whether it is known "
            "to be promised.",
            "commitments",
            {
                "http://purl.org/dc/terms/isPartOf": "of",
                f"{CKG}standing": "standing",
            },
        ),
        Shelf(
            "/graphs",
            "source",
            (f"{CKG}SourceDocument",),
            "Sources",
            "Every document that this graph was made from. What a document states stands in a "
            "graph of its own.",
            "source documents",
            {
                f"{CKG}trust": "trust",
                f"{CKG}reader": "reader",
                f"{CKG}sourceFile": "file",
                "http://purl.org/dc/terms/license": "licence",
            },
        ),
    )
}
"""The lists by their paths."""
