"""A thing in the words of schema.org, for machines that read pages: https://schema.org/docs/gs.html

Only what a source that is trusted says, and no claim: what nobody here vouches for is no fact to be
handed on.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from query_ui.site.entity_description import Description, Property, Statement

Value: TypeAlias = Any
TYPES: Mapping[str, str] = {
    "CaseStudy": "Article",
    **dict.fromkeys(("Initiative", "Programme", "Scheme", "Pledge", "Award"), "Project"),
    "Resource": "CreativeWork",
    "Report": "Report",
    "Institution": "CollegeOrUniversity",
    "ResearchInstitute": "ResearchOrganization",
    "Funder": "FundingAgency",
    "SectorBody": "Organization",
    "PublicBody": "GovernmentOrganization",
    "Consortium": "Organization",
    "Commitment": "CreativeWork",
    "SourceDocument": "CreativeWork",
    "Concept": "DefinedTerm",
    "ConceptScheme": "DefinedTermSet",
}
"""By the end of the IRI of a class; later ones say more and win."""
TEXTS: Mapping[str, str] = {
    "dcterms:title": "name",
    "skos:prefLabel": "name",
    "skos:altLabel": "alternateName",
    "dcterms:alternative": "alternateName",
    "dcterms:abstract": "abstract",
    "dcterms:description": "description",
    "skos:definition": "description",
    "skos:notation": "termCode",
    "schema:startDate": "startDate",
    "schema:foundingDate": "foundingDate",
    "schema:endDate": "endDate",
}
LINKS: Mapping[str, str] = {
    "dcterms:subject": "about",
    "skos:exactMatch": "sameAs",
    "skos:inScheme": "inDefinedTermSet",
    "dcterms:license": "license",
    "dcterms:source": "isBasedOn",
    "ckg:describes": "about",
    "dcterms:isPartOf": "isPartOf",
}


def as_jsonld(it: Description, address: str) -> dict[str, Value] | None:
    """The thing as JSON-LD; None for one that schema.org has no word for, and for claims."""
    kinds = [kind.iri.replace("#", "/").rpartition("/")[2] for kind in it.kinds]
    typed = [name for known, name in TYPES.items() if known in kinds]
    if not typed or it.is_a("Claim"):
        return None
    found: dict[str, Value] = {
        "@context": "https://schema.org",
        "@id": it.iri,
        "@type": most_telling(kinds),
        "url": address,
    }
    for prop in it.properties:
        for key, value in told(prop):
            found.setdefault(key, [])
            if value not in found[key]:
                found[key].append(value)
    return {key: value[0] if single(value) else value for key, value in found.items()}


def most_telling(kinds: list[str]) -> str:
    """The type for the class that says most."""
    order = [*TYPES]
    return TYPES[max((k for k in kinds if k in TYPES), key=order.index)]


def single(value: Value) -> bool:
    """Whether a list has just one value."""
    return isinstance(value, list) and len(value) == 1


def told(prop: Property) -> Iterator[tuple[str, Value]]:
    """What the statements of a property say in schema.org's words."""
    for statement in prop.statements:
        if not trusted(statement):
            continue
        value = statement.value
        if prop.short in TEXTS and value.text:
            text: Value = value.text
            if value.language and value.language != "en":
                text = {"@value": value.text, "@language": value.language}
            yield TEXTS[prop.short], text
        elif prop.short in LINKS and value.link and value.link.iri:
            yield LINKS[prop.short], {"@id": value.link.iri, "name": value.link.text}


def trusted(statement: Statement) -> bool:
    """Whether a source that is not of low trust says it."""
    return any(not source.document.low for source in statement.sources)
