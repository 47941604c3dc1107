"""Mapping of a row of a table that a description explains: one subject and its nodes.

Every statement of a row rests on the row as a whole, so one passage explains them all; what a
curator added and what is of low trust have passages of their own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Object, Record, Rule, Statement
from loader.errors import Severity
from loader.mapping.initiative import report_issue
from loader.mapping.institution import report_unknown_organisation
from loader.mapping.provenance import decimal_literal, number_literal
from loader.mapping.statement_builder import StatementBuilder, parse_date_literal
from loader.namespaces import RDF, SKOS, XSD, slugify, web_iri
from loader.readers.cell_values import parse_excel_serial, remove_thousands_separators
from loader.readers.table_description import (
    LOW_TRUST_COLUMN,
    ColumnDescription,
    NodeDescription,
    TableDescription,
)
from loader.settings import BASE

BOOLEAN_BY_TEXT = {"yes": "true", "true": "true", "no": "false", "false": "false"}
DURATION = re.compile(r"P(?=\d)(\d+Y)?(\d+M)?(\d+D)?", re.ASCII)
"""An ``xsd:duration`` of years, months and days: https://www.w3.org/TR/xmlschema11-2/#duration"""
INTEGER, DECIMAL = re.compile(r"-?\d+", re.ASCII), re.compile(r"-?\d+(\.\d+)?", re.ASCII)
PLACEHOLDER = re.compile(r"\{(\w*)\}")


def map_described_row(
    builder: StatementBuilder, record: Record, description: TableDescription
) -> None:
    """State what the row says; report the cells that are missing, unknown or not valid."""
    _RowMapper(builder, record, description).map_row()


def map_issue_row(builder: StatementBuilder, record: Record) -> None:
    """Report the contradiction or defect that the row describes.

    It is of low trust where the row calls itself or one of its cells doubtful.
    """
    fields = tuple(
        Field("code" if field.name == "issue" else field.name, field.text, field.span)
        for field in record.fields
    )
    report_issue(builder, builder.document_graph, Record("issue", "", record.span, fields))
    if record.text(LOW_TRUST_COLUMN):
        builder.findings[-1] = replace(builder.findings[-1], is_low_trust=True)


