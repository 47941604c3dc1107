"""Source lines of the statements of an RDF file.

The parser reports no positions, but yields each statement as soon as it has read it. So it is fed
chunk by chunk, and what it yields after a chunk, and before it reads the next, is in that chunk.
"""

import re
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple, cast

from pyoxigraph import BlankNode, Quad, RdfFormat, parse

from loader.document import Span

QuadTerm = object
"""A term of a quad, only compared and looked up here."""

LINE_FORMATS = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
TURTLE_FORMATS = (RdfFormat.TURTLE, RdfFormat.TRIG)

LEADING_SIGNS = re.compile(rb"[ \t]*[;,.\])}|~][;,.\])}|~ \t]*")
"""Characters at the head of a line that only now complete what the line before holds."""
STATEMENT_END = re.compile(rb"\.[ \t]+(?=[^ \t\r\n])")
NON_STATEMENT = re.compile(
    rb"\s*(?:#.*|[;,.\])}|~\s]*|(?i:@?prefix|@?base|@?version|graph)\s.*|[^\s\"{]*\s*\{\s*)",
    re.DOTALL,
)
"""A chunk in which no statement begins: comment, punctuation, directive, opening of a graph."""
XML_NON_STATEMENT = re.compile(rb"\s*(?:|<[?!/].*|<rdf:RDF\b.*|xmlns.*)", re.DOTALL)
GENERATED_LABEL = re.compile(r"[0-9a-f]{24,32}")
"""The labels that the parser generates for anonymous blank nodes."""


class ParserChunk(NamedTuple):
    """A run of bytes of one line; ``is_aside`` where no statement can begin in it."""

    data: bytes
    line: int
    is_aside: bool


class LocatedQuad(NamedTuple):
    """One statement with the lines that it was read from."""

    quad: Quad
    span: Span


