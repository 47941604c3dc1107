"""The collector of the statements and findings of one document, used by all mappers."""

from dataclasses import replace
from datetime import date

from pyoxigraph import Literal, NamedNode

from loader.document import Document, Field, Object, Record, Rule, Span, Statement
from loader.errors import Finding, Severity
from loader.mapping.invalid_values import InvalidValues
from loader.mapping.join_report import JoinReport
from loader.mapping.lookups import MappingContext
from loader.mapping.provenance import graph_of
from loader.namespaces import CKG, RDF, XSD, slugify, thing, web_iri
from loader.readers.cell_values import parse_british_date
from loader.readers.table_description import LOW_TRUST_COLUMN, WHOLE_ROW

BAD_DATE_MESSAGE = (
    "'{}' is no date: write a year, a year and month, or a day, as in 2017, 2017-06, 2017-06-30"
)
ORGANISATION = "organisation"
"""What a name is looked up as where it is not looked up in a concept scheme."""
SINGULAR_BY_SCHEME = {
    "beneficiaries": "beneficiary",
    "stakeholders": "stakeholder",
    "principles": "principle",
    "keywords": "keyword",
    "nations": "nation",
}


class StatementBuilder:
    """Collects the statements, findings and described entities of one document.

    ``stated_identifiers`` are the identifiers of records that are described already;
    ``join_report`` counts the rows of a sector dataset, and ``invalid_values`` has the findings on
    its values.
    """

    def __init__(self, document: Document, context: MappingContext) -> None:
        self.document = document
        self.context = context
        self.document_graph = graph_of(document.name)
        self.number = 1
        self.statements: list[Statement] = []
        self.findings: list[Finding] = []
        self.described_entities: list[tuple[NamedNode, Span]] = []
        self.stated_identifiers: set[NamedNode] = set()
        self.join_report = JoinReport()
        self.invalid_values = InvalidValues()
        self._terms: dict[str, NamedNode | None] = {}

    def resolve_term(self, short: str) -> NamedNode | None:
        """Return the term of a prefixed name or IRI, or None for an unknown one."""
        if short not in self._terms:
            self._terms[short] = self.context.term(short)
        return self._terms[short]

    def node(self, kind: str, record: Record, title_field: str = "title") -> NamedNode:
        """Return the IRI of a record by its slug, its title, or its number in the document."""
        slug = record.slug or slugify(record.text(title_field))
        return thing(kind, slug or f"{self.document_graph.value.rsplit('/', 1)[1]}-{self.number}")

    def add_types(self, node: NamedNode, record: Record, *classes: NamedNode) -> None:
        """State the classes of the entity, and record that it is described here."""
        self.described_entities.append((node, record.span))
        for class_ in classes:
            self.add_statement(node, RDF.type, class_, record.span, Rule.RECORD)

    def add_statement(
        self, node: NamedNode, predicate: NamedNode, value: Object, span: Span, rule: Rule
    ) -> None:
        """State a triple that rests on a span of lines."""
        self.statements.append(Statement(node, predicate, value, span, rule))

    def add_field_statement(
        self, node: NamedNode, predicate: NamedNode, value: Object, field: Field
    ) -> None:
        """State a triple that rests on the words of a field."""
        same = isinstance(value, Literal) and value.value == field.text
        quoted = "" if same else field.text
        self.statements.append(
            Statement(node, predicate, value, field.span, field.rule, quoted, trust=field.trust)
        )

    def add_row_trust(self, node: NamedNode, record: Record) -> None:
        """State that an entity is of low trust where its row says so of itself as a whole."""
        if any(field.text == WHOLE_ROW for field in record.all(LOW_TRUST_COLUMN)):
            self.add_statement(node, CKG.trust, CKG.Low, record.span, Rule.TABLE_ROW)

    def rest_on_row(self, start: int, record: Record) -> None:
        """Let the statements from number ``start`` on rest on the row of ``record`` as a whole.

        Those of a cell of low trust stay so.
        """
        self.statements[start:] = [
            statement._replace(span=record.span, rule=Rule.TABLE_ROW, quoted="")
            if statement.rule in (Rule.AS_WRITTEN, Rule.RECORD)
            else statement
            for statement in self.statements[start:]
        ]

    def add_literals(
        self, node: NamedNode, predicate: NamedNode, record: Record, field_name: str
    ) -> None:
        """State each field of that name as a plain literal."""
        for field in record.all(field_name):
            self.add_field_statement(node, predicate, Literal(field.text.strip()), field)

    def add_web_links(
        self, node: NamedNode, predicate: NamedNode, record: Record, field_name: str
    ) -> None:
        """State each field of that name as a link; keep and report one that is no web address."""
        for field in record.all(field_name):
            iri = web_iri(field.text.strip())
            if iri is not None:
                self.add_field_statement(node, predicate, iri, field)
            else:
                self.add_unrecognised_text(node, field, f"{field_name}: {field.text.strip()}")
                self.report_finding(
                    "bad-address", f"'{field.text}' is no web address (http…)", field, node
                )

    def add_dates(
        self, node: NamedNode, predicate: NamedNode, record: Record, field_name: str
    ) -> None:
        """State each field of that name as xsd:gYear, xsd:gYearMonth or xsd:date."""
        for field in record.all(field_name):
            value = parse_date_literal(field.text.strip())
            if value is not None:
                self.add_field_statement(node, predicate, value, field)
            else:
                self.add_unrecognised_text(node, field, f"{field_name}: {field.text.strip()}")
                self.report_finding("bad-date", BAD_DATE_MESSAGE.format(field.text), field, node)

    def add_unrecognised_text(self, node: NamedNode, field: Field, text: str) -> None:
        """Keep words that no rule understands, exactly as printed."""
        self.statements.append(
            Statement(
                *(node, CKG.unrecognisedText, Literal(text), field.span, field.rule, field.text),
                trust=field.trust,
            )
        )

    def add_unknown_fields(self, node: NamedNode, record: Record) -> None:
        """Keep the fields that a reader found under an unknown name."""
        for field in record.all("unknown"):
            self.add_unrecognised_text(node, field, field.text)

    def report_unknown_name(
        self,
        named: str,
        advice: str,
        location: Field | Span,
        entity: NamedNode,
        name: str = "",
    ) -> None:
        """Record that a name means no organisation, or no concept of the scheme ``named``.

        The name is that of the field unless it is given.
        """
        text = " ".join((name or (location.text if isinstance(location, Field) else "")).split())
        is_organisation = named == ORGANISATION
        code = "unknown-organisation" if is_organisation else "unknown-tag"
        what = named if is_organisation else SINGULAR_BY_SCHEME.get(named, f"concept of {named}")
        self.report_finding(code, f"Unknown {what} ‘{text}’{advice}", location, entity)
        self.findings[-1] = replace(self.findings[-1], name=text, named=named)

    def report_finding(
        self,
        code: str,
        message: str,
        location: Field | Span,
        entity: NamedNode | None = None,
        severity: Severity = Severity.WARNING,
    ) -> None:
        """Record a finding at a field or a span."""
        span = location.span if isinstance(location, Field) else location
        self.findings.append(
            Finding(
                path=self.document.path,
                line=span.start,
                column=span.column,
                severity=severity,
                message=message,
                code=code,
                about=entity.value if entity else "",
            )
        )


def parse_date_literal(text: str) -> Literal | None:
    """Parse a year, month or day as a literal of that precision; return None for other text.

    A day may be written as 31/07/2021 too, day first.
    """
    day = parse_british_date(text)
    if day:
        return Literal(day.isoformat(), datatype=XSD.date)
    shapes = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
    parts = text.split("-")
    if len(text) not in shapes or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if [len(part) for part in parts] != [4, 2, 2][: len(parts)] or not _is_calendar_date(parts):
        return None
    return Literal(text, datatype=shapes[len(text)])


def _is_calendar_date(parts: list[str]) -> bool:
    year, month, day = (*map(int, parts), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
