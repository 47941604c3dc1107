"""Turns a document into statements; pure: no file, no clock, no state between documents."""

from collections.abc import Callable
from typing import NamedTuple

from pyoxigraph import NamedNode

from loader.document import Document, Record, Span
from loader.errors import Finding
from loader.mapping.article_claims import article
from loader.mapping.case_study import case_study
from loader.mapping.initiative import CLASSES, initiative
from loader.mapping.lookups import Context
from loader.mapping.mapping_set import link
from loader.mapping.obligation import obligation
from loader.mapping.organisation import organisation
from loader.mapping.rdf_passthrough import rdf_statements
from loader.mapping.sector_record import sector_record
from loader.mapping.statement_builder import Scribe
from loader.statements import Statement

MAPPERS: dict[str, Callable[[Scribe, Record], None]] = {
    "case-study": case_study,
    "organisation": organisation,
    "obligation": obligation,
    "article": article,
    "mapping": link,
    "sector-record": sector_record,
    **dict.fromkeys(CLASSES, initiative),
}


class Mapped(NamedTuple):
    """What a document says, what is wrong with it, and the things that it describes, with lines."""

    statements: list[Statement]
    findings: list[Finding]
    described: list[tuple[NamedNode, Span]]


def map_document(document: Document, context: Context) -> Mapped:
    """The statements of a document and what was found wrong while they were made."""
    scribe = Scribe(document, context)
    for number, record in enumerate(document.records, start=1):
        scribe.number = number
        MAPPERS[record.kind](scribe, record)
    statements = [*scribe.statements, *rdf_statements(document)]
    return Mapped(statements, scribe.findings, scribe.described)
