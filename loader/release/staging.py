"""Staging: reads, maps and adds every document to an unpublished graph, and validates it."""

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import NamedNode, Store

from loader.document import Document, Span
from loader.errors import DataError, Finding, Severity
from loader.mapping import map_document_parts
from loader.mapping.concept_schemes import load_schemes
from loader.mapping.lookups import MappingContext, OrganisationCollector
from loader.mapping.provenance import build_document_lines, graph_of
from loader.namespaces import read_terms
from loader.readers import ORGANISATION_SUFFIXES
from loader.release.affected_entities import find_affected_entities
from loader.release.changed_counts import update_statistics
from loader.release.document_cache import (
    CachedDocument,
    DocumentCache,
    DocumentWriter,
    digest_context,
    read_lines,
)
from loader.release.document_set import DocumentSet
from loader.release.incremental_graph import IncrementalGraph
from loader.release.phase_times import Progress
from loader.release.reference_checks import find_settled_checks
from loader.release.staging_graph import StagingGraph
from loader.release.void_counts import Statistics, count_statements
from loader.settings import BASE
from loader.validation import audit_links, read_store_claims, read_withdrawn_records
from loader.validation.shacl import validate
from loader.validation.source_locator import SourceLocator
from loader.validation.sparql_checks import load_checks, run_checks

RECORDS_PER_PART = 5000
"""The records of a dataset that are mapped together: about 60,000 statements, 50 MB."""


@dataclass(slots=True)
class StagingRelease:
    """A release that is being assembled, with all findings so far.

    ``names`` is each document's name by its path, ``paths`` its path by the IRI of its graph;
    ``shape_findings`` are those of the findings that the shapes gave.
    """

    graph: StagingGraph
    findings: list[Finding] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    described: dict[NamedNode, tuple[str, int]] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=Statistics)
    shape_findings: list[Finding] = field(default_factory=list)

    def register(self, document: Document) -> NamedNode:
        """Record the name, the path and the findings of a document; return its graph."""
        home = graph_of(document.name)
        self.names[document.path], self.paths[home.value] = document.name, document.path
        self.findings += document.findings
        return home

    def note(
        self,
        document: Document,
        findings: Iterable[Finding],
        entities: Iterable[tuple[NamedNode, Span]],
    ) -> None:
        """Record what mapping found; report entities that an earlier document describes too."""
        self.findings += findings
        for node, span in entities:
            path, line = self.described.setdefault(node, (document.path, span.start))
            if (path, line) != (document.path, span.start):
                message = f"<{node.value}> is described already at {path}:{line}; give one an id"
                self.findings.append(
                    Finding(
                        document.path,
                        span.start,
                        0,
                        Severity.ERROR,
                        message,
                        "same-slug",
                        node.value,
                    )
                )


def stage_documents(
    library: DocumentSet,
    graph: StagingGraph,
    progress: Progress,
    cache: DocumentCache | None = None,
) -> StagingRelease:
    """Fill ``graph``; problems of the documents are findings, never exceptions.

    With a ``cache``, documents that are unchanged since the last build are taken over from it.
    Raise IncrementalBuildError where the graph cannot be made from its base.
    """
    context = collect_names(library, progress, cache)
    made = StagingRelease(graph, [*library.findings()])
    load_documents(made, library, context, progress, cache)
    made.findings += library.find_unread_downloads()
    progress("loading", 0, 0)
    filled = graph.open_documents()
    # Counted meanwhile: much of the validation leaves one core free.
    with ThreadPoolExecutor(max_workers=1) as counting:
        counted = counting.submit(count_documents, graph, filled, library.settings.describing)
        made.findings += validate_store(made, filled, library, progress)
        made.statistics = counted.result()
    return made


def count_documents(graph: StagingGraph, store: Store, folder: Path) -> Statistics:
    """Return the counts of the store of all documents."""
    if isinstance(graph, IncrementalGraph):
        return update_statistics(graph, store, folder)
    return count_statements(store, folder)


def load_documents(
    made: StagingRelease,
    library: DocumentSet,
    context: MappingContext,
    progress: Progress,
    cache: DocumentCache | None,
) -> None:
    """Add every document to the graph; none is held when the last has been added."""
    for item in library.list_entries(progress, "reading"):
        if cache and (known := cache.find(item, context.digest)):
            library.read_paths.add(Path(known.summary.path).resolve())
            take_over_document(made, known)
            continue
        document = library.open(item)
        if isinstance(document, DataError):
            made.findings += document.findings
            continue
        writer = cache.open_writer(item, document) if cache else None
        add_document(made, document, context, writer)
        if cache and writer:
            cache.finish(item, writer, context.digest)
    if cache:
        cache.prune()


