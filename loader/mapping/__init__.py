"""Mapping of a document to statements; pure: no files, no clock, no state between documents."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pyoxigraph import NamedNode

from loader.document import Document, Record, Span, Statement
from loader.errors import Finding
from loader.mapping.article_claims import map_article
from loader.mapping.case_study import map_case_study
from loader.mapping.described_row import map_described_row, map_issue_row
from loader.mapping.initiative import CLASS_BY_TYPE, map_initiative
from loader.mapping.lookups import MappingContext
from loader.mapping.mapping_set import map_mapping_row, map_mapping_set
from loader.mapping.obligation import map_obligation
from loader.mapping.organisation import map_organisation
from loader.mapping.rdf_passthrough import find_changed_literals, map_rdf_statements
from loader.mapping.sector_record import build_join_finding, map_sector_record
from loader.mapping.statement_builder import StatementBuilder

MAPPER_BY_KIND: dict[str, Callable[[StatementBuilder, Record], None]] = {
    "case-study": map_case_study,
    "organisation": map_organisation,
    "obligation": map_obligation,
    "article": map_article,
    "mapping": map_mapping_row,
    "mapping-set": map_mapping_set,
    "sector-record": map_sector_record,
    "data-issue": map_issue_row,
    **dict.fromkeys(CLASS_BY_TYPE, map_initiative),
}
"""The mapper of each kind of record; a kind that is not here is mapped by its description."""


class MappedDocument(NamedTuple):
    """The statements and findings of a document, and the entities it describes with their lines."""

    statements: list[Statement]
    findings: list[Finding]
    described_entities: list[tuple[NamedNode, Span]]


def map_document(document: Document, context: MappingContext) -> MappedDocument:
    """Map every record of ``document`` and return its statements, findings and entities."""
    (mapped,) = map_document_parts(document, context, max(len(document.records), 1))
    return mapped


def map_document_parts(
    document: Document, context: MappingContext, size: int
) -> Iterator[MappedDocument]:
    """Map ``document`` and yield what each ``size`` records give, at least once.

    The statements of a download of 100,000 rows together would fill a gigabyte.
    """
    scribe = StatementBuilder(document, context)
    for start in range(0, max(len(document.records), 1), size):
        for number, record in enumerate(document.records[start : start + size], start=start + 1):
            scribe.number = number
            if mapper := MAPPER_BY_KIND.get(record.kind):
                mapper(scribe, record)
            else:
                map_described_row(scribe, record, context.tables[record.kind])
        statements, findings = scribe.statements, scribe.findings
        entities = scribe.described_entities
        if start + size >= len(document.records):
            statements = [*statements, *map_rdf_statements(document)]
            if document.reader == "sector" and not document.statements:
                findings.append(build_join_finding(scribe))
            findings += scribe.invalid_values.build_findings()
            findings = [*findings, *find_changed_literals(document)]
        yield MappedDocument(statements, findings, entities)
        scribe.statements, scribe.findings, scribe.described_entities = [], [], []
