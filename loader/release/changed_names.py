"""The name index of a release, from that of its base and what changed.

What the index has of an entity depends on its own statements, on those of what it links to and
what links to it by a few properties, and on the hierarchy of classes. A concept is named in the
language that is commonest in its scheme, so all concepts of the scheme matter too.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Quad, RdfFormat, Store, parse

from loader.namespaces import ADMS, CKG, OWL, RDF, RDFS, SCHEMA, SKOS
from loader.queries.contract_check import digest_queries
from loader.queries.query_files import read_saved_query
from loader.release.incremental_graph import IncrementalGraph
from loader.release.linked_entities import find_objects, find_subjects
from loader.release.name_index.graph_names import NAME_QUERIES, collect_release_entities
from loader.release.name_index.name_patch import replace_entities
from loader.release.name_index.name_process import write_names_meanwhile
from loader.release.name_index.name_schema import NAME_INDEX_FILE
from loader.release.name_index.named_entity import NamedEntity
from loader.release.search_index import build_query_runner
from loader.release.staging_graph import StagingGraph
from loader.release.statement_changes import UNION, StatementChanges, list_statements
from loader.settings import Settings
from loader.validation.shacl_neighbourhood import Subject

KNOWN_QUERIES = "48a728465f5b7ed60fe96fce9f470601dca9955b080dd5ed41a43b3c914fc0ff"
"""The digest of the queries of which this is true; others are asked about all entities."""
MOST_CHANGES = 20_000
"""The number of changed statements up to which it is cheaper to look for what they affect."""


class ChangedNames(NamedTuple):
    """The IRIs of the entities that may have other rows, and those that the index has of them."""

    iris: set[str]
    entities: Sequence[NamedEntity]


def digest_name_queries(folder: Path) -> str:
    """Return the SHA-256, in hex, of the queries of the name index."""
    return digest_queries(read_saved_query(folder / f"{name}.rq") for name in NAME_QUERIES)


def write_names_beside(
    graph: StagingGraph, store: Store, settings: Settings
) -> AbstractContextManager[None]:
    """Write the name index of the store of a release; it is there after the block.

    Only what changed is made where the release begins as another one, as far as that is known. The
    store may be closed in the block.
    """
    target = graph.folder / NAME_INDEX_FILE
    if isinstance(graph, IncrementalGraph):
        changed = find_changed_names(graph, store, settings.indexing)
        if changed is not None:
            base = graph.base.release.folder / NAME_INDEX_FILE
            return replace_entities_meanwhile(base, target, changed)
    return write_names_meanwhile(store, settings.indexing, target)


@contextmanager
def replace_entities_meanwhile(old: Path, target: Path, changed: ChangedNames) -> Iterator[None]:
    """Write the name index from another one; it is there after the block."""
    # A thread is enough, as the rows are copied by SQLite, which lets other threads run.
    with ThreadPoolExecutor(max_workers=1) as writing:
        written = writing.submit(replace_entities, old, target, *changed)
        yield
        written.result()


def find_changed_names(graph: IncrementalGraph, store: Store, queries: Path) -> ChangedNames | None:
    """Return what changed in the name index; None where it must be written from nothing."""
    if digest_name_queries(queries) != KNOWN_QUERIES:
        return None
    entities = find_named_entities(store, graph.indexed_changes)
    if entities is None:
        return None
    iris = {entity.value for entity in entities}
    ask = build_query_runner(copy_statements(store, entities), queries)
    return ChangedNames(iris, [one for one in collect_release_entities(ask) if one.iri in iris])


def find_named_entities(store: Store, changes: StatementChanges) -> set[Subject] | None:
    """Return the entities that may have other rows; None where any may have or most changed.

    ``store`` has all statements after the changes.
    """
    lines = (*changes.removed, *changes.added)
    if len(lines) > MOST_CHANGES:
        return None
    changed = Store()
    quads = parse("".join(lines), format=RdfFormat.N_QUADS, lenient=True)
    changed.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    classes = (
        *changed.quads_for_pattern(None, RDFS.subClassOf, None),
        *changed.quads_for_pattern(None, RDF.type, SKOS.ConceptScheme),
    )
    # What was stated before is either stated still or among the changes.
    stores = (store, changed)
    subjects: set[Subject] = {quad.subject for quad in changed}
    found = subjects | find_subjects(stores, (ADMS.identifier, SCHEMA.location), subjects)
    found |= find_objects((changed,), subjects, (CKG.statesIdentifier,))
    # Of a key that records state, those that they are of are affected.
    records = subjects | find_subjects(stores, (CKG.statesIdentifier,), subjects)
    found |= find_objects(stores, records, (CKG.recordOf, OWL.annotatedTarget))
    if classes or find_objects(stores, found, (SKOS.inScheme,)):
        return None
    return found


def copy_statements(store: Store, entities: Iterable[Subject]) -> Store:
    """Return a store of what the queries of the name index need to know of some entities.

    The entities are in no scheme.
    """
    stores, found = (store,), set(entities)
    records = find_subjects(stores, (CKG.recordOf,), found)
    described = found | records
    described |= find_subjects(stores, (OWL.annotatedTarget,), found)
    described |= find_objects(stores, found, (ADMS.identifier, SCHEMA.location))
    described |= find_objects(stores, records, (CKG.statesIdentifier,))
    quads = list_statements(store, described)
    quads += store.quads_for_pattern(None, RDFS.subClassOf, None, UNION)
    for entity in found:
        quads += store.quads_for_pattern(None, CKG.statesIdentifier, entity, UNION)
    copy = Store()
    copy.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return copy
