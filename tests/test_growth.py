"""Data may grow: a valid document, whatever it adds, stops no build and breaks no contract."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, parse

from loader.document import Document
from loader.errors import Severity
from loader.mapping import map_document
from loader.mapping.provenance import build_document_lines, graph_of
from loader.queries.contract_check import ContractCheck, check_contract
from loader.queries.query_files import load_saved_queries
from loader.release.build import BuildResult, build
from loader.release.document_set import DocumentSet
from loader.release.staging import StagingRelease, collect_names, validate_store
from loader.release.staging_graph import FullGraph
from loader.settings import Settings
from loader.validation.data_issues import format_issues
from tests.conftest import PROJECT, quiet
from tests.growth import Vocabulary, read_vocabulary, write_document

ALL = 200
PROFILE_EXAMPLES = hypothesis.settings().max_examples
EXAMPLES = ALL if PROFILE_EXAMPLES >= 10 * ALL else max(1, PROFILE_EXAMPLES // 25)
"""A small part of what the profile asks for: an example proves every contract, in some ten seconds.

``make torture`` tries all.
"""
QUERIES = load_saved_queries(PROJECT / "sparql" / "queries")


@pytest.fixture(scope="module")
def grown(shipped: tuple[Settings, BuildResult]) -> Iterator[Store]:
    """A copy of the shipped release in memory."""
    copy = Store()
    copy.bulk_extend(Store.read_only(str(shipped[1].release.store)))
    yield copy


@pytest.fixture(scope="module")
def known(grown: Store) -> Vocabulary:
    return read_vocabulary(grown)


def add_to_copy(store: Store, settings: Settings, path: Path) -> list[Quad]:
    """Add a document to a store as a build would, with what validation finds; the quads added."""
    library = DocumentSet(settings, [path])
    context = collect_names(library, quiet)
    made = StagingRelease(FullGraph(path.parent))
    for item in library.items:
        made.names[str(item.path)] = item.name
        made.paths[graph_of(item.name).value] = str(item.path)
    (entry,) = library.extra
    document = library.read(entry)
    assert isinstance(document, Document)
    mapped = map_document(document, context)
    made.findings += document.findings
    made.note(document, mapped.findings, mapped.described_entities)
    lines = build_document_lines(document, graph_of(entry.name), mapped.statements)
    text = "".join(f"{triple} {graph} .\n" for triple, graph in lines)
    added = extend(store, list(parse(text, RdfFormat.N_QUADS)))
    made.findings += validate_store(made, store, library, quiet)
    errors = [str(found) for found in made.findings if found.severity is Severity.ERROR]
    assert errors == [], "the document is not valid"
    issues = format_issues(made.findings, made.names)
    text = "".join(f"{triple} {graph} .\n" for lines in issues for triple, graph in lines)
    return added + extend(store, list(parse(text, RdfFormat.N_QUADS)))


def extend(store: Store, quads: list[Quad]) -> list[Quad]:
    """Add quads to their graphs and to the union; return those that were not there."""
    union = [Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads]
    added = [quad for quad in {*quads, *union} if quad not in store]
    store.extend(added)
    return added


def check_with(store: Store, settings: Settings, path: Path) -> list[ContractCheck]:
    """Return the check of every contract on a store with one document more."""
    added = add_to_copy(store, settings, path)
    try:
        return [check_contract(query, store) for query in QUERIES.values()]
    finally:
        for quad in added:
            store.remove(quad)


@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(seed=st.integers(min_value=0, max_value=2**32))
def test_one_document_more_breaks_no_contract(
    seed: int, grown: Store, known: Vocabulary, shipped: tuple[Settings, BuildResult]
) -> None:
    with TemporaryDirectory() as folder:
        path = write_document(Path(folder), Random(seed), known, seed)
        hypothesis.note(path.read_text("utf-8"))
        checks = check_with(grown, shipped[0], path)
    assert [check.message for check in checks if not check.ok] == []


@pytest.mark.long
def test_many_documents_more_stop_no_build(known: Vocabulary, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(PROJECT / "data", data)
    (data / "new").mkdir()
    random = Random(0)
    for number in range(ALL):
        write_document(data / "new", random, known, number)
    outcome = build(Settings(PROJECT, (data,), tmp_path / "build"), quiet)
    assert outcome.keeps_contracts
    assert outcome.documents > ALL


def test_every_obligation_served_and_every_keyword_used_breaks_no_contract(
    grown: Store, known: Vocabulary, shipped: tuple[Settings, BuildResult], tmp_path: Path
) -> None:
    """The extreme: no gap is left."""
    tags = "\n".join(f"  {scheme}: {labels!r}" for scheme, labels in known.tags.items())
    text = f"---\ntype: case-study\ntitle: Everything\ntags:\n{tags}\n"
    text += f"curated:\n  obligations: {known.obligations!r}\n---\nAll of it.\n"
    (tmp_path / "everything.md").write_text(text, "utf-8")
    checks = check_with(grown, shipped[0], tmp_path / "everything.md")
    assert [check.message for check in checks if not check.ok] == []
    rows = {check.name: check.rows for check in checks}
    assert rows["obligations-without-case-study"] == rows["keywords-without-case-study"] == 0
