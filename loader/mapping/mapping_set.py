"""Mapping of SSSOM mapping sets: each link as an entity with its justification.

A link that holds is stated as a plain triple too, except where it is our own reading.

https://mapping-commons.github.io/sssom/spec-formats-rdf/
"""

import hashlib

from pyoxigraph import Literal, NamedNode

from loader.document import Record, Rule
from loader.mapping.statement_builder import StatementBuilder
from loader.namespaces import CKG, OWL, RDF, SSSOM, XSD, thing
from loader.readers.sssom import IDENTITY_COLUMNS, NO_TERM, OWN_READING, PREDICATES, parse_iri
from loader.readers.sssom_slots import ADDRESSES, DATES, NUMBERS, SET_ADDRESSES, URI_OR_CURIE

PROPERTY_BY_ANNOTATED_COLUMN = {
    "subject_id": OWL.annotatedSource,
    "predicate_id": OWL.annotatedProperty,
    "object_id": OWL.annotatedTarget,
}
PROPERTY_BY_COLUMN = {**PROPERTY_BY_ANNOTATED_COLUMN, "basis": CKG.basis}


def map_mapping_row(builder: StatementBuilder, record: Record) -> None:
    """State one row; without a subject IRI, state only that a text was matched."""
    node = thing("mapping", build_mapping_slug(builder, record))
    builder.add_types(node, record, SSSOM.Mapping)
    add_slots(builder, node, record)
    subject, property_, target = (
        parse_iri(record.text(name)) for name in PROPERTY_BY_ANNOTATED_COLUMN
    )
    sides = (record.text("subject_id"), record.text("object_id"))
    holds = NO_TERM not in sides and not record.text("predicate_modifier")
    holds = holds and record.text("predicate_id") in PREDICATES
    if record.text("basis") == OWN_READING:
        builder.add_statement(node, CKG.standing, CKG.Unsupported, record.span, Rule.CURATOR)
    elif subject and property_ and target and holds:
        builder.add_statement(subject, property_, target, record.span, Rule.CURATOR)


def map_mapping_set(builder: StatementBuilder, record: Record) -> None:
    """State what the head says of the set itself, whose IRI is that of its named graph.

    Title, licence and source are in the catalogue, as those of any document.
    """
    node = builder.document_graph
    if any(field.text != node.value for field in record.fields) or record.parts:
        builder.add_statement(node, RDF.type, SSSOM.MappingSet, record.span, Rule.AS_WRITTEN)
        add_slots(builder, node, record)


def add_slots(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    """State each value of each slot of a record, and those of its extension slots."""
    for field in record.fields:
        predicate = PROPERTY_BY_COLUMN.get(field.name) or SSSOM[field.name]
        value = build_slot_value(field.name, field.text)
        # The field holds the address that the printed CURIE stands for, so it is no quotation.
        builder.add_statement(node, predicate, value, field.span, field.rule)
    for part in record.parts:
        predicate = parse_iri(part.slug) or SSSOM.other
        for field in part.fields:
            datatype = parse_iri(field.name) or XSD.string
            iri = parse_iri(field.text) if datatype.value == URI_OR_CURIE else None
            literal = Literal(field.text, datatype=XSD.string if iri else datatype)
            builder.add_statement(node, predicate, iri or literal, field.span, field.rule)


def build_slot_value(name: str, text: str) -> NamedNode | Literal:
    """Return a value of a standard slot: an IRI, a date, a number or a text."""
    if name in ADDRESSES | SET_ADDRESSES and (iri := parse_iri(text)):
        return iri
    if name in DATES:
        return Literal(text, datatype=XSD.date)
    if name in NUMBERS:
        return Literal(text, datatype=XSD.double if "e" in text.lower() else XSD.decimal)
    return Literal(text)


def build_mapping_slug(builder: StatementBuilder, record: Record) -> str:
    """Return a slug that stays the same as long as the set links the same two entities.

    The first row with a link has it; others with the same link, for other reasons, are numbered.
    """
    parts = [record.text(name) for name in IDENTITY_COLUMNS]
    if not record.text("object_id"):
        parts.append(record.text("object_label"))
    parts += [record.slug] if record.slug else []
    text = "\0".join((builder.document_graph.value, *parts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
