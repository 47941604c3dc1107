"""Mapping of SSSOM mapping sets: each link as an entity with its justification.

A link that holds is stated as a plain triple too, except where it is our own reading.

https://mapping-commons.github.io/sssom/spec-formats-rdf/
"""

import hashlib

from pyoxigraph import Literal, NamedNode

from loader.document import Record, Rule
from loader.mapping.statement_builder import StatementBuilder
from loader.namespaces import CKG, OWL, SSSOM, XSD, thing, web_iri
from loader.readers.sssom import ADDRESSES, COLUMNS, NO_TERM, OWN_READING

PROPERTY_BY_ANNOTATED_COLUMN = {
    "subject_id": OWL.annotatedSource,
    "predicate_id": OWL.annotatedProperty,
    "object_id": OWL.annotatedTarget,
}
PROPERTY_BY_COLUMN = {**PROPERTY_BY_ANNOTATED_COLUMN, "basis": CKG.basis}
DATATYPE_BY_COLUMN = {"confidence": XSD.decimal, "mapping_date": XSD.date}


def map_mapping_row(builder: StatementBuilder, record: Record) -> None:
    """State one row; without a subject IRI, state only that a text was matched."""
    node = thing("mapping", build_mapping_slug(builder, record))
    builder.add_types(node, record, SSSOM.Mapping)
    for name in COLUMNS:
        for field in record.all(name):
            predicate = PROPERTY_BY_COLUMN.get(name) or SSSOM[name]
            address = parse_address(field.text) if name in ADDRESSES else None
            value = address or Literal(
                field.text, datatype=DATATYPE_BY_COLUMN.get(name, XSD.string)
            )
            # The field holds the address that the printed CURIE stands for, so it is no quotation.
            builder.add_statement(node, predicate, value, field.span, field.rule)
    subject, property_, target = (
        parse_address(record.text(name)) for name in PROPERTY_BY_ANNOTATED_COLUMN
    )
    holds = record.text("object_id") != NO_TERM and not record.text("predicate_modifier")
    if record.text("basis") == OWN_READING:
        builder.add_statement(node, CKG.standing, CKG.Unsupported, record.span, Rule.CURATOR)
    elif subject and property_ and target and holds:
        builder.add_statement(subject, property_, target, record.span, Rule.CURATOR)


def build_mapping_slug(builder: StatementBuilder, record: Record) -> str:
    """Return a slug that stays the same as long as the set links the same two entities."""
    parts = ("subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id")
    text = "\0".join((builder.document_graph.value, *(record.text(name) for name in parts)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def parse_address(text: str) -> NamedNode | None:
    """Parse a web address or a register number as a URN; return None for any other text."""
    return NamedNode(text) if text.startswith("urn:ukprn:") else web_iri(text)
