"""The formats an answer can be written in, and the choice among them by an Accept header."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

ResultKind = Literal["bindings", "boolean", "graph"]
"""What a query gives: rows (SELECT), true or false (ASK), triples (CONSTRUCT, DESCRIBE)."""


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """One way to write an answer.

    ``name`` is what the command line calls it, ``media_type`` what HTTP does, ``suffix`` ends a
    file name or a path (with its dot), ``also`` are the media types that may ask for it besides.
    """

    name: str
    media_type: str
    suffix: str
    writer: QueryResultsFormat | RdfFormat
    also: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header: text formats say that they are UTF-8."""
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

FORMATS_BY_KIND: dict[ResultKind, tuple[ResultFormat, ...]] = {
    "bindings": (JSON, CSV, TSV, XML),
    "boolean": (JSON, CSV, TSV, XML),
    "graph": (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS),
}
"""The formats of each kind of result; the first is what a caller gets who does not mind."""

FORMAT_NAMES = tuple(
    dict.fromkeys(form.name for kind in ("bindings", "graph") for form in FORMATS_BY_KIND[kind])
)
"""Every name that a format has on the command line."""

EXCHANGE_FORMATS: dict[ResultKind, ResultFormat] = {
    "bindings": JSON,
    "boolean": JSON,
    "graph": N_TRIPLES,
}
"""The formats in which an answer goes from one part of the program to another, without loss."""


def find_format(name: str, kind: ResultKind) -> ResultFormat | None:
    """The format of that name (``csv``) among those that fit ``kind``, or None."""
    return next((form for form in FORMATS_BY_KIND[kind] if form.name == name), None)


def find_format_by_suffix(suffix: str, kind: ResultKind) -> ResultFormat | None:
    """The format of that suffix (``.csv``) among those that fit ``kind``, or None."""
    return next((form for form in FORMATS_BY_KIND[kind] if form.suffix == suffix), None)


def negotiate_format(accept: str, kind: ResultKind) -> ResultFormat | None:
    """The format that an Accept header likes best for a result of ``kind``.

    An empty header accepts anything. The most specific range that matches a type gives its
    quality; among equal qualities a type that was named goes before one that a wildcard lets in,
    then the order of ``FORMATS_BY_KIND``. None when nothing fits: HTTP 406.
    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
    """
    ranges = dict(_parse_media_ranges(accept)) if accept.strip() else {"*/*": 1.0}
    scored = [(*_score_format(form, ranges), form) for form in FORMATS_BY_KIND[kind]]
    best = max(scored, key=lambda item: item[:2])
    return best[2] if best[0] > 0 else None


def _parse_media_ranges(accept: str) -> Iterator[tuple[str, float]]:
    """The media ranges of an Accept header with their qualities; malformed ones are left out."""
    for element in accept.lower().split(","):
        name, *parameters = (part.strip() for part in element.split(";"))
        quality = next((p[2:].strip() for p in parameters if p.startswith("q=")), "1")
        if re.fullmatch(r"[^\s/]+/[^\s/]+", name) and re.fullmatch(r"[01](\.\d{0,3})?", quality):
            yield name, min(float(quality), 1.0)


def _score_format(
    result_format: ResultFormat, quality_by_range: dict[str, float]
) -> tuple[float, int]:
    """How well a format is liked, and how exactly it was asked for (2, 1 or 0)."""
    family = result_format.media_type.partition("/")[0]
    tries = ((2, result_format.media_type), (1, f"{family}/*"), (0, "*/*"))
    own = next(
        (
            (quality_by_range[name], exactness)
            for exactness, name in tries
            if name in quality_by_range
        ),
        (0.0, 0),
    )
    return max(
        [
            own,
            *(
                (quality_by_range[name], 2)
                for name in result_format.also
                if name in quality_by_range
            ),
        ]
    )
