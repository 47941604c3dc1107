"""Mapping of initiative records: the initiative, its commitments and the claims about it."""

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule, Span
from loader.errors import Severity
from loader.mapping.case_study import map_cross_references
from loader.mapping.institution import map_institutions, map_prose_mentions
from loader.mapping.provenance import number_literal
from loader.mapping.statement_builder import StatementBuilder
from loader.mapping.tags import map_tags
from loader.namespaces import CKG, DCTERMS, SCHEMA, SKOS, slugify, thing, web_iri
from loader.settings import BASE

CLASS_BY_TYPE = {
    "initiative": CKG.Initiative,
    "programme": CKG.Programme,
    "scheme": CKG.Scheme,
    "pledge": CKG.Pledge,
    "report": CKG.Report,
    "award": CKG.Award,
    "resource": CKG.Resource,
}
STANDING_BY_NAME = {
    name.lower(): CKG[name] for name in ("Supported", "Unsupported", "Disputed", "False")
}


def map_initiative(builder: StatementBuilder, record: Record) -> None:
    """State an initiative and everything that its record holds."""
    node = builder.node("initiative", record)
    builder.add_types(node, record, *dict.fromkeys((CKG.Initiative, CLASS_BY_TYPE[record.kind])))
    builder.add_literals(node, DCTERMS.title, record, "title")
    builder.add_literals(node, DCTERMS.description, record, "description")
    builder.add_web_links(node, DCTERMS.source, record, "source")
    builder.add_literals(node, SKOS.editorialNote, record, "note")
    builder.add_dates(node, SCHEMA.startDate, record, "start")
    builder.add_dates(node, SCHEMA.endDate, record, "end")
    map_tags(builder, node, record)
    map_cross_references(builder, node, record)
    map_institutions(builder, node, record)
    map_prose_mentions(builder, node, record, "title", "description")
    builder.add_unknown_fields(node, record)
    map_parts(builder, node, record)


def map_parts(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    """State the commitments and claims of the record, and report its issues."""
    numbers = {"commitment": 0, "claim": 0}
    for part in record.parts:
        if part.kind == "issue":
            report_issue(builder, node, part)
            continue
        numbers[part.kind] += 1
        if part.kind == "commitment":
            map_commitment(builder, node, part, numbers[part.kind])
        else:
            map_claim(builder, node, part, numbers[part.kind])


def map_commitment(
    builder: StatementBuilder, initiative_iri: NamedNode, part: Record, position: int
) -> NamedNode:
    """State one commitment of an initiative and return its IRI."""
    slug = part.slug or slugify(part.text("title")) or str(position)
    node = thing("commitment", f"{initiative_iri.value.rsplit('/', 1)[1]}-{slug}")
    builder.add_types(node, part, CKG.Commitment)
    builder.add_statement(node, DCTERMS.isPartOf, initiative_iri, part.span, Rule.RECORD)
    builder.add_statement(initiative_iri, CKG.commitment, node, part.span, Rule.RECORD)
    builder.add_statement(node, CKG.position, number_literal(position), part.span, Rule.RECORD)
    builder.add_literals(node, DCTERMS.title, part, "title")
    builder.add_literals(node, DCTERMS.description, part, "description")
    map_judgement(builder, node, part)
    map_tags(builder, node, part)
    builder.add_unknown_fields(node, part)
    return node


def map_claim(
    builder: StatementBuilder, initiative_iri: NamedNode, part: Record, position: int
) -> NamedNode:
    """State that a source makes a claim, not the claim itself, and return the IRI of the claim."""
    node = thing("claim", f"{initiative_iri.value.rsplit('/', 1)[1]}-{part.slug or position}")
    builder.add_types(node, part, CKG.Claim)
    for field in part.all("text"):
        builder.add_field_statement(node, CKG.restatement, Literal(field.text.strip()), field)
    subjects = list(part.all("about"))
    if not subjects:
        builder.add_statement(node, CKG.about, initiative_iri, part.span, Rule.RECORD)
    for field in subjects:
        builder.add_field_statement(
            node, CKG.about, resolve_named_entity(builder, field) or initiative_iri, field
        )
    map_judgement(builder, node, part)
    builder.add_unknown_fields(node, part)
    return node


def map_judgement(builder: StatementBuilder, node: NamedNode, part: Record) -> None:
    """State the standing, the evidence and the source lines of a commitment or claim."""
    for field in part.all("standing"):
        standing = STANDING_BY_NAME.get(field.text.strip().lower())
        if standing is not None:
            builder.add_field_statement(node, CKG.standing, standing, field)
        else:
            known = ", ".join(STANDING_BY_NAME)
            builder.report_finding(
                "unknown-standing",
                f"'{field.text}' is no standing: use {known}",
                field,
                node,
                Severity.ERROR,
            )
    builder.add_literals(node, CKG.evidence, part, "evidence")
    for field in part.all("lines"):
        span = parse_line_range(field)
        if span is None:
            builder.report_finding(
                "bad-lines",
                f"'{field.text}' is no range of lines, such as 3-5",
                field,
                node,
                Severity.ERROR,
            )
        else:
            builder.add_field_statement(node, CKG.startLine, number_literal(span.start), field)
            builder.add_field_statement(node, CKG.endLine, number_literal(span.end), field)


def report_issue(builder: StatementBuilder, initiative_iri: NamedNode, part: Record) -> None:
    """Report a defect that a curator found in the text that the document restates."""
    about = part.first("about")
    node = (resolve_named_entity(builder, about) if about else None) or initiative_iri
    lines = part.first("lines")
    message = " ".join(part.text("message").split())
    builder.report_finding(
        part.text("code", "defect"),
        f"{message} ({format_source_lines(lines)} of the text)" if lines else message,
        part.span,
        node,
        Severity(part.text("severity", "warning")),
    )


def format_source_lines(field: Field) -> str:
    """Return the line range of a field as words: "line 5", "lines 3-5"."""
    span = parse_line_range(field)
    if span is None or span.start != span.end:
        return f"lines {field.text.strip()}"
    return f"line {span.start}"


def parse_line_range(field: Field) -> Span | None:
    """Parse a line range such as "3-5" or "7"; return None for any other text."""
    start, _, end = field.text.strip().partition("-")
    if not start.isdigit() or not (end or start).isdigit():
        return None
    return Span(int(start), int(end or start))


def resolve_named_entity(builder: StatementBuilder, field: Field) -> NamedNode | None:
    """Return the entity that a curator names by IRI, ``kind/slug`` or organisation name.

    Report an error and return None where the text names nothing.
    """
    text = field.text.strip()
    if "/" in text and not text.startswith("http"):
        kind, _, slug = text.partition("/")
        return NamedNode(f"{BASE}id/{slugify(kind)}/{slugify(slug)}")
    found = web_iri(text) or builder.context.organisations.match(text)
    if found is None:
        builder.report_finding(
            "unknown-thing",
            f"'{text}' names nothing: write an IRI, kind/slug, or the name of an organisation",
            field,
            None,
            Severity.ERROR,
        )
    return found
