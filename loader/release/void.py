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
    DCAT,
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
    XSD,
)
from loader.queries.saved_query import SavedQuery
from loader.readers.catalogue import DocumentCatalogue
from loader.release.void_counts import Links, Partitions, Statistics
from loader.settings import BASE

ONTOLOGY = NamedNode(f"{BASE}ontology")
FORMS = {
    "SELECT": (SH.SPARQLSelectExecutable, SH.select),
    "ASK": (SH.SPARQLAskExecutable, SH.ask),
    "CONSTRUCT": (SH.SPARQLConstructExecutable, SH.construct),
}
"""The class of a query of each form, and the property that has its text; SHACL knows no other."""
_END = re.compile(r"[A-Za-z0-9]+(?=/?$)")
_LOCAL = re.compile(r"[^/#]*$")


def build_statistics_quads(found: Statistics, issues: Partitions) -> Iterator[Quad]:
    """Yield the quads of the graph of statistics.

    ``issues`` are those of the graph of data issues, which the statistics do not count.
    """
    whole = found.whole
    yield from build_partition_quads(DATASET, whole)
    yield build_statistics_quad(DATASET, VOID.distinctSubjects, number_literal(found.subjects))
    yield build_statistics_quad(DATASET, VOID.distinctObjects, number_literal(found.objects))
    for space in {find_namespace(term.value) for term in (*whole.properties, *whole.classes)}:
        known = ONTOLOGY if space == CKG.base else NamedNode(space)
        yield build_statistics_quad(DATASET, VOID.vocabulary, known)
    for example in found.examples:
        yield build_statistics_quad(DATASET, VOID.exampleResource, example)
    for licence in found.licences:
        yield build_statistics_quad(DATASET, DCTERMS.license, licence)
        yield build_statistics_quad(DUMP, DCTERMS.license, licence)
    for graph, triples in found.graphs.items():
        yield build_statistics_quad(DATASET, VOID.subset, graph)
        yield build_statistics_quad(graph, VOID.triples, number_literal(triples))
    for links in found.links:
        yield from build_link_quads(links)
    if issues.triples:
        yield build_statistics_quad(DATASET, VOID.subset, ISSUES)
        yield from build_partition_quads(ISSUES, issues)


def find_namespace(iri: str) -> str:
    """Return an IRI without its local name; that of urn:isbn:1 is urn:isbn:."""
    return _LOCAL.sub("", iri) or iri[: iri.rindex(":") + 1]


def build_version_quads(catalogues: Iterable[DocumentCatalogue]) -> Iterator[Quad]:
    """Yield version and date of issue of the data, from the first catalogue that has each.

    https://www.w3.org/TR/vocab-dcat-3/#Property:resource_version
    """
    found = list(catalogues)
    version = next((c.version for c in found if c.version), "")
    issued = next((c.issued for c in found if c.issued), "")
    if version:
        yield build_statistics_quad(DATASET, DCAT.version, Literal(version))
    if issued:
        yield build_statistics_quad(DATASET, DCTERMS.issued, Literal(issued, datatype=XSD.date))


def build_partition_quads(dataset: NamedNode, found: Partitions) -> Iterator[Quad]:
    """Yield the statements of a dataset by property, by class, and by property of a class.

    https://www.w3.org/TR/void/#class-property-partitions
    """
    yield build_statistics_quad(dataset, VOID.triples, number_literal(found.triples))
    yield build_statistics_quad(dataset, VOID.properties, number_literal(len(found.properties)))
    yield build_statistics_quad(dataset, VOID.classes, number_literal(len(found.classes)))
    for prop, triples in found.properties.items():
        yield from build_property_quads(
            dataset, build_part_iri("property", dataset, prop), prop, triples
        )
    for kind, entities in found.classes.items():
        node = build_part_iri("class", dataset, kind)
        yield build_statistics_quad(dataset, VOID.classPartition, node)
        yield build_statistics_quad(node, VOID["class"], kind)
        yield build_statistics_quad(node, VOID.entities, number_literal(entities))
    for (kind, prop), triples in found.pairs.items():
        node = build_part_iri("pair", dataset, kind, prop)
        yield from build_property_quads(build_part_iri("class", dataset, kind), node, prop, triples)


def build_property_quads(
    dataset: NamedNode, node: NamedNode, prop: NamedNode, triples: int
) -> Iterator[Quad]:
    """Yield the number of statements of one property in a dataset or class partition."""
    yield build_statistics_quad(dataset, VOID.propertyPartition, node)
    yield build_statistics_quad(node, VOID.property, prop)
    yield build_statistics_quad(node, VOID.triples, number_literal(triples))


def build_link_quads(links: Links) -> Iterator[Quad]:
    """Yield the statements that lead to another dataset: https://www.w3.org/TR/void/#linkset"""
    node = build_part_iri("links", links.property, NamedNode(links.space))
    other = links.register or build_part_iri("target", NamedNode(links.space))
    yield build_statistics_quad(DATASET, VOID.subset, node)
    yield build_statistics_quad(node, RDF.type, VOID.Linkset)
    yield build_statistics_quad(node, VOID.target, DATASET)
    yield build_statistics_quad(node, VOID.target, other)
    yield build_statistics_quad(node, VOID.linkPredicate, links.property)
    yield build_statistics_quad(node, VOID.triples, number_literal(links.triples))
    if links.register is None:
        yield build_statistics_quad(other, RDF.type, VOID.Dataset)
        yield build_statistics_quad(other, VOID.uriSpace, Literal(links.space))


def build_query_quads(queries: Iterable[SavedQuery]) -> Iterator[Quad]:
    """Yield the quads of the graph of saved queries, each file word for word.

    https://www.w3.org/TR/shacl/#SPARQLExecutable
    """
    for query in queries:
        node = NamedNode(f"{BASE}queries/{query.name}")
        for predicate, value in describe_query(query):
            yield Quad(node, predicate, value, QUERIES)


def describe_query(query: SavedQuery) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    """Yield the properties of one saved query."""
    yield RDF.type, SH.SPARQLExecutable
    if query.syntax.form in FORMS:
        kind, has_text = FORMS[query.syntax.form]
        yield RDF.type, kind
        yield has_text, Literal(query.text)
    yield RDFS.label, Literal(query.title)
    yield RDFS.comment, Literal(query.summary)
    yield SH.prefixes, ONTOLOGY
    yield SCHEMA.target, ENDPOINT
    yield CKG.sourceFile, Literal(f"sparql/queries/{query.name}.rq")
    for tag in query.tags:
        yield SCHEMA.keywords, Literal(tag)


def build_statistics_quad(
    subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal
) -> Quad:
    """Return one statement of the graph of statistics."""
    return Quad(subject, predicate, value, STATISTICS)


def build_part_iri(kind: str, *terms: NamedNode) -> NamedNode:
    """Return the IRI of a part of the statistics, the same in every release that has it."""
    ends = (_END.search(term.value) for term in terms)
    words = "-".join([kind, *(end[0] for end in ends if end)])
    text = " ".join(term.value for term in terms)
    return NamedNode(f"{STATISTICS.value}#{words}-{hashlib.sha256(text.encode()).hexdigest()[:12]}")
