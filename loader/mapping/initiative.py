"""States what an initiative record says: itself, its commitments, the claims about it."""

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule, Span
from loader.errors import Severity
from loader.mapping.case_study import links
from loader.mapping.institution import institutions, prose_mentions
from loader.mapping.provenance import number_literal
from loader.mapping.statement_builder import Scribe
from loader.mapping.tags import tags
from loader.namespaces import CKG, DCTERMS, SCHEMA, SKOS, slugify, thing, web_iri
from loader.settings import BASE

CLASSES = {
    "initiative": CKG.Initiative,
    "programme": CKG.Programme,
    "scheme": CKG.Scheme,
    "pledge": CKG.Pledge,
    "report": CKG.Report,
    "award": CKG.Award,
    "resource": CKG.Resource,
}
STANDINGS = {name.lower(): CKG[name] for name in ("Supported", "Unsupported", "Disputed", "False")}


def initiative(scribe: Scribe, record: Record) -> None:
    """State an initiative and everything that its record holds."""
    node = scribe.node("initiative", record)
    scribe.typed(node, record, *dict.fromkeys((CKG.Initiative, CLASSES[record.kind])))
    scribe.literal(node, DCTERMS.title, record, "title")
    scribe.literal(node, DCTERMS.description, record, "description")
    scribe.web(node, DCTERMS.source, record, "source")
    scribe.literal(node, SKOS.editorialNote, record, "note")
    scribe.dated(node, SCHEMA.startDate, record, "start")
    scribe.dated(node, SCHEMA.endDate, record, "end")
    tags(scribe, node, record)
    links(scribe, node, record)
    institutions(scribe, node, record)
    prose_mentions(scribe, node, record, "title", "description")
    scribe.unknown(node, record)
    parts(scribe, node, record)


def parts(scribe: Scribe, node: NamedNode, record: Record) -> None:
    """State the commitments and claims of the record, and record its issues."""
    numbers = {"commitment": 0, "claim": 0}
    for part in record.parts:
        if part.kind == "issue":
            issue(scribe, node, part)
            continue
        numbers[part.kind] += 1
        if part.kind == "commitment":
            commitment(scribe, node, part, numbers[part.kind])
        else:
            claim(scribe, node, part, numbers[part.kind])


def commitment(scribe: Scribe, whole: NamedNode, part: Record, position: int) -> NamedNode:
    """State one commitment of an initiative."""
    slug = part.slug or slugify(part.text("title")) or str(position)
    node = thing("commitment", f"{whole.value.rsplit('/', 1)[1]}-{slug}")
    scribe.typed(node, part, CKG.Commitment)
    scribe.add(node, DCTERMS.isPartOf, whole, part.span, Rule.RECORD)
    scribe.add(whole, CKG.commitment, node, part.span, Rule.RECORD)
    scribe.add(node, CKG.position, number_literal(position), part.span, Rule.RECORD)
    scribe.literal(node, DCTERMS.title, part, "title")
    scribe.literal(node, DCTERMS.description, part, "description")
    judged(scribe, node, part)
    tags(scribe, node, part)
    scribe.unknown(node, part)
    return node


def claim(scribe: Scribe, whole: NamedNode, part: Record, position: int) -> NamedNode:
    """State that a source makes a claim; nothing of the claim itself is stated."""
    node = thing("claim", f"{whole.value.rsplit('/', 1)[1]}-{part.slug or position}")
    scribe.typed(node, part, CKG.Claim)
    for field in part.all("text"):
        scribe.say(node, CKG.restatement, Literal(field.text.strip()), field)
    subjects = list(part.all("about"))
    if not subjects:
        scribe.add(node, CKG.about, whole, part.span, Rule.RECORD)
    for field in subjects:
        scribe.say(node, CKG.about, named_thing(scribe, field) or whole, field)
    judged(scribe, node, part)
    scribe.unknown(node, part)
    return node


def judged(scribe: Scribe, node: NamedNode, part: Record) -> None:
    """State a standing, its evidence, and the lines of the text it is taken from."""
    for field in part.all("standing"):
        standing = STANDINGS.get(field.text.strip().lower())
        if standing is not None:
            scribe.say(node, CKG.standing, standing, field)
        else:
            known = ", ".join(STANDINGS)
            scribe.find(
                "unknown-standing",
                f"'{field.text}' is no standing: use {known}",
                field,
                node,
                Severity.ERROR,
            )
    scribe.literal(node, CKG.evidence, part, "evidence")
    for field in part.all("lines"):
        span = line_span(field)
        if span is None:
            scribe.find(
                "bad-lines",
                f"'{field.text}' is no range of lines, such as 3-5",
                field,
                node,
                Severity.ERROR,
            )
        else:
            scribe.say(node, CKG.startLine, number_literal(span.start), field)
            scribe.say(node, CKG.endLine, number_literal(span.end), field)


def issue(scribe: Scribe, whole: NamedNode, part: Record) -> None:
    """Record a defect that a curator saw in the text that the document restates."""
    about = part.first("about")
    node = (named_thing(scribe, about) if about else None) or whole
    lines = part.first("lines")
    message = " ".join(part.text("message").split())
    scribe.find(
        part.text("code", "defect"),
        f"{message} ({printed_lines(lines)} of the text)" if lines else message,
        part.span,
        node,
        Severity(part.text("severity", "warning")),
    )


def printed_lines(field: Field) -> str:
    """The lines that a field names, as a person says it: "line 5", "lines 3-5"."""
    span = line_span(field)
    if span is None or span.start != span.end:
        return f"lines {field.text.strip()}"
    return f"line {span.start}"


def line_span(field: Field) -> Span | None:
    """The lines that a text such as "3-5" or "7" names."""
    start, _, end = field.text.strip().partition("-")
    if not start.isdigit() or not (end or start).isdigit():
        return None
    return Span(int(start), int(end or start))


def named_thing(scribe: Scribe, field: Field) -> NamedNode | None:
    """The thing that a curator names: a full IRI, ``kind/slug``, or an organisation's name."""
    text = field.text.strip()
    if "/" in text and not text.startswith("http"):
        kind, _, slug = text.partition("/")
        return NamedNode(f"{BASE}id/{slugify(kind)}/{slugify(slug)}")
    found = web_iri(text) or scribe.context.organisations.match(text)
    if found is None:
        scribe.find(
            "unknown-thing",
            f"'{text}' names nothing: write an IRI, kind/slug, or the name of an organisation",
            field,
            None,
            Severity.ERROR,
        )
    return found
