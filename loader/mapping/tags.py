"""States the tags of a record: tag lines by segmentation, list items one by one."""

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule, Span
from loader.errors import Severity
from loader.mapping.statement_builder import Scribe
from loader.mapping.tag_line_segmenter import fold
from loader.namespaces import CKG, DCTERMS
from loader.statements import Statement

TAGS = {
    "beneficiaries": CKG.beneficiary,
    "stakeholders": CKG.stakeholder,
    "principles": CKG.principle,
    "keywords": DCTERMS.subject,
}
SINGULAR = {
    "beneficiaries": "beneficiary",
    "stakeholders": "stakeholder",
    "principles": "principle",
    "keywords": "keyword",
}


def tags(scribe: Scribe, node: NamedNode, record: Record) -> None:
    """State every tag of the record; what no scheme knows is kept word for word and reported."""
    for name, predicate in TAGS.items():
        items = []
        for field in record.all(name):
            if field.rule is Rule.TAG_LINE:
                _line(scribe, node, predicate, field)
            else:
                items.append(field)
        _items(scribe, node, predicate, items)


def _line(scribe: Scribe, node: NamedNode, predicate: NamedNode, field: Field) -> None:
    line = field.text.strip()
    reading = scribe.context.taggers[field.name].segment(field.text)
    for tag in reading.tags:
        span, quoted = field.span, line
        if not _as_labelled(scribe, tag.concept, tag.printed):
            span, quoted = field.place(tag.offset), tag.printed
        scribe.statements.append(Statement(node, predicate, tag.concept, span, field.rule, quoted))
    for run in reading.unknown:
        _unknown(scribe, node, field, run.text, run.offset)


def _items(scribe: Scribe, node: NamedNode, predicate: NamedNode, items: list[Field]) -> None:
    """State the items of a list; those that print the label itself share the place of the list."""
    places: dict[tuple[int, Rule], Span] = {}
    for field in items:
        place = places.setdefault((field.span.start, field.rule), field.span)
        concept = scribe.context.taggers[field.name].match(field.text)
        if concept is None:
            _unknown(scribe, node, field, field.text.strip(), 0)
        elif _as_labelled(scribe, concept, field.text):
            scribe.add(node, predicate, concept, place, field.rule)
        else:
            scribe.say(node, predicate, concept, field)


def _as_labelled(scribe: Scribe, concept: NamedNode, printed: str) -> bool:
    label = scribe.context.labels[concept]
    return printed == label or (fold(printed) == fold(label) and printed.split() == label.split())


def _unknown(scribe: Scribe, node: NamedNode, field: Field, text: str, offset: int) -> None:
    place = field.place(offset)
    scribe.statements.append(
        Statement(node, CKG.unrecognisedText, Literal(text), place, field.rule)
    )
    scribe.find(
        "unknown-tag",
        f"'{' '.join(text.split())}' is no {SINGULAR[field.name]} of the scheme; it is kept as "
        f"unrecognised text (add it to ontology/schemes/{field.name}.ttl if it should be one)",
        place,
        node,
        Severity.WARNING,
    )
