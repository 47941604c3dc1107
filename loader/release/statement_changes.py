"""The statements that went and came since the last build, and their application to a store.

A statement is a line of canonical N-Quads. The default graph of a store is the union of its named
graphs, so a statement leaves it with the last graph that has it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, Triple, parse

from loader.mapping.provenance import graph_of
from loader.namespaces import CATALOGUE
from loader.release.document_cache import DocumentLines, read_lines

UNION = DefaultGraph()
BYTES_AT_ONCE = 4 * 1024 * 1024
"""The compressed bytes of a document that are compared at once: about 70 MB of lines."""


class IncrementalBuildError(Exception):
    """A release cannot be made from its base, or not at less cost, so a full build must follow."""


@dataclass(frozen=True, slots=True)
class StatementChanges:
    """The lines that went and those that came, each sorted and once."""

    removed: Sequence[str] = ()
    added: Sequence[str] = ()

    @classmethod
    def between(cls, old: Iterable[str], new: Iterable[str]) -> "StatementChanges":
        """Return the difference of two collections of lines."""
        before, after = set(old), set(new)
        return cls(sorted(before - after), sorted(after - before))

    def with_others(self, others: "StatementChanges") -> "StatementChanges":
        """Return these changes of documents with those of what the build makes itself.

        No document states anything in a graph of the build, except in the catalogue.
        """
        return StatementChanges(
            sorted([*self.removed, *others.removed]), sorted([*self.added, *others.added])
        )


@dataclass(frozen=True, slots=True)
class UnionChanges:
    """The triples that left the union of all graphs, and those that are new to it."""

    removed: frozenset[Triple] = frozenset()
    added: frozenset[Triple] = frozenset()

    def __iter__(self) -> Iterator[Triple]:
        yield from self.removed
        yield from self.added


Documents = Mapping[str, DocumentLines]
"""The lines of each document, by its name."""


def compare_documents(before: Documents, after: Documents, limit: int) -> StatementChanges:
    """Compare the lines of two sets of documents; files of the same name have the same content.

    A line that several documents may have counts as removed with the last of them. Raise
    IncrementalBuildError where more than ``limit`` lines differ.
    """
    named = {graph for one in (*before.values(), *after.values()) for graph in one.graphs}
    removed: set[str] = set()
    added: set[str] = set()
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old and new and old.file.name == new.file.name:
            continue
        for went, came in list_differences(old, new):
            removed |= went
            added |= came
            if len(removed) + len(added) > limit:
                raise IncrementalBuildError("more has changed than is worth it")
    own = {graph_of(name).value for name in before.keys() | after.keys()} - named
    shared = {line for line in removed | added if not is_private(line, own)}
    if shared:
        removed = (removed - shared) | find_lines(shared, before)
        added = (added - shared) | find_lines(shared, after)
    return StatementChanges.between(removed, added)


def is_private(line: str, own: set[str]) -> bool:
    """Return whether only one document can have a line; ``own`` are the graphs of one document.

    That are the statements of such a graph, and in the catalogue its entry and its passages.
    """
    graph = line[line.rindex(" <") + 2 : -len("> .\n")]
    if graph != CATALOGUE.value:
        return graph in own
    return line[1 : line.index(">")].partition("#")[0] in own


def find_lines(lines: set[str], documents: Documents) -> set[str]:
    """Return those of some lines that any document has."""
    found: set[str] = set()
    for one in documents.values():
        for batch in read_lines(one.file):
            found |= lines.intersection(batch)
    return found


def compare_lines(old: Iterable[Sequence[str]], new: set[str]) -> StatementChanges:
    """Compare lines, read in parts, with a set of others; only this and the changes are held."""
    removed: set[str] = set()
    added = set(new)
    for batch in old:
        removed.update(set(batch) - new)
        added.difference_update(batch)
    return StatementChanges(sorted(removed), sorted(added))


def list_differences(
    old: DocumentLines | None, new: DocumentLines | None
) -> Iterator[tuple[set[str], set[str]]]:
    """Yield the lines that only the old and only the new form of a document has, part by part."""
    files = [one.file for one in (old, new) if one]
    parts = 1 + sum(file.stat().st_size for file in files) // BYTES_AT_ONCE
    for part in range(parts):
        before, after = (read_part(one, part, parts) for one in (old, new))
        yield before - after, after - before


def read_part(document: DocumentLines | None, part: int, parts: int) -> set[str]:
    """Return one part of the lines of a document, which depends on the lines alone."""
    if document is None:
        return set()
    batches = read_lines(document.file)
    if parts == 1:
        return set[str]().union(*batches)
    return {line for batch in batches for line in batch if hash(line) % parts == part}


def apply_changes(store: Store, changes: StatementChanges) -> UnionChanges:
    """Change a store, its default graph included, and return what changed there."""
    gone = frozenset(quad.triple for quad in _remove(store, changes.removed))
    left = frozenset(triple for triple in gone if not _is_stated(store, triple))
    for triple in left:
        store.remove(Quad(triple.subject, triple.predicate, triple.object))
    quads = parse_lines(changes.added)
    new = frozenset(quad.triple for quad in quads if _in_union(quad.triple) not in store)
    store.extend([*quads, *map(_in_union, new)])
    return UnionChanges(left - new, new - left)


def _remove(store: Store, lines: Sequence[str]) -> list[Quad]:
    quads = parse_lines(lines)
    for quad in quads:
        store.remove(quad)
    return quads


def parse_lines(lines: Sequence[str]) -> list[Quad]:
    """Return the statements of lines of canonical N-Quads."""
    # The engine wrote every term of these lines, so parsing is lenient, as when they are loaded.
    return [*parse("".join(lines), format=RdfFormat.N_QUADS, lenient=True)] if lines else []


def find_missing(store: Store, lines: Iterable[str]) -> set[str]:
    """Return those of some lines that a store does not have."""
    some = sorted(lines)
    return {line for line, quad in zip(some, parse_lines(some), strict=True) if quad not in store}


def _is_stated(store: Store, triple: Triple) -> bool:
    """Return whether a named graph has a triple."""
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return any(quad.graph_name != UNION for quad in quads)


def _in_union(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object)


def list_statements(store: Store, subjects: Iterable[object]) -> list[Quad]:
    """Return the statements of some subjects in the union of all graphs."""
    return [
        quad
        for subject in subjects
        for quad in store.quads_for_pattern(subject, None, None, UNION)  # type: ignore[arg-type]
    ]
