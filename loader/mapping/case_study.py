"""Mapping of case-study records."""

from pyoxigraph import Literal, NamedNode

from loader.document import Record, Rule
from loader.mapping.institution import map_institutions, map_mentions
from loader.mapping.statement_builder import StatementBuilder
from loader.mapping.tags import map_tags
from loader.namespaces import CKG, DCTERMS, SKOS, XSD, concept, slugify, thing


def map_case_study(builder: StatementBuilder, record: Record) -> None:
    """State a case study; what the record lacks is left out and reported, never guessed."""
    node = builder.node("case-study", record)
    builder.add_types(node, record, CKG.CaseStudy)
    builder.add_literals(node, DCTERMS.title, record, "title")
    builder.add_literals(node, DCTERMS.abstract, record, "abstract")
    if not record.text("abstract"):
        held = Literal("false", datatype=XSD.boolean)
        builder.add_statement(node, CKG.textHeld, held, record.span, Rule.RECORD)
    builder.add_web_links(node, DCTERMS.source, record, "source")
    builder.add_literals(node, SKOS.editorialNote, record, "note")
    builder.add_dates(node, DCTERMS.date, record, "date")
    map_tags(builder, node, record)
    map_cross_references(builder, node, record)
    named = map_institutions(builder, node, record)
    map_mentions(builder, node, record, "abstract", named)
    builder.add_unknown_fields(node, record)


def map_cross_references(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    """State the obligations that the entity serves and the initiatives that it describes."""
    for field in record.all("obligations"):
        builder.add_field_statement(
            node, CKG.obligation, concept("principles", slugify(field.text)), field
        )
    for field in record.all("describes"):
        builder.add_field_statement(
            node, CKG.describes, thing("initiative", slugify(field.text)), field
        )
