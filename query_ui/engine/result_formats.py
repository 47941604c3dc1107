"""The formats of query results, and their negotiation by an Accept header."""

from dataclasses import dataclass
from typing import Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

ResultKind = Literal["bindings", "boolean", "graph"]
"""The result forms: rows (SELECT), true or false (ASK), triples (CONSTRUCT, DESCRIBE).

https://www.w3.org/TR/sparql11-query/#QueryForms
"""


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A serialisation format of query results.

    ``name`` identifies it on the command line, ``media_type`` in HTTP and ``suffix`` (with its
    dot) in file names and paths; ``also`` are further media types that select it.
    """

    name: str
    media_type: str
    suffix: str
    writer: QueryResultsFormat | RdfFormat
    also: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header; text formats declare UTF-8."""
        text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if text else self.media_type


JSON = ResultFormat(
    "json",
    "application/sparql-results+json",
    ".json",
    QueryResultsFormat.JSON,
    ("application/json",),
)
XML = ResultFormat(
    "xml",
    "application/sparql-results+xml",
    ".xml",
    QueryResultsFormat.XML,
    ("application/xml", "text/xml"),
)
CSV = ResultFormat("csv", "text/csv", ".csv", QueryResultsFormat.CSV)
TSV = ResultFormat("tsv", "text/tab-separated-values", ".tsv", QueryResultsFormat.TSV)
TURTLE = ResultFormat("ttl", "text/turtle", ".ttl", RdfFormat.TURTLE, ("application/x-turtle",))
N_TRIPLES = ResultFormat("nt", "application/n-triples", ".nt", RdfFormat.N_TRIPLES, ("text/plain",))
JSON_LD = ResultFormat(
    "jsonld", "application/ld+json", ".jsonld", RdfFormat.JSON_LD, ("application/json",)
)
RDF_XML = ResultFormat(
    "rdfxml",
    "application/rdf+xml",
    ".rdf",
    RdfFormat.RDF_XML,
    ("application/xml", "text/xml"),
)
TRIG = ResultFormat("trig", "application/trig", ".trig", RdfFormat.TRIG, ("application/x-trig",))
N_QUADS = ResultFormat("nq", "application/n-quads", ".nq", RdfFormat.N_QUADS, ("text/x-nquads",))

XLSX = ResultFormat(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsx",
    QueryResultsFormat.TSV,
)
"""Workbooks of saved queries and tables, which are made from TSV; SPARQL has no such format."""

FORMATS_BY_KIND: dict[ResultKind, tuple[ResultFormat, ...]] = {
    "bindings": (JSON, CSV, TSV, XML),
    "boolean": (JSON, CSV, TSV, XML),
    "graph": (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS),
}
"""The formats of each kind of result; the first is the default."""

FORMAT_NAMES = tuple(
    dict.fromkeys(form.name for kind in ("bindings", "graph") for form in FORMATS_BY_KIND[kind])
)
"""The names of all formats on the command line."""

EXCHANGE_FORMATS: dict[ResultKind, ResultFormat] = {
    "bindings": JSON,
    "boolean": JSON,
    "graph": N_TRIPLES,
}
"""The lossless formats in which results pass between parts of the program."""

WORKBOOK_SOURCE_FORMATS: dict[ResultKind, ResultFormat] = {**EXCHANGE_FORMATS, "bindings": TSV}
"""The formats from which workbooks are made: TSV loses nothing and is read in a third of the time.

https://www.w3.org/TR/sparql11-results-csv-tsv/#tsv
"""


def find_format(name: str, kind: ResultKind) -> ResultFormat | None:
    """Return the format for ``kind`` called ``name``, such as ``csv``, or None."""
    return _FORMAT_BY_KIND_AND_NAME.get((kind, name))


_FORMAT_BY_KIND_AND_NAME = {
    (kind, form.name): form for kind, forms in FORMATS_BY_KIND.items() for form in forms
}


def find_format_by_suffix(suffix: str, kind: ResultKind) -> ResultFormat | None:
    """Return the format for ``kind`` with ``suffix``, such as ``.csv``, or None."""
    return next((form for form in FORMATS_BY_KIND[kind] if form.suffix == suffix), None)
