"""The entities whose rows in the search index may differ from those of the base of a build.

What the index has of an entity depends on its own statements and, through the queries of
``sparql/index`` and ``sparql/facets``, on a few others: those that state something about it, the
names of what it refers to, and the source that states it. ``gather_statements`` copies all of these
into a store of their own, on which the same queries give the same rows of these entities.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from pyoxigraph import NamedNode, Quad, Store

from loader.namespaces import CKG, DCTERMS, ORG, RDF, RDFS, SKOS, VOID
from loader.queries.contract_check import digest_queries
from loader.queries.query_files import load_saved_queries
from loader.release.linked_entities import find_objects, find_subjects, keep_entities
from loader.release.statement_changes import UNION, StatementChanges, parse_lines
from loader.settings import Settings
from loader.validation.shacl_neighbourhood import Subject

INDEX_QUERIES = "70fc6fec4abb0b9eee10102b0dd9fdc9d8932cbedef3f58fc9458a169e4693d0"
"""The digest of the queries for which this is true; with others, everything is indexed anew."""
MOST_ENTITIES = 5_000
"""The number of entities, and of those around them, up to which it costs less than everything."""
MOST_RECORDS = 20_000
LINKS = (CKG.organisation, CKG.initiative, ORG.member, ORG.organization)
"""Properties by which a record adds to what the index has of its value."""
LABELS = (
    *(SKOS.prefLabel, DCTERMS.title, SKOS.altLabel, DCTERMS.alternative, SKOS.notation),
    *(SKOS.hiddenLabel, CKG.sourceFile),
)
"""The properties of ``sparql/index/names.rq``."""
EVERYWHERE = (RDFS.subClassOf, SKOS.broader, SKOS.inScheme, ORG.member, ORG.organization)
"""Properties of which a change may matter to any entity; so may any change of a concept."""
SAMPLE = 9
"""Records that are copied besides, so that what is compared with page queries is never nothing."""


def digest_index_queries(settings: Settings) -> str:
    """Return the SHA-256, in hex, of the queries that the search index is made with."""
    folders = (settings.indexing, settings.facets)
    return digest_queries(one for folder in folders for one in load_saved_queries(folder).values())


def find_changed_entities(
    changes: StatementChanges, before: Store, store: Store
) -> set[Subject] | None:
    """Return the entities that may have other rows; None where any may, or too many.

    ``before`` has the documents of the base, ``store`` the new release without its weights.
    """
    quads = parse_lines([*changes.removed, *changes.added])
    subjects = keep_entities(quad.subject for quad in quads)
    renamed = find_renamed(quads)
    stores = (before, store)
    if any(map(is_everywhere, quads)) or any(
        has_statement(one, entity, SKOS.inScheme) for one in stores for entity in subjects | renamed
    ):
        return None
    near = find_subjects(stores, [None], renamed)
    found = subjects | renamed | near
    found |= find_subjects(stores, [DCTERMS.isPartOf], near)
    found |= find_objects(stores, near, (CKG.initiative, CKG.organisation))
    moved = keep_entities(quad.subject for quad in quads if quad.predicate == CKG.organisation)
    found |= find_subjects(stores, [DCTERMS.isPartOf], moved)
    found |= find_objects(stores, subjects, LINKS)
    found |= find_subjects(stores, [CKG.evaluation], subjects)
    for quad in quads:
        if quad.predicate == CKG.trust or quad.object == CKG.SourceDocument:
            found |= list_stated_entities(store, quad.subject)
    return found if len(found) <= MOST_ENTITIES else None


def find_renamed(quads: Iterable[Quad]) -> set[Subject]:
    """Return the entities whose names in the index change with some statements.

    Records of sector datasets, and what they state as their identifiers, have none.
    """
    return keep_entities(
        quad.object if quad.predicate == CKG.statesIdentifier else quad.subject
        for quad in quads
        if quad.predicate in (*LABELS, CKG.statesIdentifier) or quad.object == CKG.SectorRecord
    )


def is_everywhere(quad: Quad) -> bool:
    """Return whether a changed statement may matter to any entity."""
    return (
        quad.predicate in EVERYWHERE
        or quad.predicate == CKG.position
        or quad.object in (CKG.Consortium, SKOS.ConceptScheme)
    )


def has_statement(store: Store, subject: Subject, stated_property: NamedNode) -> bool:
    """Return whether an entity has a value of a property."""
    found = store.quads_for_pattern(subject, stated_property, None, UNION)
    return next(found, None) is not None


def list_stated_entities(store: Store, source: object) -> set[Subject]:
    """Return the entities of which a source states the type."""
    if not isinstance(source, NamedNode):
        return set()
    return keep_entities(
        quad.subject for quad in store.quads_for_pattern(None, RDF.type, None, source)
    )


def gather_statements(store: Store, entities: set[Subject]) -> Store | None:
    """Return a store with all that the rows of some entities depend on; None if that is too much.

    It has all statements of these entities in their graphs, what states something about them, what
    these refer to, and all concepts, classes and consortia.
    """
    records = find_subjects([store], (*LINKS, CKG.statesIdentifier), entities)
    for sampled in (DCTERMS.subject, CKG.organisation):
        found = store.quads_for_pattern(None, sampled, None, UNION)
        records |= keep_entities(quad.subject for quad in islice(found, SAMPLE))
    if len(records) > MOST_RECORDS:
        return None
    gathered = Store()
    gathered.extend(list_shared_statements(store))
    own = [quad for one in entities for quad in store.quads_for_pattern(one, None, None, None)]
    gathered.extend(own)
    done = {*entities, *records}
    around = [*own, *copy_statements(store, gathered, records)]
    near = keep_entities(quad.graph_name for quad in own)
    for _ in range(2):
        near = (near | keep_entities(quad.object for quad in around)) - done
        done |= near
        around = copy_statements(store, gathered, near)
        near = set()
    return gathered


def copy_statements(store: Store, target: Store, subjects: Iterable[Subject]) -> list[Quad]:
    """Copy the statements of some subjects in the union of all graphs; return them."""
    found = [quad for one in subjects for quad in store.quads_for_pattern(one, None, None, UNION)]
    target.extend(found)
    return found


def list_shared_statements(store: Store) -> Iterator[Quad]:
    """Yield the hierarchy of classes, memberships, properties in use, and all about concepts."""
    partitions = (VOID.propertyPartition, VOID.property)
    for shared in (RDFS.subClassOf, ORG.member, ORG.organization, *partitions):
        yield from store.quads_for_pattern(None, shared, None, UNION)
    consortia = store.quads_for_pattern(None, RDF.type, CKG.Consortium, UNION)
    terms = {quad.subject for quad in consortia}
    for describing in (SKOS.inScheme, SKOS.broader):
        for quad in store.quads_for_pattern(None, describing, None, UNION):
            terms |= keep_entities([quad.subject, quad.object])
    for term in terms:
        yield from store.quads_for_pattern(term, None, None, UNION)
