"""Conversion of statements to quads: the named graphs of a document and its catalogue entry.

A passage (``ckg:Passage``) locates the source of statements: it names a document, lines, a rule
and, where the object is not itself the quotation, the words. One that names subject, property and
object explains just that statement; without the object, every statement of that subject and
property that has no closer passage; without the property, every statement about the subject.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from loader.document import Document, Object, Rule, Span, Statement, Subject
from loader.namespaces import (
    ADMS,
    CATALOGUE,
    CKG,
    DCTERMS,
    PROV,
    RDF,
    VOID,
    XSD,
    graph,
    slugify,
    web_iri,
)
from loader.settings import BASE

TRUST = {name.lower(): CKG[name] for name in ("Official", "Platform", "Curated", "Low")}
RULES = {rule: CKG[rule.value] for rule in Rule}


class Reason(NamedTuple):
    """Why a statement is made: lines, rule, quotation, and its trust where that is its own."""

    span: Span
    rule: Rule
    quoted: str
    trust: NamedNode | None


Line = tuple[str, str]
"""A statement as N-Triples text without its full stop, and the graph that contains it."""


def build_document_lines(
    document: Document, home: NamedNode, statements: list[Statement], first_passage: int = 1
) -> Iterator[Line]:
    """Yield every line of a document: its statements, its passages and its catalogue entry.

    ``first_passage`` is the number of the first passage, where statements before were yielded.
    """
    by_graph: dict[NamedNode, list[Statement]] = defaultdict(list)
    by_graph[home]
    for statement in statements:
        by_graph[statement.graph or home].append(statement)
    catalogue = str(CATALOGUE)
    for name, group in by_graph.items():
        graph = str(name)
        yield from ((f"{s.subject} {s.predicate} {s.object}", graph) for s in group)
        passages = build_passage_lines(document, name, home, group, first_passage)
        yield from ((text, catalogue) for text in passages)
        yield from format_quads(build_catalogue_quads(document, name, home))


def build_passage_lines(
    document: Document, name: NamedNode, home: NamedNode, group: list[Statement], first: int
) -> Iterator[str]:
    """Yield what explains the statements of one graph, as N-Triples text without full stops.

    Records of a sector dataset are passages themselves: of their own statements and of those about
    the identifiers that they state (``docs/decisions/0056-records-explain-identifiers.md``).
    """
    if document.reader == "sector":
        located = {s.subject for s in group if s.predicate == CKG.startLine}
        explained = find_explaining_records(group, located)
        for identifier, record in explained.items():
            yield f"{record} {CKG.statementSubject} {identifier}"
        group = [s for s in group if s.subject not in located and s.subject not in explained]
    yield from format_passages(name, home, group, first)


def find_explaining_records(
    statements: list[Statement], records: set[Subject]
) -> dict[Subject, Subject]:
    """Return the first of some records that states each identifier described beside it."""
    described = {s.subject for s in statements if s.object == ADMS.Identifier}
    explained: dict[Subject, Subject] = {}
    for s in statements:
        if s.predicate == CKG.statesIdentifier and s.subject in records and s.object in described:
            assert not isinstance(s.object, Literal)
            explained.setdefault(s.object, s.subject)
    return explained


def format_quads(quads: Iterable[Quad | Line]) -> Iterator[Line]:
    """Return quads of named graphs as lines; what is a line already stays."""
    return (
        one if isinstance(one, tuple) else (str(one.triple), str(one.graph_name)) for one in quads
    )


def format_passages(
    name: NamedNode, home: NamedNode, statements: list[Statement], first: int = 1
) -> Iterator[str]:
    """Yield the passages of one graph, numbered in the order of the statements they explain.

    They are three quads in four of a large release, so they are formatted as text directly: with
    ``Quad`` objects, reading 10,000 case studies took 6.7 s instead of 5.2 s.
    """
    prefix = home.value if name == home else f"{home.value}/{slugify(name.value)}"
    for number, (subjects, predicates, object_, reason) in enumerate(
        build_passages(statements), start=first
    ):
        span, rule, quoted, trust = reason
        node = f"<{prefix}#{number}>"
        yield f"{node} {RDF.type} {CKG.Passage}"
        yield from (f"{node} {CKG.statementSubject} {subject}" for subject in subjects)
        yield from (f"{node} {CKG.statementProperty} {predicate}" for predicate in predicates)
        if object_ is not None:
            yield f"{node} {CKG.statementObject} {object_}"
        yield f"{node} {PROV.wasQuotedFrom} {name}"
        yield f'{node} {CKG.startLine} "{span.start}"^^{XSD.integer}'
        yield f'{node} {CKG.endLine} "{span.end}"^^{XSD.integer}'
        if span.column:
            yield f'{node} {CKG.startColumn} "{span.column}"^^{XSD.integer}'
        if quoted:
            yield f"{node} {PROV.value} {Literal(quoted)}"
        yield f"{node} {CKG.rule} {RULES[rule]}"
        if trust is not None:
            yield f"{node} {CKG.trust} {trust}"


Passage = tuple[list[Subject], list[NamedNode], Object | None, Reason]


def build_passages(statements: Iterable[Statement]) -> Iterator[Passage]:
    """Yield the fewest passages that explain the statements.

    Of the reasons for the statements of one subject and property, the commonest (then the first)
    goes to a passage without an object, and each other statement has one of its own. Statements
    that rest on a complete record share a passage without a property, except where another reason
    explains the same property, which is closer to them; one passage serves all the subjects of a
    record, and one all the properties of a subject that have the same reason.
    """
    statements = list(statements)
    explained = {(s.subject, s.predicate) for s in statements if not is_from_record(s)}
    grouped: dict[tuple[Subject, NamedNode | None], dict[Reason, list[Statement]]] = {}
    for statement in statements:
        place = (statement.subject, statement.predicate)
        key = place if place in explained else (statement.subject, None)
        reasons = grouped.setdefault(key, {})
        reason = Reason(statement.span, statement.rule, statement.quoted, statement.trust)
        reasons.setdefault(reason, []).append(statement)
    subjects_by_reason: dict[Reason, list[Subject]] = {}
    predicates_by_reason: dict[tuple[Subject, Reason], list[NamedNode]] = {}
    for (subject, predicate), reasons in grouped.items():
        general = max(reasons, key=lambda reason: len(reasons[reason]))
        if predicate is None:
            subjects_by_reason.setdefault(general, []).append(subject)
        else:
            predicates_by_reason.setdefault((subject, general), []).append(predicate)
        for reason, others in reasons.items():
            if reason != general:
                yield from (
                    ([subject], [other.predicate], other.object, reason) for other in others
                )
    for (subject, reason), predicates in predicates_by_reason.items():
        yield [subject], predicates, None, reason
    yield from ((subjects, [], None, reason) for reason, subjects in subjects_by_reason.items())


def is_from_record(statement: Statement) -> bool:
    """Return whether the statement follows from the complete record and not from one field."""
    if statement.rule == Rule.RDF and statement.quoted:
        return False
    whole = (Rule.RECORD, Rule.RDF, Rule.TABLE_ROW, Rule.SECTOR)
    return statement.rule in whole and statement.trust is None


def build_catalogue_quads(document: Document, name: NamedNode, home: NamedNode) -> Iterator[Quad]:
    """Yield the catalogue entry of a graph: its file, hash, reader, trust and terms of use."""
    about = read_metadata(document)
    yield Quad(name, RDF.type, PROV.Entity, CATALOGUE)
    yield Quad(name, RDF.type, CKG.SourceDocument, CATALOGUE)
    yield Quad(name, DCTERMS.title, Literal(about.get("title") or document.name), CATALOGUE)
    yield Quad(name, CKG.sourceFile, Literal(get_source_name(document)), CATALOGUE)
    yield Quad(name, CKG.sha256, Literal(document.sha256), CATALOGUE)
    yield Quad(name, CKG.reader, Literal(document.reader), CATALOGUE)
    yield Quad(name, CKG.lineCount, number_literal(document.lines), CATALOGUE)
    yield Quad(name, CKG.trust, TRUST[about.get("trust") or "curated"], CATALOGUE)
    if name != home:
        yield Quad(name, PROV.wasDerivedFrom, home, CATALOGUE)
    for key, predicate in (("licence", DCTERMS.license), ("source", DCTERMS.source)):
        if about.get(key):
            yield Quad(name, predicate, web_iri(about[key]) or Literal(about[key]), CATALOGUE)
    if about.get("attribution"):
        yield Quad(name, DCTERMS.rights, Literal(about["attribution"]), CATALOGUE)
    if about.get("publisher"):
        yield Quad(name, DCTERMS.publisher, Literal(about["publisher"]), CATALOGUE)
    if about.get("retrieved"):
        day = Literal(about["retrieved"], datatype=XSD.date)
        yield Quad(name, CKG.retrieved, day, CATALOGUE)
    endpoint = web_iri(about.get("endpoint", ""))
    if endpoint:
        yield Quad(name, VOID.sparqlEndpoint, endpoint, CATALOGUE)
    yield from build_derivation_quads(document, name)


def get_source_name(document: Document) -> str:
    """Return the name of the file whose lines are counted; for a descriptor, its download."""
    if document.reader != "sector":
        return document.name
    return f"{document.name.rpartition('/')[0]}/{Path(document.path).name}".lstrip("/")


def read_metadata(document: Document) -> dict[str, str]:
    """Return the metadata of the document by key; what the file itself states comes first."""
    return {field.name: field.text for field in reversed(document.about)}


def build_derivation_quads(document: Document, name: NamedNode) -> Iterator[Quad]:
    """Yield the source text that a curator worked from: its file name, hash and lines."""
    about = {
        key.removeprefix("derived_from."): text for key, text in read_metadata(document).items()
    }
    if not about.get("file"):
        return
    text = NamedNode(f"{BASE}id/source-text/{slugify(about['file'])}")
    yield Quad(name, PROV.wasDerivedFrom, text, CATALOGUE)
    yield Quad(text, RDF.type, PROV.Entity, CATALOGUE)
    yield Quad(text, CKG.sourceFile, Literal(about["file"]), CATALOGUE)
    if about.get("sha256"):
        yield Quad(text, CKG.sha256, Literal(about["sha256"]), CATALOGUE)
    start, _, end = about.get("lines", "").partition("-")
    if start.isdigit():
        yield Quad(name, CKG.startLine, number_literal(int(start)), CATALOGUE)
        yield Quad(name, CKG.endLine, number_literal(int(end or start)), CATALOGUE)


def number_literal(value: int) -> Literal:
    """Return ``value`` as an ``xsd:integer`` in canonical form."""
    return Literal(str(value), datatype=XSD.integer)


def decimal_literal(text: str) -> Literal:
    """Return an ``xsd:decimal`` in canonical form, as the engine's store keeps its value.

    https://www.w3.org/TR/xmlschema11-2/#decimal
    """
    return Literal(f"{Decimal(text).normalize():f}", datatype=XSD.decimal)


def graph_of(name: str) -> NamedNode:
    """Return the graph of a document: its path in the data folder, without suffix, as a slug."""
    name = name.removesuffix(".sssom.tsv")
    stem = name.rsplit(".", 1)[0] if "." in name.rsplit("/", 1)[-1] else name
    return graph(slugify(stem) or "document")
