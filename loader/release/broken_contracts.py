"""Explanation of broken contracts: which documents and queries have changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Store

from loader.errors import BuildError
from loader.namespaces import CATALOGUE, CKG
from loader.queries.contract_check import ContractCheck
from loader.release.release_folder import Release
from loader.release.staging import StagingRelease
from loader.release.staging_graph import STORE

LONGEST = 5
"""The most documents that are named; of more, the number is given."""
Entries = Mapping[NamedNode, frozenset[str]]
"""The catalogue entry of each document, as statements, by the document's graph."""


@dataclass(frozen=True, slots=True)
class DocumentChanges:
    """What came, changed and went since the previous release, as paths of documents.

    ``release`` names the previous release; "" where there is none or it cannot be read. ``store``
    has the staged release, and ``paths`` the path of each new or changed document by its graph.
    ``queries`` has the SHA-256 of the text of each saved query of the previous release.
    """

    release: str
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    store: Store | None = None
    paths: Mapping[NamedNode, str] | None = None
    queries: Mapping[str, str] | None = None

    def describe_all(self) -> str:
        """Return everything that changed, in one sentence."""
        if not self.release:
            return "There is no earlier release with which the documents could be compared."
        kinds = (("new", self.new), ("changed", self.changed), ("gone", self.gone))
        parts = [f"{word}: {join_paths(paths)}" for word, paths in kinds if paths]
        since = f"Since the release {self.release[:12]}"
        return f"{since}, {'; '.join(parts)}." if parts else f"{since} no document has changed."

    def find_documents(self, entities: Iterable[str]) -> list[str]:
        """Return the new and changed documents that state something about one of ``entities``."""
        found: dict[str, None] = {}
        for entity in entities:
            for graph, path in (self.paths or {}).items():
                assert self.store is not None
                if any(self.store.quads_for_pattern(NamedNode(entity), None, None, graph)):
                    found[path] = None
        return list(found)


def compare_documents(previous: Release | None, made: StagingRelease) -> DocumentChanges:
    """Compare the documents of a staged release with those of the one before."""
    if previous is None:
        return DocumentChanges("")
    try:
        before = read_entries(Store.read_only(str(previous.store)))
        report = previous.report()
    except (OSError, BuildError):
        return DocumentChanges("")
    store = Store.read_only(str(made.graph.folder / STORE))
    after = read_entries(store)
    new = [graph for graph in after if graph not in before]
    changed = [graph for graph in after if before.get(graph, after[graph]) != after[graph]]
    paths = {graph: made.paths.get(graph.value, graph.value) for graph in (*new, *changed)}
    return DocumentChanges(
        previous.name,
        tuple(sorted(paths[graph] for graph in new)),
        tuple(sorted(paths[graph] for graph in changed)),
        tuple(sorted(name_document(before[graph]) for graph in before.keys() - after.keys())),
        store,
        paths,
        {proof["name"]: proof.get("file", "") for proof in report.get("proofs", ())},
    )


def explain_breach(check: ContractCheck, changes: DocumentChanges) -> str:
    """Return the message of a broken contract with what brought it about, as indented lines."""
    lines = [f"  {check.message}"]
    documents = changes.find_documents(check.entities)
    if documents:
        lines.append(f"    The change came with {join_paths(documents)}.")
    before = (changes.queries or {}).get(check.name)
    if before and before != check.file:
        lines.append("    The file of the query has changed since the last release.")
    return "\n".join(lines)


def read_entries(store: Store) -> Entries:
    """Read the catalogue entry of each document of a release."""
    documents = store.quads_for_pattern(None, None, CKG.SourceDocument, CATALOGUE)
    return {
        quad.subject: frozenset(
            f"{entry.predicate} {entry.object}"
            for entry in store.quads_for_pattern(quad.subject, None, None, CATALOGUE)
        )
        for quad in documents
        if isinstance(quad.subject, NamedNode)
    }


def name_document(entry: frozenset[str]) -> str:
    """Return the name of the file in a catalogue entry."""
    start = f'{CKG.sourceFile} "'
    return next((line[len(start) : -1] for line in entry if line.startswith(start)), "?")


def join_paths(paths: Iterable[str]) -> str:
    """Return paths as a list in words; of very many, the first and the number of the others."""
    listed = [str(Path(path)) for path in paths]
    more = len(listed) - LONGEST
    return ", ".join(listed[:LONGEST]) + (f" and {more} more" if more > 0 else "")
