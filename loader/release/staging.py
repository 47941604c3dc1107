"""Staging: reads, maps and loads every document into an unpublished store, and validates it.

The store is in the folder ``store`` beside the sorted runs.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from loader.document import Document, Span
from loader.errors import DataError, Finding, Severity
from loader.mapping import map_document_parts
from loader.mapping.concept_schemes import load_schemes
from loader.mapping.lookups import MappingContext, OrganisationCollector
from loader.mapping.provenance import build_document_lines, format_quads, graph_of
from loader.namespaces import read_terms
from loader.readers import ORGANISATION_SUFFIXES
from loader.release.bulk_load import StagingStore
from loader.release.document_cache import (
    CachedDocument,
    DocumentCache,
    DocumentWriter,
    digest_context,
)
from loader.release.document_set import DocumentSet
from loader.release.nquads_sorter import QuadFile, Run
from loader.release.phase_times import Progress
from loader.release.void_counts import Statistics, count_statements
from loader.settings import BASE
from loader.validation import audit_links, read_store_claims, read_withdrawn_records
from loader.validation.shacl import validate
from loader.validation.source_locator import SourceLocator
from loader.validation.sparql_checks import load_checks, run_checks

LINES_AT_ONCE = 50_000
"""The lines of quads that the build makes itself which are held in memory, besides a run."""
RECORDS_PER_PART = 5000
"""The records of a dataset that are mapped together: about 60,000 statements, 50 MB."""


@dataclass(slots=True)
class StagingRelease:
    """A release that is being assembled, with all findings so far.

    ``names`` is each document's name by its path, ``paths`` its path by the IRI of its graph.
    """

    store: StagingStore
    quads: QuadFile
    findings: list[Finding] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    described: dict[NamedNode, tuple[str, int]] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=Statistics)

    def add_quads(self, *parts: Iterable[Quad]) -> Store:
        """Add quads that were made from the documents; return the store to query."""
        for part in parts:
            lines = format_quads(part)
            while batch := list(islice(lines, LINES_AT_ONCE)):
                self.store.add(self.quads.add(batch))
        return self.store.add(self.quads.close())

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
    store: StagingStore,
    progress: Progress,
    cache: DocumentCache | None = None,
) -> StagingRelease:
    """Fill ``store``; problems of the documents are findings, never exceptions.

    With a ``cache``, documents that are unchanged since the last build are taken over from it.
    """
    context = collect_names(library, progress, cache)
    made = StagingRelease(store, QuadFile(store.path.parent), [*library.findings()])
    load_documents(made, library, context, progress, cache)
    made.findings += library.find_unread_downloads()
    progress("loading", 0, 0)
    filled = store.open_documents(made.quads.close())
    # Counted meanwhile: much of the validation leaves one core free.
    with ThreadPoolExecutor(max_workers=1) as counting:
        counted = counting.submit(count_statements, filled, library.settings.describing)
        made.findings += validate_store(made, filled, library, progress)
        made.statistics = counted.result()
    return made


def load_documents(
    made: StagingRelease,
    library: DocumentSet,
    context: MappingContext,
    progress: Progress,
    cache: DocumentCache | None,
) -> None:
    """Add every document to the store; none is held when the last has been added."""
    for item in library.list_entries(progress, "reading"):
        if cache and (known := cache.find(item, context.digest)):
            library.read_paths.add(Path(known.summary.path).resolve())
            made.store.take(take_over_document(made, known))
            continue
        document = library.open(item)
        if isinstance(document, DataError):
            made.findings += document.findings
            continue
        writer = cache.open_writer(item, document) if cache else None
        made.store.take(add_document(made, document, context, writer))
    if cache:
        cache.prune()


def add_document(
    made: StagingRelease,
    document: Document,
    context: MappingContext,
    writer: DocumentWriter | None,
) -> Iterator[Run]:
    """Add the statements of a document; yield each run that this completes, to be loaded."""
    home = made.register(document)
    # Records of one dataset share no passage, so its statements need not be held together.
    size = RECORDS_PER_PART if document.reader == "sector" else max(len(document.records), 1)
    first_passage = 1
    for mapped in map_document_parts(document, context, size):
        made.note(document, mapped.findings, mapped.described_entities)
        quads = build_document_lines(document, home, mapped.statements, first_passage)
        lines = sorted(f"{triple} {graph} .\n" for triple, graph in quads)
        if writer:
            writer.add(lines, mapped.findings, mapped.described_entities)
        yield from made.quads.add_lines(lines)
        first_passage += len(mapped.statements)
    if writer:
        writer.finish(context.digest)


def take_over_document(made: StagingRelease, known: CachedDocument) -> Iterator[Run]:
    """Add what an unchanged document gave in the last build; yield each run that is completed."""
    made.register(known.summary)
    made.note(known.summary, (), known.entities)
    for lines in known.read_lines():
        yield from made.quads.add_lines(lines)


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
    shapes = library.settings.ontology / "shapes.ttl"
    with ThreadPoolExecutor(max_workers=1) as applying:
        applied = applying.submit(lambda: list(validate(store, shapes, places.locate)))
        progress("checking", 0, 0)
        yield from run_checks(store, load_checks(library.settings.checks), places.locate)
        yield from find_link_problems(store, library, places)
        progress("validating", 0, 0)
        yield from applied.result()


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
