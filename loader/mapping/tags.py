"""Mapping of tags: tag lines by segmentation, list items one by one."""

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule, Span, Statement
from loader.mapping.statement_builder import StatementBuilder
from loader.mapping.tag_line_segmenter import fold
from loader.namespaces import CKG, DCTERMS

PREDICATE_BY_TAG_FIELD = {
    "beneficiaries": CKG.beneficiary,
    "stakeholders": CKG.stakeholder,
    "principles": CKG.principle,
    "keywords": DCTERMS.subject,
}


def map_tags(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    """State every tag of the record; keep and report what is in no scheme."""
    for name, predicate in PREDICATE_BY_TAG_FIELD.items():
        items = []
        for field in record.all(name):
            if field.rule is Rule.TAG_LINE:
                _map_tag_line(builder, node, predicate, field)
            else:
                items.append(field)
        _map_tag_items(builder, node, predicate, items)


def _map_tag_line(
    builder: StatementBuilder, node: NamedNode, predicate: NamedNode, field: Field
) -> None:
    line = field.text.strip()
    reading = builder.context.taggers[field.name].segment(field.text)
    for tag in reading.tags:
        span, quoted = field.span, line
        if not _is_label(builder, tag.concept, tag.printed):
            span, quoted = field.place(tag.offset), tag.printed
        builder.statements.append(Statement(node, predicate, tag.concept, span, field.rule, quoted))
    for run in reading.unknown:
        _report_unknown_tag(builder, node, field, run.text, run.offset)


def _map_tag_items(
    builder: StatementBuilder, node: NamedNode, predicate: NamedNode, items: list[Field]
) -> None:
    """State the items of a list; those that print the label itself share the span of the list."""
    places: dict[tuple[int, Rule], Span] = {}
    for field in items:
        place = places.setdefault((field.span.start, field.rule), field.span)
        concept = builder.context.taggers[field.name].match(field.text)
        if concept is None:
            _report_unknown_tag(builder, node, field, field.text.strip(), 0)
        elif _is_label(builder, concept, field.text):
            builder.add_statement(node, predicate, concept, place, field.rule)
        else:
            builder.add_field_statement(node, predicate, concept, field)


def _is_label(builder: StatementBuilder, concept: NamedNode, text: str) -> bool:
    label = builder.context.labels[concept]
    return text == label or (fold(text) == fold(label) and text.split() == label.split())


def _report_unknown_tag(
    builder: StatementBuilder, node: NamedNode, field: Field, text: str, offset: int
) -> None:
    place = field.place(offset)
    builder.statements.append(
        Statement(node, CKG.unrecognisedText, Literal(text), place, field.rule)
    )
    advice = (
        f", kept as unrecognised text (if it is new, add it to ontology/schemes/{field.name}.ttl)"
    )
    builder.report_unknown_name(field.name, advice, place, node, text)
