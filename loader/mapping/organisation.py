"""Mapping of organisation records: names, identifiers, links and dated memberships."""

import re

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule
from loader.errors import Severity
from loader.mapping.institution import report_unknown_organisation
from loader.mapping.lookups import organisation_iri
from loader.mapping.provenance import decimal_literal
from loader.mapping.statement_builder import StatementBuilder
from loader.namespaces import (
    ADMS,
    CKG,
    DCTERMS,
    FOAF,
    GEO,
    ORG,
    RDF,
    SCHEMA,
    SKOS,
    TIME,
    slugify,
    thing,
)

DECIMAL = re.compile(r"-?\d{1,3}(\.\d+)?", re.ASCII)
PREDICATE_BY_NAME_COLUMN = {
    "name": SKOS.prefLabel,
    "alt_names": SKOS.altLabel,
    "former_names": CKG.formerName,
}
FORMAL_ORGANISATION = ORG.FormalOrganization
CLASSES_BY_KIND = {
    "higher education institution": (FORMAL_ORGANISATION, CKG.Institution),
    "research institute": (FORMAL_ORGANISATION, CKG.Institution, CKG.ResearchInstitute),
    "funder": (FORMAL_ORGANISATION, CKG.Funder),
    "sector body": (FORMAL_ORGANISATION, CKG.SectorBody),
    "public body": (FORMAL_ORGANISATION, CKG.PublicBody),
    "consortium": (ORG.OrganizationalCollaboration, CKG.Consortium),
}
REGISTER_BY_COLUMN = {
    "ror": "ROR",
    "wikidata": "Wikidata",
    "ukprn": "UKPRN",
    "hesa": "HESA",
    "isni": "ISNI",
    "grid": "GRID",
    "crossref_funder": "Crossref Funder ID",
}
ADDRESS_COLUMNS = {"ror", "wikidata"}


def map_organisation(builder: StatementBuilder, record: Record) -> None:
    """State an organisation; its membership, where it has one, is an entity with an interval.

    Every statement rests on the row as a whole; those of doubtful cells are of low trust.
    """
    start = len(builder.statements)
    _map_columns(builder, organisation_iri(record), record)
    builder.rest_on_row(start, record)


def _map_columns(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    builder.add_types(node, record)
    _map_kind(builder, node, record)
    for name, predicate in PREDICATE_BY_NAME_COLUMN.items():
        for field in record.all(name):
            builder.add_field_statement(
                node, predicate, Literal(field.text.strip(), language="en"), field
            )
    builder.add_web_links(node, FOAF.homepage, record, "homepage")
    builder.add_dates(node, SCHEMA.foundingDate, record, "founded")
    builder.add_web_links(node, DCTERMS.source, record, "source")
    builder.add_literals(node, SKOS.editorialNote, record, "note")
    for name, register in REGISTER_BY_COLUMN.items():
        for field in record.all(name):
            map_identifier(builder, node, register, field)
        if name in ADDRESS_COLUMNS:
            builder.add_web_links(node, SKOS.exactMatch, record, name)
    for field in record.all("consortium"):
        map_membership(builder, node, record, field)
    _map_place(builder, node, record)
    _map_succession(builder, node, record)
    builder.add_row_trust(node, record)
    builder.add_unknown_fields(node, record)


def _map_place(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    """State nation and city, with the coordinates of the city (WGS 84, decimal degrees)."""
    tagger = builder.context.taggers.get("nations")
    for field in record.all("nation"):
        nation = tagger.match(field.text) if tagger else None
        if nation is None:
            builder.report_unknown_name("nations", "", field, node)
        else:
            builder.add_field_statement(node, CKG.nation, nation, field)
    for field in record.all("city"):
        place = thing("place", slugify(record.text("geonames") or field.text))
        builder.add_field_statement(node, SCHEMA.location, place, field)
        builder.add_field_statement(place, RDF.type, SCHEMA.Place, field)
        builder.add_field_statement(
            place, SKOS.prefLabel, Literal(field.text.strip(), language="en"), field
        )
        for name, predicate in (("latitude", GEO.lat), ("longitude", GEO.long)):
            for part in record.all(name):
                if DECIMAL.fullmatch(part.text.strip()):
                    value = decimal_literal(part.text.strip())
                    builder.add_field_statement(place, predicate, value, part)
                else:
                    builder.report_finding(
                        "bad-value", f"'{part.text}' is no number of degrees", part, node
                    )


def _map_succession(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    """State that an organisation is closed, and which one succeeded it."""
    builder.add_literals(node, CKG.registerStatus, record, "status")
    for field in record.all("successor"):
        successor = builder.context.organisations.match(field.text)
        if successor is None:
            report_unknown_organisation(builder, node, field)
        else:
            builder.add_field_statement(node, CKG.succeededBy, successor, field)


def _map_kind(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    field = record.first("kind")
    classes = (
        CLASSES_BY_KIND.get(field.text.strip().lower(), ()) if field else (FORMAL_ORGANISATION,)
    )
    if field and not classes:
        known = ", ".join(CLASSES_BY_KIND)
        builder.report_finding(
            "unknown-kind",
            f"'{field.text}' is no kind of organisation: use {known}",
            field,
            node,
            Severity.ERROR,
        )
    for class_ in classes:
        if field:
            builder.add_field_statement(node, RDF.type, class_, field)
        else:
            builder.add_statement(node, RDF.type, class_, record.span, Rule.RECORD)


def map_identifier(builder: StatementBuilder, node: NamedNode, register: str, field: Field) -> None:
    """State an identifier as an ``adms:Identifier`` with its register.

    https://www.w3.org/TR/vocab-adms/#identifier
    """
    code = field.text.strip()
    short = code.rsplit("/", 1)[-1]
    key = thing("identifier", f"{slugify(register)}-{slugify(short)}")
    builder.add_field_statement(node, ADMS.identifier, key, field)
    builder.add_field_statement(key, RDF.type, ADMS.Identifier, field)
    builder.add_field_statement(key, SKOS.notation, Literal(code), field)
    builder.add_field_statement(key, CKG.register, Literal(register), field)


def map_membership(
    builder: StatementBuilder, node: NamedNode, record: Record, field: Field
) -> None:
    """State a membership of a consortium with the interval in which it holds.

    https://www.w3.org/TR/vocab-org/#class-membership
    """
    whole = builder.context.organisations.match(field.text)
    if whole is None:
        report_unknown_organisation(builder, node, field)
        return
    slug = f"{whole.value.rsplit('/', 1)[1]}-{node.value.rsplit('/', 1)[1]}"
    member, interval = thing("membership", slug), thing("interval", slug)
    builder.add_field_statement(member, RDF.type, ORG.Membership, field)
    builder.add_field_statement(member, ORG.member, node, field)
    builder.add_field_statement(member, ORG.organization, whole, field)
    builder.add_field_statement(member, ORG.memberDuring, interval, field)
    builder.add_field_statement(interval, RDF.type, TIME.Interval, field)
    builder.add_dates(interval, SCHEMA.startDate, record, "member_from")
    builder.add_dates(interval, SCHEMA.endDate, record, "member_until")
    if not record.text("member_from"):
        builder.report_finding(
            "undated-membership", "the membership has no date in column member_from", field, member
        )