class _RowMapper:
    """States one row."""

    def __init__(
        self, builder: StatementBuilder, record: Record, description: TableDescription
    ) -> None:
        self.builder = builder
        self.record = record
        self.description = description

    def map_row(self) -> None:
        if not self._has_required_cells():
            return
        subject = self._expand(self.description.about_template)
        self.builder.described_entities.append((subject, self.record.span))
        self._add_types(subject, self.description.types)
        self.builder.add_row_trust(subject, self.record)
        if self.description.label_template:
            label = self._fill(self.description.label_template, str)
            self._add(subject, SKOS.prefLabel, Literal(label, language="en"))
        nodes = {"": subject} | dict(self._add_nodes(subject))
        for column in self.description.columns:
            if column.term:
                for field in self.record.all(column.name):
                    self._map_cell(nodes[column.node], column, field)
        self.builder.add_unknown_fields(subject, self.record)

    def _has_required_cells(self) -> bool:
        named = set(PLACEHOLDER.findall(self.description.about_template))
        required = [c.name for c in self.description.columns if c.required or c.name in named]
        missing = [name for name in required if not self.record.text(name)]
        for name in missing:
            self._report_error("no-value", f"the row needs a value in the column “{name}”")
        return not missing

    def _report_error(self, code: str, message: str) -> None:
        self.builder.report_finding(code, message, self.record.span, severity=Severity.ERROR)

    def _fill(self, template: str, convert: Callable[[str], str], value: str = "") -> str:
        """Return a template with its placeholders replaced; ``{}`` is ``value``."""

        def replace(found: re.Match[str]) -> str:
            return convert(self.record.text(found[1]) if found[1] else value)

        return PLACEHOLDER.sub(replace, template)

    def _expand(self, template: str, value: str = "") -> NamedNode:
        return NamedNode(BASE + self._fill(template, slugify_path, value))

    def _resolve_term(self, name: str) -> NamedNode | None:
        term = self.builder.context.term(name)
        if term is None:
            message = f"the description of {self.description.kind} uses “{name}”, an unknown term"
            if message not in {finding.message for finding in self.builder.findings}:
                self._report_error("unknown-term", message)
        return term

    def _add(
        self, node: NamedNode, predicate: NamedNode, value: Object, cell: Field | None = None
    ) -> None:
        rule, trust = (cell.rule, cell.trust) if cell else (Rule.TABLE_ROW, None)
        self.builder.statements.append(
            Statement(node, predicate, value, self.record.span, rule, trust=trust)
        )

    def _add_types(self, node: NamedNode, types: tuple[str, ...]) -> None:
        for name in types:
            if term := self._resolve_term(name):
                self._add(node, RDF.type, term)

    def _add_nodes(self, subject: NamedNode) -> Iterator[tuple[str, NamedNode]]:
        for node in self.description.nodes:
            iri = self._expand(node.about_template)
            if self._is_needed(node) and (term := self._resolve_term(node.term)):
                self._add_types(iri, node.types)
                self._add(subject, term, iri)
            yield node.name, iri

    def _is_needed(self, node: NodeDescription) -> bool:
        columns = (column for column in self.description.columns if column.node == node.name)
        return node.always or any(self.record.text(column.name) for column in columns)

    def _map_cell(self, node: NamedNode, column: ColumnDescription, field: Field) -> None:
        predicate = self._resolve_term(column.term)
        value = self._read_value(node, column, field)
        if predicate is None or value is None:
            return
        self._add(node, predicate, value, field)
        if column.inverse and isinstance(value, NamedNode):
            if inverse := self._resolve_term(column.inverse):
                self._add(value, inverse, node, field)

    def _read_value(
        self, node: NamedNode, column: ColumnDescription, field: Field
    ) -> Literal | NamedNode | None:
        text = field.text.strip()
        if column.value_template:
            return self._expand(column.value_template, text)
        if column.lookup == "organisation":
            organisation = self.builder.context.organisations.match(text)
            if organisation is None:
                report_unknown_organisation(self.builder, node, field)
            return organisation
        if column.lookup:
            return self._look_up_concept(node, column, field)
        if column.language:
            return Literal(text, language=column.language)
        value = parse_cell(text, column.datatype)
        if value is None:
            self.builder.add_unrecognised_text(node, field, f"{column.name}: {text}")
            day = parse_excel_serial(text) if column.datatype == "date" else None
            hint = f"; format the column as a date, if {day} is meant" if day else ""
            message = f"'{text}' in the column “{column.name}” is no {column.datatype}{hint}"
            self.builder.report_finding("bad-value", message, field, node)
        return value

    def _look_up_concept(
        self, node: NamedNode, column: ColumnDescription, field: Field
    ) -> NamedNode | None:
        tagger = self.builder.context.taggers.get(column.lookup)
        concept = tagger.match(field.text) if tagger else None
        if concept is None:
            self.builder.add_unrecognised_text(node, field, f"{column.name}: {field.text}")
            self.builder.report_unknown_name(column.lookup, "", field, node)
        return concept


def slugify_path(text: str) -> str:
    """Return the parts of ``text`` between slashes as slugs."""
    return "/".join(slugify(part) for part in text.split("/"))


def parse_duration(text: str) -> Literal | None:
    """Parse a duration of years, months and days, in canonical form; None for other text.

    Twelve months are a year, as in the engine's store:
    https://www.w3.org/TR/xmlschema11-2/#f-durationCanMap
    """
    found = DURATION.fullmatch(text)
    if found is None:
        return None
    years, months, days = (int(part[:-1]) if part else 0 for part in found.groups())
    years, months = divmod(12 * years + months, 12)
    parts = zip((years, months, days), "YMD", strict=True)
    written = "".join(f"{number}{unit}" for number, unit in parts if number) or "0D"
    return Literal(f"P{written}", datatype=XSD.duration)


def parse_cell(text: str, datatype: str) -> Literal | NamedNode | None:
    """Parse a cell as a datatype of a table description; return None where it is not valid.

    ``number`` and ``dateOrWords`` keep what is neither number nor date as words. Numbers may have
    separators of their thousands.
    """
    if datatype == "anyURI":
        return web_iri(text)
    if datatype in ("date", "dateOrWords"):
        words = Literal(text) if datatype == "dateOrWords" else None
        return parse_date_literal(text) or words
    if datatype == "boolean":
        value = BOOLEAN_BY_TEXT.get(text.lower())
        return Literal(value, datatype=XSD.boolean) if value else None
    if datatype == "duration":
        return parse_duration(text)
    plain = remove_thousands_separators(text)
    if datatype == "integer":
        return number_literal(int(plain)) if INTEGER.fullmatch(plain) else None
    if datatype in ("decimal", "number"):
        words = Literal(text) if datatype == "number" else None
        return decimal_literal(plain) if DECIMAL.fullmatch(plain) else words
    return Literal(text)
