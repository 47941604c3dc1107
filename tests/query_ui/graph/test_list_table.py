"""Lists as tables from the index are the results of their query, byte by byte."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode

from loader.errors import ClientGone
from loader.queries.query_files import read_saved_query
from loader.release.build import build
from loader.release.search_index.list_cells import LIST_TABLE_QUERY
from loader.release.search_index.search_schema import SEARCH_INDEX_FILE
from loader.settings import Settings
from query_ui.app import build_graph_context, create_app
from query_ui.engine import open_engine
from query_ui.engine.protocol import EngineRequest, SerialisedResult
from query_ui.engine.result_formats import FORMATS_BY_KIND, ResultFormat
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.list_table import BlockFile, ListTable, open_list_table
from query_ui.graph.page_queries import GraphContext
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH, PART_DEFINITION_BY_PATH
from tests.conftest import PROJECT, Built, quiet

ALL_CONCEPTS = "/things/concept"
"""A list without rows made at build time, since concepts of other vocabularies may be many."""
DEFINITIONS = {
    path: definition
    for path, definition in {**LIST_DEFINITION_BY_PATH, **PART_DEFINITION_BY_PATH}.items()
    if path != ALL_CONCEPTS
}
FORMATS = FORMATS_BY_KIND["bindings"]


def build_context(settings: Settings) -> Iterator[GraphContext]:
    engine = open_engine(settings)
    yield build_graph_context(settings, engine, engine)
    engine.close()


@pytest.fixture(scope="module")
def graph(tiny_built: Built) -> Iterator[GraphContext]:
    yield from build_context(tiny_built[0])


@pytest.fixture(scope="module")
def shipped_graph(shipped: Built) -> Iterator[GraphContext]:
    yield from build_context(shipped[0])


def read_table(graph: GraphContext, selection: FacetFilter, form: ResultFormat) -> bytes:
    """Return the table of the index."""
    table = open_list_table(graph, selection)
    assert table
    return read_body(table.execute(EngineRequest("", formats={"bindings": form}), lambda: None))


def ask_query(graph: GraphContext, selection: FacetFilter, form: ResultFormat) -> bytes:
    """Return the result of the query."""
    text = graph.narrow_page_query(LIST_TABLE_QUERY, selection)
    return read_body(graph.engine.execute(EngineRequest(text, formats={"bindings": form})))


def read_body(result: SerialisedResult) -> bytes:
    with result.body as body:
        content = body.read()
    assert len(content) == result.size
    return content


def list_selections(graph: GraphContext, full: FacetFilter) -> Iterator[FacetFilter]:
    """Yield filters of a list by two values of each facet, any and all, and by a word."""
    assert graph.index
    for name, facet in FACET_BY_NAME.items():
        values = graph.index.facet(facet.query_name).values[:2]
        if values and name not in full.chosen:
            for every in (frozenset[str](), frozenset({name})):
                yield FacetFilter(full.kind, full.classes, {**full.chosen, name: values}, every)
    yield FacetFilter(full.kind, full.classes, full.chosen, text="the")


@pytest.mark.parametrize("path", DEFINITIONS)
def test_a_table_is_the_result_of_its_query_in_all_formats(path: str, graph: GraphContext) -> None:
    full = DEFINITIONS[path].full_selection
    for form in FORMATS:
        assert read_table(graph, full, form) == ask_query(graph, full, form), form.name


@pytest.mark.parametrize("path", ["/case-studies", "/initiatives"])
def test_a_narrowed_table_is_the_result_of_its_query(path: str, graph: GraphContext) -> None:
    rows = 0
    for selection in list_selections(graph, DEFINITIONS[path].full_selection):
        table = read_table(graph, selection, FORMATS[1])
        assert table == ask_query(graph, selection, FORMATS[1]), selection
        rows += table.count(b"\n") - 1
    assert rows > 5


@pytest.mark.parametrize("path", LIST_DEFINITION_BY_PATH)
def test_the_tables_of_the_shipped_release_are_the_results_of_their_query(
    path: str, shipped_graph: GraphContext
) -> None:
    full = DEFINITIONS[path].full_selection
    table = read_table(shipped_graph, full, FORMATS[1])
    assert table == ask_query(shipped_graph, full, FORMATS[1])
    assert table.count(b"\n") > 1


def test_every_class_of_a_list_is_among_those_of_the_cells() -> None:
    (classes,) = read_saved_query(PROJECT / "sparql" / "index" / "list-cells.rq").parameters
    listed = {iri for definition in DEFINITIONS.values() for iri in definition.classes}
    assert listed == {one.value for one in classes.defaults if isinstance(one, NamedNode)}


def test_an_entity_without_a_row_leaves_the_list_to_the_query(graph: GraphContext) -> None:
    concepts = PART_DEFINITION_BY_PATH[ALL_CONCEPTS].full_selection
    assert open_list_table(graph, concepts) is None


def test_work_stops_between_blocks_of_rows(
    graph: GraphContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("query_ui.graph.list_table._BLOCK_ROWS", 1)
    table = open_list_table(graph, DEFINITIONS["/organisations"].full_selection)
    assert table and len(table.positions) > 3
    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise ClientGone("left")

    with pytest.raises(ClientGone, match="left"):
        table.execute(EngineRequest("", formats={"bindings": FORMATS[1]}), check)
    assert len(calls) == 3


def test_blocks_are_read_in_any_sizes() -> None:
    file = BlockFile(iter([b"abc", b"defg"]))
    assert [file.read(2), file.read(2), file.read(), file.read(9)] == [b"ab", b"c", b"defg", b""]


def test_an_index_of_an_older_program_leaves_the_list_to_the_query(
    tiny_built: Built, tmp_path: Path
) -> None:
    settings = Settings(tiny_built[0].root, (), tmp_path / "build")
    shutil.copytree(tiny_built[0].out, settings.out)
    (path,) = settings.out.glob(f"releases/*/{SEARCH_INDEX_FILE}")
    with closing(sqlite3.connect(path)) as base:
        base.executescript("DROP TABLE list_row; DROP TABLE list_query")
    for older in build_context(settings):
        assert older.index
        assert open_list_table(older, DEFINITIONS["/case-studies"].full_selection) is None


def test_a_list_whose_query_was_changed_is_the_result_of_that_query(tiny: Settings) -> None:
    path = tiny.pages / f"{LIST_TABLE_QUERY}.rq"
    text = path.read_text("utf-8")
    path.write_text(text.replace('separator=" | "', 'separator=" / "'), "utf-8")
    (found,) = [one for one in build(tiny, quiet).findings if one.code == "list-query"]
    assert found.path == str(path) and "Downloads of lists give what the query returns" in str(
        found
    )
    client = create_app(tiny, open_engine(tiny)).test_client()
    assert " / " in client.get("/case-studies.csv", buffered=True).text


def test_downloads_come_from_the_index(tiny_built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    formats = []
    execute = ListTable.execute

    def count_execution(table: ListTable, *given: Any) -> SerialisedResult:
        formats.append(given[0].formats)
        return execute(table, *given)

    monkeypatch.setattr(ListTable, "execute", count_execution)
    client = create_app(tiny_built[0], open_engine(tiny_built[0])).test_client()
    for suffix in ("csv", "tsv", "xml", "xlsx"):
        assert client.get(f"/case-studies.{suffix}", buffered=True).status_code == 200
    assert len(formats) == 4
