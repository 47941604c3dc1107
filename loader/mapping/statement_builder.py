"""Writes the statements and findings of one document, so that mappers only say what they mean."""

from datetime import date

from pyoxigraph import Literal, NamedNode

from loader.document import Document, Field, Record, Rule, Span
from loader.errors import Finding, Severity
from loader.mapping.lookups import Context
from loader.mapping.provenance import graph_of
from loader.namespaces import CKG, RDF, XSD, slugify, thing, web_iri
from loader.statements import Object, Statement

BROKEN_DATE = (
    "'{}' is no date: write a year, a year and month, or a day, as in 2017, 2017-06, 2017-06-30"
)


class Scribe:
    """Collects what the records of one document say."""

    def __init__(self, document: Document, context: Context) -> None:
        self.document = document
        self.context = context
        self.home = graph_of(document.name)
        self.number = 1
        self.statements: list[Statement] = []
        self.findings: list[Finding] = []
        self.described: list[tuple[NamedNode, Span]] = []

    def node(self, kind: str, record: Record, title: str = "title") -> NamedNode:
        """The IRI of a record's thing: by its slug, its title, or its place in the document."""
        slug = record.slug or slugify(record.text(title))
        return thing(kind, slug or f"{self.home.value.rsplit('/', 1)[1]}-{self.number}")

    def typed(self, node: NamedNode, record: Record, *classes: NamedNode) -> None:
        """State what kind of thing the record describes, and note that it is described here."""
        self.described.append((node, record.span))
        for class_ in classes:
            self.add(node, RDF.type, class_, record.span, Rule.RECORD)

    def add(
        self, node: NamedNode, predicate: NamedNode, value: Object, span: Span, rule: Rule
    ) -> None:
        """State something that rests on a place as a whole."""
        self.statements.append(Statement(node, predicate, value, span, rule))

    def say(self, node: NamedNode, predicate: NamedNode, value: Object, field: Field) -> None:
        """State something that rests on the words of a field."""
        same = isinstance(value, Literal) and value.value == field.text
        quoted = "" if same else field.text
        self.statements.append(Statement(node, predicate, value, field.span, field.rule, quoted))

    def literal(self, node: NamedNode, predicate: NamedNode, record: Record, name: str) -> None:
        """State each field of that name as plain text."""
        for field in record.all(name):
            self.say(node, predicate, Literal(field.text.strip()), field)

    def web(self, node: NamedNode, predicate: NamedNode, record: Record, name: str) -> None:
        """State each field of that name as a link; what is no web address is kept and reported."""
        for field in record.all(name):
            iri = web_iri(field.text.strip())
            if iri is not None:
                self.say(node, predicate, iri, field)
            else:
                self.unrecognised(node, field, f"{name}: {field.text.strip()}")
                self.find("bad-address", f"'{field.text}' is no web address (http…)", field, node)

    def dated(self, node: NamedNode, predicate: NamedNode, record: Record, name: str) -> None:
        """State a date as exactly as it is given: xsd:gYear, xsd:gYearMonth or xsd:date."""
        for field in record.all(name):
            value = date_literal(field.text.strip())
            if value is not None:
                self.say(node, predicate, value, field)
            else:
                self.unrecognised(node, field, f"{name}: {field.text.strip()}")
                self.find("bad-date", BROKEN_DATE.format(field.text), field, node)

    def unrecognised(self, node: NamedNode, field: Field, text: str) -> None:
        """Keep words that nothing here understands, exactly as they stand."""
        self.statements.append(
            Statement(node, CKG.unrecognisedText, Literal(text), field.span, field.rule, field.text)
        )

    def unknown(self, node: NamedNode, record: Record) -> None:
        """Keep what a reader found under a name that the project does not have."""
        for field in record.all("unknown"):
            self.unrecognised(node, field, field.text)

    def find(
        self,
        code: str,
        message: str,
        where: Field | Span,
        about: NamedNode | None = None,
        severity: Severity = Severity.WARNING,
    ) -> None:
        """Report a problem at a field or a span."""
        span = where.span if isinstance(where, Field) else where
        self.findings.append(
            Finding(
                path=self.document.path,
                line=span.start,
                column=span.column,
                severity=severity,
                message=message,
                code=code,
                about=about.value if about else "",
            )
        )


def date_literal(text: str) -> Literal | None:
    """A date with the datatype that its precision has, or None."""
    shapes = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
    parts = text.split("-")
    if len(text) not in shapes or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if [len(part) for part in parts] != [4, 2, 2][: len(parts)] or not _in_calendar(parts):
        return None
    return Literal(text, datatype=shapes[len(text)])


def _in_calendar(parts: list[str]) -> bool:
    year, month, day = (*map(int, parts), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
