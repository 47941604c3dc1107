"""Structured data of an entity page in schema.org terms: https://schema.org/docs/gs.html

Claims and all that is of low trust, be it a source, an entity or a cell, are left out: they are
not stated as facts.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from query_ui.site.entity_description import (
    DescribedProperty,
    DescribedStatement,
    EntityDescription,
)

JsonLdValue: TypeAlias = Any
SCHEMA_ORG_TYPE_BY_CLASS: Mapping[str, str] = {
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
"""The schema.org type by local name of a class; later ones are more specific and win."""
TEXT_PROPERTIES: Mapping[str, str] = {
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
LINK_PROPERTIES: Mapping[str, str] = {
    "dcterms:subject": "about",
    "skos:exactMatch": "sameAs",
    "skos:inScheme": "inDefinedTermSet",
    "dcterms:license": "license",
    "dcterms:source": "isBasedOn",
    "ckg:describes": "about",
    "dcterms:isPartOf": "isPartOf",
}


def build_schema_org_entity(
    description: EntityDescription, page_url: str
) -> dict[str, JsonLdValue] | None:
    """Return the entity as JSON-LD; None for claims and classes without a schema.org type.

    https://www.w3.org/TR/json-ld11/#node-objects
    """
    kinds = [kind.iri.replace("#", "/").rpartition("/")[2] for kind in description.kinds]
    typed = [name for known, name in SCHEMA_ORG_TYPE_BY_CLASS.items() if known in kinds]
    if not typed or description.has_class("Claim"):
        return None
    found: dict[str, JsonLdValue] = {
        "@context": "https://schema.org",
        "@id": description.iri,
        "@type": choose_most_specific_type(kinds),
        "url": page_url,
    }
    for prop in () if description.is_low_trust else description.properties:
        for key, value in iterate_schema_org_values(prop):
            found.setdefault(key, [])
            if value not in found[key]:
                found[key].append(value)
    return {key: value[0] if has_single_value(value) else value for key, value in found.items()}


def choose_most_specific_type(class_names: list[str]) -> str:
    """Return the schema.org type of the most specific class."""
    # An entity may have general classes beside its specific one; the table orders them.
    order = [*SCHEMA_ORG_TYPE_BY_CLASS]
    return SCHEMA_ORG_TYPE_BY_CLASS[
        max((k for k in class_names if k in SCHEMA_ORG_TYPE_BY_CLASS), key=order.index)
    ]


def has_single_value(value: JsonLdValue) -> bool:
    """Return whether the value is a list of one item."""
    return isinstance(value, list) and len(value) == 1


def iterate_schema_org_values(
    described_property: DescribedProperty,
) -> Iterator[tuple[str, JsonLdValue]]:
    """Yield key and value in schema.org terms for the trusted statements of a property."""
    for statement in described_property.statements:
        if not is_from_trusted_source(statement):
            continue
        value = statement.value
        if described_property.short in TEXT_PROPERTIES and value.text:
            text: JsonLdValue = value.text
            if value.language and value.language != "en":
                text = {"@value": value.text, "@language": value.language}
            yield TEXT_PROPERTIES[described_property.short], text
        elif described_property.short in LINK_PROPERTIES and value.link and value.link.iri:
            yield (
                LINK_PROPERTIES[described_property.short],
                {"@id": value.link.iri, "name": value.link.text},
            )


def is_from_trusted_source(statement: DescribedStatement) -> bool:
    """Return whether the statement has a source that is not of low trust, nor its place there."""
    return any(
        not source.document.is_low_trust and not source.is_low_trust for source in statement.sources
    )
