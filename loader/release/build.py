"""The build of a release: staging, indexes, contract checks, publication, all or nothing."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Quad

from loader.errors import BuildError, DataError, Finding, Severity
from loader.mapping.provenance import Line
from loader.queries.contract_check import ContractCheck
from loader.queries.query_files import SavedQuery, load_saved_queries, load_sound_and_broken
from loader.readers.catalogue import read_catalogue
from loader.release.base_release import BaseCache, BaseRelease, BuildRecord
from loader.release.broken_contracts import compare_documents, explain_breach
from loader.release.contract_runner import ContractProcesses
from loader.release.disk_space import refuse_full_disk
from loader.release.document_cache import CACHE_FOLDER, DocumentCache
from loader.release.document_set import DocumentSet
from loader.release.document_texts import DOCUMENT_TEXTS_FILE, write_document_texts
from loader.release.incremental_graph import IncrementalGraph
from loader.release.index_build import write_indexes
from loader.release.kept_releases import Retention, list_releases, prune_releases, read_pointer
from loader.release.name_index.name_process import write_names
from loader.release.phase_times import Progress
from loader.release.release_diff import Change, describe_changes
from loader.release.release_folder import Release, open_build_folder, publish
from loader.release.release_manifest import FileEntry, is_graph_intact
from loader.release.release_report import write_report
from loader.release.search_index.broad_tagging import build_broad_tagging_quads
from loader.release.search_index.information_content import build_weight_quads
from loader.release.search_index.list_cells import LIST_TABLE_QUERY
from loader.release.staging import StagingRelease, stage_documents
from loader.release.staging_graph import STORE, FullGraph, StagingGraph
from loader.release.statement_changes import IncrementalBuildError
from loader.release.unchanged_inputs import digest_inputs, find_same_release
from loader.release.void import build_query_quads, build_statistics_quads, build_version_quads
from loader.release.void_counts import IssueCounter
from loader.settings import Settings
from loader.validation.data_issues import format_issues


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A published release with its findings and the results of its contract checks.

    ``pruned`` is the number of old releases that were removed after it was published.
    ``built_before`` is when it was built, where the inputs are the same as then and it stays.
    """

    release: Release
    documents: int
    quads: int
    findings: tuple[Finding, ...]
    proofs: tuple[ContractCheck, ...]
    pruned: int = 0
    built_before: str = ""

    @property
    def keeps_contracts(self) -> bool:
        """Whether every saved query keeps its contract."""
        return all(proof.ok for proof in self.proofs)