class ChunkFeed:
    """A file object that gives the parser one chunk at a time and records the line.

    ``count`` chunks were read, the last from line ``line``. ``first`` is the line of the first
    chunk since ``take_span`` that is no aside (0 if there was none), ``last`` the line of the last
    one or of the last closing bracket or tag.
    """

    def __init__(self, chunks: Iterator[ParserChunk]) -> None:
        self.chunks = chunks
        self.remainder = b""
        self.count = 0
        self.line = 0
        self.first = 0
        self.last = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next chunk, or the first ``size`` bytes of it."""
        if not self.remainder:
            piece = next(self.chunks, None)
            if piece is None:
                return b""
            self.remainder, self.line = piece.data, piece.line
            self.count += 1
            if not piece.is_aside:
                self.first = self.first or piece.line
            if not piece.is_aside or piece.data.lstrip().startswith((b"]", b")", b"</")):
                self.last = piece.line
        size = len(self.remainder) if size < 0 else size
        data, self.remainder = self.remainder[:size], self.remainder[size:]
        return data

    def take_span(self) -> Span:
        """Return the lines read since the last ``take_span``.

        Asides alone complete what is on the last line that is no aside.
        """
        last = self.last or self.line
        span = Span(self.first, self.last) if self.first else Span(last, last)
        self.first = 0
        return span


def parse_located_quads(
    data: bytes, rdf_format: RdfFormat, feed: ChunkFeed
) -> Iterator[LocatedQuad]:
    """Yield every statement of ``data``, which ``feed`` passes to the parser.

    N-Triples and N-Quads: the line itself. Turtle, TriG and RDF/XML: the lines of the neighbouring
    statements about the same subject, unnamed blank nodes inside included. JSON-LD: the complete
    file, because its parser yields nothing before the end. Raise SyntaxError as
    ``pyoxigraph.parse``.
    """
    if rdf_format in LINE_FORMATS:
        yield from _locate_quads(parse(input=cast(IO[bytes], feed), format=rdf_format), feed)
    elif rdf_format == RdfFormat.JSON_LD:
        whole = Span(1, max(len(data.splitlines()), 1))
        yield from (
            LocatedQuad(quad, whole)
            for quad in parse(input=cast(IO[bytes], feed), format=rdf_format)
        )
    else:
        yield from _widen_to_subject_runs(
            list(_locate_quads(parse(input=cast(IO[bytes], feed), format=rdf_format), feed))
        )


def build_feed(data: bytes, rdf_format: RdfFormat) -> ChunkFeed:
    """Return the feed for a format."""
    makers: dict[RdfFormat, Callable[[bytes], Iterator[ParserChunk]]] = {
        RdfFormat.RDF_XML: _split_xml_lines,
        **dict.fromkeys(TURTLE_FORMATS, _split_turtle),
    }
    return ChunkFeed(makers.get(rdf_format, _split_lines)(data))


def _locate_quads(quads: Iterator[Quad], feed: ChunkFeed) -> Iterator[LocatedQuad]:
    """Yield each statement with the lines read since the one before it.

    The statement that a closing bracket or tag completes reaches back to where its object began.
    """
    count, span = 0, Span(1, 1)
    begun: dict[QuadTerm, int] = {}
    for quad in quads:
        closing = not feed.first
        fresh = feed.count != count
        if fresh:
            count, span = feed.count, feed.take_span()
        start = span.start
        if (fresh and closing) or _is_anonymous(quad.object):
            start = min(start, begun.get(quad.object, start))
        begun.setdefault(quad.subject, start)
        yield LocatedQuad(quad, span if start == span.start else Span(start, span.end))


def _is_anonymous(term: QuadTerm) -> bool:
    return isinstance(term, BlankNode) and bool(GENERATED_LABEL.fullmatch(term.value))


def _widen_to_subject_runs(statements: list[LocatedQuad]) -> Iterator[LocatedQuad]:
    """Yield the statements with the lines of their run: neighbours about the same named subject."""
    inside = (quad for quad, _ in statements if _is_anonymous(quad.object))
    parents: dict[QuadTerm, QuadTerm] = {quad.object: quad.subject for quad in inside}
    owners = [(_find_owner(quad.subject, parents), quad.graph_name) for quad, _ in statements]
    begin = 0
    for index in range(1, len(statements) + 1):
        if index < len(statements) and owners[index] == owners[begin]:
            continue
        run = statements[begin:index]
        start = min(span.start for _, span in run)
        span = Span(start, max(span.end for _, span in run))
        yield from (LocatedQuad(quad, span) for quad, _ in run)
        begin = index


def _find_owner(term: QuadTerm, parent_by_term: dict[QuadTerm, QuadTerm]) -> QuadTerm:
    """Return the named subject that contains an anonymous blank node at any depth."""
    # A cycle of blank nodes is legal RDF, so the way up must end at one seen before.
    passed: set[QuadTerm] = set()
    while _is_anonymous(term) and term in parent_by_term and term not in passed:
        passed.add(term)
        term = parent_by_term[term]
    return term


def _split_lines(data: bytes) -> Iterator[ParserChunk]:
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        yield ParserChunk(line, number, not line.strip() or line.lstrip().startswith(b"#"))


def _split_xml_lines(data: bytes) -> Iterator[ParserChunk]:
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        yield ParserChunk(line, number, bool(XML_NON_STATEMENT.fullmatch(line)))


def _split_turtle(data: bytes) -> Iterator[ParserChunk]:
    """Yield the lines, split after leading punctuation and after each possible end of a statement.

    A split inside a string or a comment does no harm: the parser reads the same bytes.
    """
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        for part in _split_turtle_line(line):
            yield ParserChunk(part, number, bool(NON_STATEMENT.fullmatch(part)))


def _split_turtle_line(line: bytes) -> Iterator[bytes]:
    if line.lstrip().startswith(b"#"):
        yield line
        return
    leading = LEADING_SIGNS.match(line)
    at = leading.end() if leading else 0
    if leading:
        yield line[:at]
    comment = line.find(b" #")
    end = comment if comment > 0 else len(line)
    for stop in STATEMENT_END.finditer(line, at, end):
        yield line[at : stop.end()]
        at = stop.end()
    if at < len(line):
        yield line[at:]
