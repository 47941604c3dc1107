"""Mapping of sector datasets: each row is a record of its dataset, joined to entities.

A record is no fact of this graph: it states what its dataset says, and about whom.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule, Span
from loader.errors import Finding, Severity
from loader.identifiers import SCHEMES, normalise_homepage
from loader.mapping.join_report import JOIN_CODE
from loader.mapping.provenance import number_literal
from loader.mapping.statement_builder import StatementBuilder, parse_date_literal
from loader.namespaces import ADMS, CKG, DCTERMS, RDF, SKOS, XSD, slugify, thing, web_iri
from loader.readers.dataset_descriptor.descriptor import DATATYPES, REVIEWED_NAME

FIELD_KINDS = frozenset({*DATATYPES, "langString"})
"""The first words of the names of fields that are values of properties."""
LANGUAGE_PREFIX = re.compile(r"(?:([a-z]{2,3})|no_lang_code): ", re.ASCII)
ACADEMIC_YEAR = re.compile(r"\d{4}/\d\d", re.ASCII)


def map_sector_record(builder: StatementBuilder, record: Record) -> None:
    """State one row; skip one that joins no entity where the descriptor says so."""
    joined = {
        about: field for field in record.fields for about in find_join_targets(builder, field)
    }
    is_kept = bool(joined) or record.text("keep") != "joined"
    builder.join_report.count_row(record, list(joined), is_kept)
    if not is_kept:
        return
    node = thing("record", slugify(record.slug))
    builder.add_types(node, record, CKG.SectorRecord)
    builder.add_statement(node, DCTERMS.isPartOf, builder.document_graph, record.span, Rule.RECORD)
    add_place(builder, node, record.span)
    title = record.text("label") or record.text("string dcterms:title", record.slug)
    name = f"{title}, by {find_dataset_title(builder)}"
    builder.add_statement(
        node, SKOS.prefLabel, Literal(name, language="en"), record.span, Rule.RECORD
    )
    for about, field in joined.items():
        builder.add_field_statement(node, CKG.recordOf, about, field)
        builder.add_field_statement(
            node, CKG.joinedBy, Literal(field.name.removeprefix("join ")), field
        )
    for field in record.fields:
        map_cell(builder, node, field)


def add_place(builder: StatementBuilder, node: NamedNode, span: Span) -> None:
    """State the lines of a row: a record is the passage of all its statements.

    A passage for each row, let alone for each cell, made a large dataset seven times its size.
    """
    builder.add_statement(node, CKG.startLine, number_literal(span.start), span, Rule.RECORD)
    if span.end != span.start:
        builder.add_statement(node, CKG.endLine, number_literal(span.end), span, Rule.RECORD)


def build_join_finding(builder: StatementBuilder) -> Finding:
    """Return the report on the joins of this document, a sector dataset, as a finding."""
    about = {field.name: field.text for field in builder.document.about}
    message = builder.join_report.format_message(about)
    return Finding(builder.document.path, 0, 0, Severity.INFO, message, JOIN_CODE)


def find_dataset_title(builder: StatementBuilder) -> str:
    """Return the title of the dataset of this document."""
    about = builder.document.about
    return next((field.text for field in about if field.name == "title"), builder.document.name)


def find_join_targets(builder: StatementBuilder, field: Field) -> list[NamedNode]:
    """Return the entities that a cell joins to, by an identifier or a reviewed name."""
    kind, _, scheme = field.name.partition(" ")
    if kind != "join":
        return []
    if scheme == REVIEWED_NAME:
        found = builder.context.reviewed.get(field.text)
    else:
        found = builder.context.identified.get(
            (scheme, canonicalise_identifier(scheme, field.text))
        )
    return [found] if found else []


@lru_cache(maxsize=4096)
def canonicalise_identifier(scheme: str, text: str) -> str:
    """Return an identifier in full form, or "" where ``text`` is none of the scheme."""
    return SCHEMES[scheme].canonical(text) if scheme in SCHEMES else normalise_homepage(text)


def map_cell(builder: StatementBuilder, node: NamedNode, field: Field) -> None:
    """State one cell: an identifier, a constant or a value of a property."""
    kind, _, name = field.name.partition(" ")
    if kind == "id":
        map_stated_identifier(builder, node, name, field)
    elif kind.startswith("="):
        property_, value = (builder.resolve_term(t) for t in (kind[1:], field.text))
        if property_ and value:
            builder.add_field_statement(node, property_, value, field)
        else:
            report_unknown_term(builder, field.text if property_ else kind[1:], field)
    elif name and kind in FIELD_KINDS:
        property_ = builder.resolve_term(name)
        value_ = parse_value(builder, kind, field)
        if property_ is None:
            report_unknown_term(builder, name, field)
        elif value_ is None:
            builder.add_unrecognised_text(node, field, f"{name}: {field.text}")
            builder.report_finding("sector-value", f"“{field.text}” is no {kind}.", field, node)
            problem = f"for {name} are no {kind}"
            builder.invalid_values.add(problem, builder.findings.pop(), field)
        else:
            builder.add_field_statement(node, property_, value_, field)


def report_unknown_term(builder: StatementBuilder, term: str, field: Field) -> None:
    """Report, once per document, a term that is in neither the ontology nor the prefixes."""
    message = (
        f"the descriptor maps to “{term}”, which is none of the prefixes or terms that are known; "
        "look it up in ontology/prefixes.ttl and ontology/concordat.ttl."
    )
    if message not in {finding.message for finding in builder.findings}:
        builder.report_finding("sector-property", message, field, severity=Severity.ERROR)


def parse_value(
    builder: StatementBuilder, datatype: str, field: Field
) -> Literal | NamedNode | None:
    """Parse a cell as a value of a datatype; return None where it is not valid."""
    text = field.text
    if datatype == "anyURI":
        return web_iri(text)
    if datatype == "date":
        return parse_date_literal(text)
    if datatype == "langString":
        prefix = LANGUAGE_PREFIX.match(text)
        language = prefix[1] if prefix else None
        return Literal(text[prefix.end() :] if prefix else text, language=language)
    if datatype == "academicYear":
        return Literal(text) if ACADEMIC_YEAR.fullmatch(text) else None
    plain = text.replace(",", "").lstrip("£$€").strip()
    if datatype == "integer":
        return number_literal(int(plain)) if plain.isascii() and plain.isdigit() else None
    if datatype == "decimal":
        number = plain.replace(".", "", 1).removeprefix("-")
        whole = number.isascii() and number.isdigit()
        return Literal(plain, datatype=XSD.decimal) if whole else None
    return Literal(text)


def map_stated_identifier(
    builder: StatementBuilder, node: NamedNode, scheme: str, field: Field
) -> None:
    """State an identifier that a record gives; it may differ from what other sources give."""
    title, code, key = resolve_stated_identifier(scheme, field.text)
    if key is None:
        builder.add_unrecognised_text(node, field, f"{title}: {field.text}")
        message = f"“{field.text}” is not valid as {title}: its form or check digits are wrong."
        builder.report_finding("sector-identifier", message, field, node)
        problem = f"are not valid as {title}: their form or check digits are wrong"
        builder.invalid_values.add(problem, builder.findings.pop(), field)
        return
    builder.add_field_statement(node, CKG.statesIdentifier, key, field)
    if key in builder.stated_identifiers:
        return
    builder.stated_identifiers.add(key)
    builder.add_field_statement(key, RDF.type, ADMS.Identifier, field)
    builder.add_field_statement(key, SKOS.notation, Literal(code), field)
    builder.add_field_statement(key, CKG.register, Literal(title), field)


class StatedIdentifier(NamedTuple):
    """The title of the scheme, the identifier in full form and its IRI, None if not valid."""

    title: str
    code: str
    iri: NamedNode | None


@lru_cache(maxsize=4096)
def resolve_stated_identifier(scheme: str, text: str) -> StatedIdentifier:
    """Return what a cell states as an identifier of a scheme."""
    code = canonicalise_identifier(scheme, text)
    title = SCHEMES[scheme].title if scheme in SCHEMES else "homepage"
    if not code or (scheme in SCHEMES and not SCHEMES[scheme].is_valid(text)):
        return StatedIdentifier(title, code, None)
    slug = f"{slugify(title)}-{slugify(code.rsplit('/', 1)[-1])}"
    return StatedIdentifier(title, code, thing("stated-identifier", slug))