def build(
    settings: Settings,
    progress: Progress,
    *,
    strict: bool = False,
    unproved: bool = False,
    fresh: bool = False,
) -> BuildResult:
    """Build and publish a release.

    Documents that are unchanged since the last build are taken over from it, and where nothing has
    changed at all the current release stays, unless ``fresh``.
    Raise DataError with every finding where the data is at fault or a contract is broken, and
    BuildError for a problem of the disk or where another build runs.
    """
    inputs = digest_inputs(settings)
    if not fresh and (same := find_same_result(settings.out, inputs, strict, unproved)):
        return same
    queries = list(load_saved_queries(settings.queries).values())
    library = DocumentSet(settings)
    refuse_full_disk(settings.out, [item.path for item in library.items])
    request = BuildRequest(settings, queries, library, inputs, progress, strict, unproved, fresh)
    try:
        return assemble_release(request)
    except IncrementalBuildError:
        return assemble_release(replace(request, is_full=True))


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What a build is to make, and from what; ``is_full`` where it begins with no base."""

    settings: Settings
    queries: Sequence[SavedQuery]
    library: DocumentSet
    inputs: str
    progress: Progress
    strict: bool
    unproved: bool
    fresh: bool
    is_full: bool = False


def assemble_release(request: BuildRequest) -> BuildResult:
    """Assemble and publish a release; raise IncrementalBuildError where it must be a full one."""
    settings, progress, library = request.settings, request.progress, request.library
    with (
        open_build_folder(settings.out) as folder,
        ContractProcesses(request.queries) as processes,
        ExitStack() as meanwhile,
    ):
        cache = DocumentCache(settings.out / CACHE_FOLDER, library, request.fresh)
        bases = BaseCache(cache, settings)
        base = None if request.fresh or request.is_full else bases.find()
        with closing(begin_graph(folder, base, bases, cache)) as graph, refuse_damaged_base(graph):
            made = stage_documents(library, graph, progress, cache)
            refuse_errors(made.findings, request.strict)
            processes.load(*graph.list_new_runs())
            complete_release(made, request, meanwhile)
            progress("storing", 0, 0)
            graph.finish()
            progress("writing", 0, 0)
            write_document_texts(
                folder / DOCUMENT_TEXTS_FILE, ((item.name, item.path) for item in library.items)
            )
            name, quads = graph.write(folder / "graph.nq")
            meanwhile.close()
            processes.load(*(graph.list_new_runs() or [folder / STORE]))
            proofs = processes.check_contracts(progress, graph.find_known_checks(request.queries))
            graph.remove_runs()
            if not request.unproved:
                refuse_broken(proofs, made, settings)
            unchanged = request.inputs if digest_inputs(settings) == request.inputs else ""
            write_report(folder / "report.json", name, quads, made, proofs, unchanged)
            progress("comparing", 0, 0)
            previous, changes = find_changes(settings.out, graph)
            describe_changes(folder, name, previous, changes)
        progress("publishing", 0, 0)
        known = {"graph.nq": FileEntry(name, (folder / "graph.nq").stat().st_size)}
        release = publish(folder, name, settings.out, {**known, **graph.list_known_entries()})
        found = (graph.list_made(), made.statistics, made.shape_findings)
        bases.replace(BuildRecord(release, quads, made.names, *found))
        pruned = prune_releases(settings.out, Retention())
    return BuildResult(release, len(made.names), quads, tuple(made.findings), proofs, len(pruned))


@contextmanager
def refuse_damaged_base(graph: StagingGraph) -> Iterator[None]:
    """Raise IncrementalBuildError at the end where the base of the graph is damaged."""
    try:
        yield
    finally:
        # Also in place of whatever error a damaged base led to; but an interrupt ends the build.
        if isinstance(graph, IncrementalGraph) and isinstance(sys.exc_info()[1], Exception | None):
            graph.refuse_damaged_base()


def find_changes(out: Path, graph: StagingGraph) -> tuple[Release | None, Sequence[Change] | None]:
    """Return the previous release, and what changed since where it is the base of the new one."""
    if isinstance(graph, IncrementalGraph) and graph.base.release.name == read_pointer(out):
        return graph.base.release, graph.entity_changes
    return find_previous_release(out), None


def begin_graph(
    folder: Path, base: BaseRelease | None, bases: BaseCache, cache: DocumentCache
) -> StagingGraph:
    """Return the graph of a new release, which begins as its base where there is one."""
    if base is None:
        return FullGraph(folder, bases.next_store)
    return IncrementalGraph(base, folder, bases.next_store, lambda: cache.used)


def find_same_result(out: Path, inputs: str, strict: bool, unproved: bool) -> BuildResult | None:
    """Return the current release as a result, where a build could only make it again.

    None where it would fail: with warnings that are to stop it, or with broken contracts.
    """
    same = find_same_release(out, inputs)
    if same is None:
        return None
    release, report = same
    findings = tuple(
        Finding.from_fields({key: value for key, value in one.items() if key != "text"})
        for one in report["findings"]
    )
    proofs = tuple(map(ContractCheck.from_fields, report["proofs"]))
    found = BuildResult(
        release, len(report["documents"]), report["quads"], findings, proofs, 0, report["built"]
    )
    warns = any(finding.severity is Severity.WARNING for finding in findings)
    if (strict and warns) or not (unproved or found.keeps_contracts):
        return None
    return found


def find_previous_release(out: Path) -> Release | None:
    """Return the current release, else the newest that can be read; None without any."""
    kept = sorted(list_releases(out), key=lambda one: not one.is_current)
    for one in kept:
        try:
            one.release.report()
        except BuildError:
            continue
        if is_graph_intact(one.release.folder):
            return one.release
    return None


def check(
    settings: Settings, progress: Progress, extra: Sequence[Path] = (), names: Path | None = None
) -> list[Finding]:
    """Return everything that a build would find, publishing nothing.

    With ``extra`` files or folders, these are read beside the data and only their findings are
    returned; a file that is in the data too is not read twice. Where a name is unknown, a name
    index of the documents is written to ``names``, to look for what the name resembles.
    """
    library = DocumentSet(settings, extra)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with closing(FullGraph(Path(folder))) as graph:
            made = stage_documents(library, graph, progress)
            findings = sorted(made.findings)
            if names and any(finding.named for finding in findings):
                write_document_names(made, settings, names)
    if not extra:
        _, broken = load_sound_and_broken(settings.queries)
        return findings + [finding for error in broken.values() for finding in error.findings]
    asked = {str(item.path) for item in library.extra}
    folders = [path for path in extra if path.is_dir()]
    return [
        finding
        for finding in findings
        if finding.path in asked or any(Path(finding.path).is_relative_to(f) for f in folders)
    ]


def write_document_names(made: StagingRelease, settings: Settings, path: Path) -> None:
    """Write a name index of the documents."""
    write_names(made.graph.add_quads(), settings.indexing, path)


def refuse_errors(findings: Iterable[Finding], strict: bool) -> None:
    """Raise DataError where a finding stops the build."""
    stopping = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    found = Counter(finding.severity for finding in findings)
    if stopping & found.keys():
        counts = ", ".join(f"{found[s]} {s}{'s' * (found[s] > 1)}" for s in Severity if found[s])
        raise DataError(f"nothing was published: {counts}", sorted(findings))


def complete_release(made: StagingRelease, request: BuildRequest, meanwhile: ExitStack) -> None:
    """Add data issues, statistics and saved queries to the release, then what its indexes say.

    The indexes are written until ``meanwhile`` is closed.
    """
    settings, progress = request.settings, request.progress
    version = build_version_quads(map(read_catalogue, settings.data))
    described = describe_documents(made)
    store = made.graph.add_quads(described, version, build_query_quads(request.queries))
    progress("indexing", 0, 0)
    tables = write_indexes(made.graph, store, settings, meanwhile)
    if tables.list_query_hash == "":
        made.findings.append(describe_other_list_query(settings))
    weights = build_weight_quads(tables.weight_by_concept)
    made.graph.add_quads(weights, build_broad_tagging_quads(tables.list_broadly_tagged()))


def describe_documents(made: StagingRelease) -> Iterator[Quad | Line]:
    """Yield the data issues and the statistics, which count the issues too.

    They are never all in memory: a download may have an issue in each row.
    """
    counter = IssueCounter()
    yield from counter.pass_on(format_issues(made.findings, made.names))
    yield from build_statistics_quads(made.statistics, counter.list_partitions())


def describe_other_list_query(settings: Settings) -> Finding:
    """Return the finding that downloads of lists have to run their query, which takes long."""
    message = (
        "For a sample of entities this query has other rows than the search index. Downloads of "
        "lists give what the query returns, and large ones take longer."
    )
    path = str(settings.pages / f"{LIST_TABLE_QUERY}.rq")
    return Finding(path, 0, 0, Severity.WARNING, message, "list-query")


def refuse_broken(
    proofs: Sequence[ContractCheck], made: StagingRelease, settings: Settings
) -> None:
    """Raise DataError where a saved query would break its contract."""
    broken = [proof for proof in proofs if not proof.ok]
    if broken:
        changes = compare_documents(find_previous_release(settings.out), made)
        lines = "\n".join(explain_breach(proof, changes) for proof in broken)
        raise DataError(
            f"nothing was published: {len(broken)} of {len(proofs)} saved queries would break "
            f"their contracts:\n{lines}\n{changes.describe_all()}\n"
            "Correct these documents, or take them back. Where they are right, change the contract "
            f"in the file of the query, in {settings.queries}.\n"
            "(--unproved publishes all the same, and the release says so)",
            sorted(made.findings),
        )
