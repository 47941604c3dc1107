"""Reader of RDF in all its syntaxes: statements with their lines, blank nodes as IRIs."""

import codecs
import re

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from loader.document import Document, LocatedStatement, Object, Span, Subject
from loader.errors import DataError, Finding, Severity
from loader.namespaces import slugify
from loader.readers.jsonld_losses import find_dropped_keys
from loader.readers.rdf_format import detect_format, find_syntax_hint
from loader.readers.rdf_positions import ChunkFeed, build_feed, parse_located_quads
from loader.readers.rdf_xml_entities import decode_source, prepare_rdf_xml
from loader.readers.source import SourceFile
from loader.settings import BASE, SKOLEM_BASE

PROJECT_GRAPH_BASE = BASE + "graph/"


def read_rdf(source: SourceFile) -> Document:
    """Read the statements of the file; those of the default graph stay in it.

    A blank node becomes an IRI (https://www.w3.org/TR/rdf11-concepts/#section-skolemization), so
    that it can be referred to and stays one node in every file that a build writes. They are
    numbered in the order in which they appear, so that equal bytes give equal terms; RDFC-1.0 would
    too, but needs hours for a dozen nodes that are all connected. Raise DataError, with the line
    where the parser reports it, if the syntax is broken.
    """
    source = decode_source(source)
    format = detect_format(source)
    text = source.text
    statements, findings = _parse_statements(source, format)
    findings += source.find_control_characters()
    if format == RdfFormat.JSON_LD:
        findings += find_dropped_keys(source)
    if not statements and not findings:
        message = "the file holds no statement; fill it or delete it."
        findings.append(source.build_warning("rdf-empty", message, 1 if text else 0))
    return Document(
        source.path,
        source.name,
        source.sha256,
        len(source.lines),
        format.name.lower(),
        statements=tuple(statements),
        findings=tuple(sorted(findings)),
    )


def _parse_statements(
    source: SourceFile, rdf_format: RdfFormat
) -> tuple[list[LocatedStatement], list[Finding]]:
    """Return the accepted statements, and a finding for each graph that may not be written."""
    prepared = prepare_rdf_xml(source) if rdf_format == RdfFormat.RDF_XML else source
    data = prepared.data.removeprefix(codecs.BOM_UTF8)
    feed = build_feed(data, rdf_format)
    renamer = BlankNodeSkolemiser(slugify(source.name.rsplit(".", 1)[0]) or "document")
    statements: list[LocatedStatement] = []
    refused: dict[str, Finding] = {}
    try:
        for quad, span in parse_located_quads(data, rdf_format, feed):
            problem = _check_graph(source, quad, span)
            if problem:
                refused.setdefault(str(quad.graph_name), problem)
            else:
                statements.append(LocatedStatement(renamer.skolemise_quad(quad), span))
    except SyntaxError as error:
        raise _build_syntax_error(source, rdf_format, error, feed) from None
    return statements, list(refused.values())


def _check_graph(source: SourceFile, quad: Quad, span: Span) -> Finding | None:
    """Return why a statement may not be in its graph, or None if it may."""
    graph = quad.graph_name
    if isinstance(graph, DefaultGraph):
        return None
    if isinstance(graph, BlankNode):
        code, message = "blank-graph", "a graph without a name is not taken; give it an IRI."
    elif graph.value.startswith(PROJECT_GRAPH_BASE):
        code = "graph-is-ours"
        message = (
            f"the graph <{graph.value}> belongs to this project, which makes it from its own "
            "documents; its statements are not taken: give the graph a name of your own."
        )
    else:
        return None
    return Finding(source.path, span.start, 0, Severity.ERROR, message, code)


class BlankNodeSkolemiser:
    """Replaces the blank nodes of one document by IRIs that are stable and unique to it."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.iri_by_blank_node: dict[BlankNode, NamedNode] = {}

    def skolemise_quad(self, quad: Quad) -> Quad:
        """Return the quad with its blank nodes replaced, including those inside triple terms."""
        subject, value = self._skolemise_subject(quad.subject), self._skolemise_object(quad.object)
        if subject is quad.subject and value is quad.object:
            return quad
        return Quad(subject, quad.predicate, value, quad.graph_name)

    def _skolemise_subject(self, term: Subject) -> Subject:
        if not isinstance(term, BlankNode):
            return term
        fresh = NamedNode(f"{SKOLEM_BASE}{self.slug}-b{len(self.iri_by_blank_node) + 1}")
        return self.iri_by_blank_node.setdefault(term, fresh)

    def _skolemise_object(self, term: Object) -> Object:
        if isinstance(term, BlankNode):
            return self._skolemise_subject(term)
        if isinstance(term, Triple) and not isinstance(term.subject, Triple):
            subject, value = (
                self._skolemise_subject(term.subject),
                self._skolemise_object(term.object),
            )
            return Triple(subject, term.predicate, value)
        return term


def _build_syntax_error(
    source: SourceFile, rdf_format: RdfFormat, error: SyntaxError, feed: ChunkFeed
) -> DataError:
    """Return a finding at the position of the parser's error or, without one, of the feed."""
    told = error.msg or ""
    reason = re.sub(r"^Parser error [^:]*: |\s*\(line \d+\)$", "", told).strip()
    hint = find_syntax_hint(rdf_format, told)
    hint = f" ({hint})" if hint else ""
    line = error.lineno or (
        feed.line if rdf_format != RdfFormat.JSON_LD else _find_context_line(source)
    )
    column = error.offset or 0
    message = f"this is not valid {rdf_format.name}: {reason}{hint}; nothing of the file is taken."
    finding = Finding(source.path, line, column, Severity.ERROR, message, "rdf-syntax")
    return DataError(str(finding), [finding])


def _find_context_line(source: SourceFile) -> int:
    """Return the line of the first context that is an address; 0 if there is none."""
    found = re.search(r'"@context"\s*:\s*\[?\s*"', source.text)
    return source.text.count("\n", 0, found.end()) + 1 if found else 0
