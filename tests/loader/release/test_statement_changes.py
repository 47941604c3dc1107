"""Which statements went and came, and what a store of them has then."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from loader.mapping.provenance import graph_of
from loader.namespaces import CATALOGUE
from loader.release import statement_changes
from loader.release.document_cache import LINES_SUFFIX, DocumentLines, compress_lines
from loader.release.statement_changes import (
    IncrementalBuildError,
    StatementChanges,
    apply_changes,
    compare_documents,
    compare_lines,
    find_missing,
    list_statements,
)

NAMES = ("a.md", "b.md", "a/b.md")
SHARED = "https://g.example/shared"
Lines = Mapping[str, frozenset[str]]
"""The lines of each document."""


def state(subject: str, graph: str) -> str:
    return f'<{subject}> <https://p.example/says> "tea" <{graph}> .\n'


def list_possible_lines(name: str) -> list[str]:
    """Return lines that a document may have: its own, some of the catalogue, some of others."""
    home = graph_of(name).value
    other = graph_of("b.md").value
    catalogue = CATALOGUE.value
    return [
        *(state(f"https://a.example/{n}", home) for n in range(3)),
        *(state(subject, catalogue) for subject in (home, f"{home}#1", f"{home}/x#1")),
        *(state(subject, catalogue) for subject in ("https://a.example/text", SHARED)),
        *(state("https://a.example/1", graph) for graph in (SHARED, other)),
    ]


def documents() -> st.SearchStrategy[Lines]:
    """Some documents, each with some of the lines that it may have."""
    parts = {name: st.frozensets(st.sampled_from(list_possible_lines(name))) for name in NAMES}
    return st.fixed_dictionaries({}, optional=parts)


def write(folder: Path, lines: Lines) -> dict[str, DocumentLines]:
    """Write the lines as the cache does; other graphs are those that a document names itself."""
    found = {}
    for name, some in lines.items():
        data = compress_lines(sorted(some))
        path = folder / f"{hashlib.sha256(data).hexdigest()}{LINES_SUFFIX}"
        path.write_bytes(data)
        graphs = {line.split("<")[-1][: -len("> .\n")] for line in some}
        own = graphs - {graph_of(name).value, CATALOGUE.value}
        found[name] = DocumentLines(path, tuple(own))
    return found


def union(lines: Lines) -> set[str]:
    return {line for some in lines.values() for line in some}


@given(before=documents(), after=documents(), at_once=st.sampled_from([30, 10_000]))
def test_the_changes_are_those_of_all_documents_together(
    tmp_path_factory: pytest.TempPathFactory, before: Lines, after: Lines, at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("lines")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statement_changes, "BYTES_AT_ONCE", at_once)
        found = compare_documents(write(folder, before), write(folder, after), 100)
    assert found == StatementChanges.between(union(before), union(after))


def test_more_changes_than_the_limit_are_refused(tmp_path: Path) -> None:
    lines = {"a.md": frozenset(list_possible_lines("a.md")[:3])}
    assert len(compare_documents({}, write(tmp_path, lines), 3).added) == 3
    with pytest.raises(IncrementalBuildError):
        compare_documents({}, write(tmp_path, lines), 2)


IN_BOTH = frozenset(state("https://a.example/1", graph) for graph in (SHARED, "urn:other"))
IN_ONE = frozenset([state("https://a.example/1", SHARED)])


@given(before=documents(), after=documents())
@example(before={"a.md": IN_BOTH}, after={"a.md": IN_ONE})
@example(before={"a.md": IN_ONE}, after={"a.md": IN_BOTH})
@example(before={"a.md": IN_ONE}, after={"b.md": IN_BOTH - IN_ONE})
def test_a_changed_store_is_one_of_everything(before: Lines, after: Lines) -> None:
    store, expected = fill(union(before)), fill(union(after))
    old = {quad.triple for quad in store}
    changes = apply_changes(store, StatementChanges.between(union(before), union(after)))
    assert set(store) == set(expected)
    new = {quad.triple for quad in expected}
    assert set(changes.removed) == old - new and set(changes.added) == new - old
    assert set(changes) == old ^ new


def fill(lines: set[str]) -> Store:
    """A store of the lines, the union of all graphs in its default graph."""
    store = Store()
    for quad in parse("".join(lines), RdfFormat.N_QUADS) if lines else ():
        store.extend([quad, Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())])
    return store


def test_the_statements_of_some_subjects_are_those_of_the_union() -> None:
    store = fill({state("https://a.example/1", SHARED), state("https://a.example/2", SHARED)})
    (quad,) = list_statements(store, [NamedNode("https://a.example/2"), NamedNode("urn:none")])
    (line,) = parse(state("https://a.example/2", SHARED), RdfFormat.N_QUADS)
    assert quad.triple == line.triple
    assert isinstance(quad.triple, Triple) and quad.graph_name == DefaultGraph()


@given(old=st.lists(st.lists(st.sampled_from("abcde"))), new=st.sets(st.sampled_from("abcde")))
def test_lines_are_compared_in_parts(old: list[list[str]], new: set[str]) -> None:
    whole = {line for batch in old for line in batch}
    assert compare_lines(old, new) == StatementChanges.between(whole, new)


def test_the_lines_that_a_store_does_not_have_are_found() -> None:
    there, other = (state("https://a.example/1", graph) for graph in (SHARED, "urn:other"))
    assert find_missing(fill({there}), {there, other}) == {other}
    assert find_missing(fill({there}), ()) == set()
