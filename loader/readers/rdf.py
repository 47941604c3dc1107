"""RDF in all its syntaxes: statements pass through with their lines, and blank nodes get names."""

import codecs
import re
from pathlib import PurePosixPath

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from loader.document import Document, Located, Span
from loader.errors import DataError, Finding, Severity
from loader.namespaces import slugify
from loader.readers.jsonld_losses import losses
from loader.readers.rdf_positions import Feed, feed_of, placed
from loader.readers.source import Source
from loader.settings import BASE
from loader.statements import Object, Subject

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
}
OURS = BASE + "graph/"
GENERATED = BASE + ".well-known/genid/"
HINTS = (
    ("has not been declared", "declare it with a line @prefix …: <…> . at the top"),
    ("No scheme found in an absolute IRI", "write the IRI out, or declare @base"),
    ("LoadDocumentCallback", "its @context is an address, and nothing is fetched; write it out"),
    ("Unexpected end of file", "a string, bracket or statement is not closed"),
)


def read(source: Source) -> Document:
    """The statements of the file; those of the default graph stay in it.

    A blank node becomes an IRI (https://www.w3.org/TR/rdf11-concepts/#section-skolemization), so
    that it can be pointed at and stays one node in every file that a build writes. They are
    numbered in the order in which they appear, so that equal bytes give equal terms; RDFC-1.0
    would too, but needs hours for a dozen nodes that all know each other.
    Raises DataError, with the line where the parser tells it, if the syntax is broken.
    """
    format = FORMATS[PurePosixPath(source.name).suffix.lower()]
    text = source.text
    statements, findings = _statements(source, format)
    findings += source.control_characters()
    if format == RdfFormat.JSON_LD:
        findings += losses(source)
    if not statements and not findings:
        message = "the file holds no statement; fill it or delete it."
        findings.append(source.finding("rdf-empty", message, 1 if text else 0))
    return Document(
        source.path,
        source.name,
        source.sha256,
        len(source.lines),
        format.name.lower(),
        statements=tuple(statements),
        findings=tuple(sorted(findings)),
    )


def _statements(source: Source, format: RdfFormat) -> tuple[list[Located], list[Finding]]:
    """What the file states, without the graphs that it may not write to, and why not those."""
    data = source.data.removeprefix(codecs.BOM_UTF8)
    feed = feed_of(data, format)
    renamer = Renamer(slugify(source.name.rsplit(".", 1)[0]) or "document")
    statements: list[Located] = []
    refused: dict[str, Finding] = {}
    try:
        for quad, span in placed(data, format, feed):
            problem = _refusal(source, quad, span)
            if problem:
                refused.setdefault(str(quad.graph_name), problem)
            else:
                statements.append(Located(renamer.quad(quad), span))
    except SyntaxError as error:
        raise _syntax(source, format, error, feed) from None
    return statements, list(refused.values())


def _refusal(source: Source, quad: Quad, span: Span) -> Finding | None:
    """Why a statement may not stand in its graph, or None if it may."""
    graph = quad.graph_name
    if isinstance(graph, DefaultGraph):
        return None
    if isinstance(graph, BlankNode):
        code, message = "blank-graph", "a graph without a name is not taken; give it an IRI."
    elif graph.value.startswith(OURS):
        code = "graph-is-ours"
        message = (
            f"the graph <{graph.value}> belongs to this project, which makes it from its own "
            "documents; its statements are not taken: give the graph a name of your own."
        )
    else:
        return None
    return Finding(source.path, span.start, 0, Severity.ERROR, message, code)


class Renamer:
    """Gives the blank nodes of one document IRIs that are stable and belong to it alone."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.names: dict[BlankNode, NamedNode] = {}

    def quad(self, quad: Quad) -> Quad:
        """The quad with its blank nodes renamed, those inside triple terms included."""
        subject, value = self._subject(quad.subject), self._object(quad.object)
        if subject is quad.subject and value is quad.object:
            return quad
        return Quad(subject, quad.predicate, value, quad.graph_name)

    def _subject(self, term: Subject) -> Subject:
        if not isinstance(term, BlankNode):
            return term
        fresh = NamedNode(f"{GENERATED}{self.slug}-b{len(self.names) + 1}")
        return self.names.setdefault(term, fresh)

    def _object(self, term: Object) -> Object:
        if isinstance(term, BlankNode):
            return self._subject(term)
        if isinstance(term, Triple) and not isinstance(term.subject, Triple):
            subject, value = self._subject(term.subject), self._object(term.object)
            return Triple(subject, term.predicate, value)
        return term


def _syntax(source: Source, format: RdfFormat, error: SyntaxError, feed: Feed) -> DataError:
    """Our own sentence, with the place that the parser gives or, failing that, had come to."""
    told = error.msg or ""
    reason = re.sub(r"^Parser error [^:]*: |\s*\(line \d+\)$", "", told).strip()
    hint = next((f" ({hint})" for sign, hint in HINTS if sign in told), "")
    line = error.lineno or (feed.line if format != RdfFormat.JSON_LD else _context_line(source))
    column = error.offset or 0
    message = f"this is not valid {format.name}: {reason}{hint}; nothing of the file is taken."
    finding = Finding(source.path, line, column, Severity.ERROR, message, "rdf-syntax")
    return DataError(str(finding), [finding])


def _context_line(source: Source) -> int:
    """The line of the first context that is an address; 0 if there is none."""
    found = re.search(r'"@context"\s*:\s*\[?\s*"', source.text)
    return source.text.count("\n", 0, found.end()) + 1 if found else 0