def add_document(
    made: StagingRelease,
    document: Document,
    context: MappingContext,
    writer: DocumentWriter | None,
) -> None:
    """Add the statements of a document, to its cache entry too."""
    home = made.register(document)
    # Records of one dataset share no passage, so its statements need not be held together.
    size = RECORDS_PER_PART if document.reader == "sector" else max(len(document.records), 1)
    first_passage = 1
    for mapped in map_document_parts(document, context, size):
        made.note(document, mapped.findings, mapped.described_entities)
        quads = build_document_lines(document, home, mapped.statements, first_passage)
        lines = sorted(f"{triple} {graph} .\n" for triple, graph in quads)
        if writer:
            writer.add(lines, mapped)
        made.graph.add_lines(lines)
        first_passage += len(mapped.statements)


def take_over_document(made: StagingRelease, known: CachedDocument) -> None:
    """Add what an unchanged document gave in the last build."""
    made.register(known.summary)
    made.note(known.summary, (), known.entities)
    if not isinstance(made.graph, IncrementalGraph):
        for lines in read_lines(known.lines.file):
            made.graph.add_lines(lines)


def collect_names(
    library: DocumentSet, progress: Progress, cache: DocumentCache | None = None
) -> MappingContext:
    """Read the tables before the rest, for the names that other documents refer to."""
    names = OrganisationCollector()
    for item in library.list_entries(progress, "surveying", ORGANISATION_SUFFIXES):
        known = cache.find(item) if cache else None
        document = known.summary if known else library.open(item, keep=True)
        if isinstance(document, Document):
            names.collect(document)
    ontology = library.settings.ontology
    schemes, terms = [*load_schemes(ontology).values()], read_terms(ontology)
    digest = digest_context(names, schemes, terms, library.tables)
    return replace(names.context(schemes, terms, library.tables), digest=digest)


def validate_store(
    made: StagingRelease, store: Store, library: DocumentSet, progress: Progress
) -> Iterator[Finding]:
    """Yield what the shapes, the checks and the link audit find in the store.

    The shapes are applied meanwhile, as their engine needs no interpreter lock.
    """
    places = SourceLocator(store, made.paths)
    with ThreadPoolExecutor(max_workers=1) as applying:
        applied = applying.submit(apply_shapes, made, store, library, places)
        progress("checking", 0, 0)
        checks = load_checks(library.settings.checks)
        graph = made.graph
        settled: Collection[str] = ()
        if isinstance(graph, IncrementalGraph):
            settled = find_settled_checks(store, graph.changes, graph.union_changes, checks)
        yield from run_checks(store, checks, places.locate, settled=settled)
        yield from find_link_problems(store, library, places)
        progress("validating", 0, 0)
        made.shape_findings = applied.result()
        yield from made.shape_findings


def apply_shapes(
    made: StagingRelease, store: Store, library: DocumentSet, places: SourceLocator
) -> list[Finding]:
    """Return what the shapes find; of an unaffected entity, what they found in the base."""
    shapes = library.settings.ontology / "shapes.ttl"
    graph = made.graph
    if not isinstance(graph, IncrementalGraph) or graph.base.names != made.names:
        return [*validate(store, shapes, places.locate)]
    affected = find_affected_entities(store, graph.before, graph.union_changes, shapes)
    found = [*validate(store, shapes, places.locate, affected)]
    if affected is None:
        return found
    iris = {term.value for term in affected}
    return [*found, *(one for one in graph.base.findings if one.about not in iris)]


def find_link_problems(
    store: Store, library: DocumentSet, places: SourceLocator
) -> Iterator[Finding]:
    """Yield what the link audit finds in the store."""
    settings = library.settings
    withdrawn = read_withdrawn_records(store, settings)
    for verdict in audit_links(read_store_claims(store, settings), withdrawn):
        claim = verdict.claim
        path, line = places.locate(claim.subject, claim.predicate)
        about = claim.subject if claim.subject.startswith(BASE) else ""
        code = f"link-{verdict.code}"
        yield Finding(path, line, 0, verdict.severity, verdict.message, code, about)
