"""Descriptions of a release in its own graphs: statistics as VoID, saved queries as SHACL.

Every node has an IRI, and nothing depends on the day: equal input gives equal descriptions. What is
the same for every release is in ``ontology/dataset.ttl``.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from loader.mapping.provenance import number_literal
from loader.namespaces import (
    CKG,
    DATASET,
    DCTERMS,
    DUMP,
    ENDPOINT,
    ISSUES,
    QUERIES,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    STATISTICS,
    VOID,
)
from loader.queries.query_text import bare
from loader.queries.saved_query import SavedQuery
from loader.release.void_counts import Links, Partitions, Statistics
from loader.settings import BASE

ONTOLOGY = NamedNode(f"{BASE}ontology")
FORMS = {
    "SELECT": (SH.SPARQLSelectExecutable, SH.select),
    "ASK": (SH.SPARQLAskExecutable, SH.ask),
    "CONSTRUCT": (SH.SPARQLConstructExecutable, SH.construct),
}
"""The class of a query of each form, and the property of its text; SHACL has no other."""
_FORM = re.compile(r"(?<![\w:?$-])(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w:-])", re.IGNORECASE)
_END = re.compile(r"[A-Za-z0-9]+(?=/?$)")
_LOCAL = re.compile(r"[^/#]*$")


def statistics_quads(found: Statistics, issues: Partitions) -> Iterator[Quad]:
    """Yield the quads of the graph of statistics.

    ``issues`` are those of the graph of data issues, which the statistics do not count.
    """
    whole = found.whole
    yield from partition_quads(DATASET, whole)
    yield about(DATASET, VOID.distinctSubjects, number_literal(found.subjects))
    yield about(DATASET, VOID.distinctObjects, number_literal(found.objects))
    for space in {_LOCAL.sub("", term.value) for term in (*whole.properties, *whole.classes)}:
        known = ONTOLOGY if space == CKG.base else NamedNode(space)
        yield about(DATASET, VOID.vocabulary, known)
    for example in found.examples:
        yield about(DATASET, VOID.exampleResource, example)
    for licence in found.licences:
        yield about(DATASET, DCTERMS.license, licence)
        yield about(DUMP, DCTERMS.license, licence)
    for graph, triples in found.graphs.items():
        yield about(DATASET, VOID.subset, graph)
        yield about(graph, VOID.triples, number_literal(triples))
    for links in found.links:
        yield from link_quads(links)
    if issues.triples:
        yield about(DATASET, VOID.subset, ISSUES)
        yield from partition_quads(ISSUES, issues)


def partition_quads(dataset: NamedNode, found: Partitions) -> Iterator[Quad]:
    """Yield the statements of a dataset by property, by class, and by property of a class.

    https://www.w3.org/TR/void/#class-property-partitions
    """
    yield about(dataset, VOID.triples, number_literal(found.triples))
    yield about(dataset, VOID.properties, number_literal(len(found.properties)))
    yield about(dataset, VOID.classes, number_literal(len(found.classes)))
    for prop, triples in found.properties.items():
        yield from property_quads(dataset, part("property", dataset, prop), prop, triples)
    for kind, entities in found.classes.items():
        node = part("class", dataset, kind)
        yield about(dataset, VOID.classPartition, node)
        yield about(node, VOID["class"], kind)
        yield about(node, VOID.entities, number_literal(entities))
    for (kind, prop), triples in found.pairs.items():
        node = part("pair", dataset, kind, prop)
        yield from property_quads(part("class", dataset, kind), node, prop, triples)


def property_quads(
    dataset: NamedNode, node: NamedNode, prop: NamedNode, triples: int
) -> Iterator[Quad]:
    """Yield the number of statements of one property in a dataset or class partition."""
    yield about(dataset, VOID.propertyPartition, node)
    yield about(node, VOID.property, prop)
    yield about(node, VOID.triples, number_literal(triples))


def link_quads(links: Links) -> Iterator[Quad]:
    """Yield the statements that lead to another dataset: https://www.w3.org/TR/void/#linkset"""
    node = part("links", links.property, NamedNode(links.space))
    other = links.register or part("target", NamedNode(links.space))
    yield about(DATASET, VOID.subset, node)
    yield about(node, RDF.type, VOID.Linkset)
    yield about(node, VOID.target, DATASET)
    yield about(node, VOID.target, other)
    yield about(node, VOID.linkPredicate, links.property)
    yield about(node, VOID.triples, number_literal(links.triples))
    if links.register is None:
        yield about(other, RDF.type, VOID.Dataset)
        yield about(other, VOID.uriSpace, Literal(links.space))


def query_quads(queries: Iterable[SavedQuery]) -> Iterator[Quad]:
    """Yield the quads of the graph of saved queries, each file word for word.

    https://www.w3.org/TR/shacl/#SPARQLExecutable
    """
    for query in queries:
        node = NamedNode(f"{BASE}queries/{query.name}")
        for predicate, value in said(query):
            yield Quad(node, predicate, value, QUERIES)


def said(query: SavedQuery) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    """Yield the properties of one saved query."""
    yield RDF.type, SH.SPARQLExecutable
    form = _FORM.search(bare(query.text))
    if form and form[0].upper() in FORMS:
        kind, has_text = FORMS[form[0].upper()]
        yield RDF.type, kind
        yield has_text, Literal(query.text)
    yield RDFS.label, Literal(query.title)
    yield RDFS.comment, Literal(query.summary)
    yield SH.prefixes, ONTOLOGY
    yield SCHEMA.target, ENDPOINT
    yield CKG.sourceFile, Literal(f"sparql/queries/{query.name}.rq")
    for tag in query.tags:
        yield SCHEMA.keywords, Literal(tag)


def about(subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> Quad:
    """Return one statement of the graph of statistics."""
    return Quad(subject, predicate, value, STATISTICS)


def part(kind: str, *terms: NamedNode) -> NamedNode:
    """Return the IRI of a part of the statistics, the same in every release that has it."""
    ends = (_END.search(term.value) for term in terms)
    words = "-".join([kind, *(end[0] for end in ends if end)])
    text = " ".join(term.value for term in terms)
    return NamedNode(f"{STATISTICS.value}#{words}-{hashlib.sha256(text.encode()).hexdigest()[:12]}")
