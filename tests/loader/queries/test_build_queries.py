"""The queries that a build runs for itself: those of another version are refused."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pyoxigraph import Store

from loader.errors import DataError
from loader.queries.build_queries import (
    COUNTING_COLUMNS,
    FACET_COLUMNS,
    INDEX_COLUMNS,
    LINK_COLUMNS,
    build_query_runner,
)
from loader.queries.query_files import load_saved_queries, parse_saved_query
from loader.release.search_index import collect_index_contents
from loader.release.search_index.postings import read_postings
from loader.settings import Settings

PROJECT = Path(__file__).parents[3]
SPARQL = PROJECT / "sparql"
HEADER = "#+ title: Texts\n#+ summary: All texts.\n#+ tags: [index]\n"


def write_query(folder: Path, name: str, text: str, columns: str) -> None:
    """Write a query with its header."""
    contract = f"#+ contract: {{columns: [{columns}], min_rows: 0, max_ms: 1000}}\n"
    (folder / f"{name}.rq").write_text(f"{HEADER}{contract}{text}\n", "utf-8")


@pytest.mark.parametrize(
    ("folder", "columns"),
    [("index", INDEX_COLUMNS), ("describing", COUNTING_COLUMNS), ("links", LINK_COLUMNS)],
)
def test_our_own_queries_have_the_columns(
    folder: str, columns: Mapping[str, Sequence[str]]
) -> None:
    queries = load_saved_queries(SPARQL / folder)
    assert {name: query.contract.columns for name, query in queries.items()} == {
        name: tuple(names) for name, names in columns.items()
    }
    runner = build_query_runner(Store(), SPARQL / folder, columns, "")
    for name, names in columns.items():
        assert [variable.value for variable in runner(name).variables] == list(names)


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        (
            "SELECT ?thing ?text { ?thing ?p ?text }",
            "thing, text",
            "The query has the columns thing, text, and",
        ),
        (
            "SELECT ?place ?thing ?text { }",
            "place, thing, text",
            "The query has the columns place, thing, text, and",
        ),
    ],
)
def test_other_columns_are_refused(tmp_path: Path, text: str, columns: str, said: str) -> None:
    write_query(tmp_path, "texts", text, columns)
    with pytest.raises(DataError) as error:
        build_query_runner(Store(), tmp_path, INDEX_COLUMNS, "")("texts")
    (finding,) = error.value.findings
    assert said in finding.message
    assert finding.message.endswith(
        "this version reads the columns thing, place, text. Take the file that came with this "
        "version."
    )
    assert finding.path == str(tmp_path / "texts.rq")


def test_a_graph_is_refused(tmp_path: Path) -> None:
    write_query(tmp_path, "texts", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "subject")
    with pytest.raises(DataError, match="The query has no table as its result, and"):
        build_query_runner(Store(), tmp_path, INDEX_COLUMNS, "")("texts")


def test_a_missing_query_is_named_with_its_purpose(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"texts\.rq: The query does not exist: it is for tests\.$"):
        build_query_runner(Store(), tmp_path, INDEX_COLUMNS, "it is for tests")("texts")


def test_a_facet_of_other_columns_is_refused() -> None:
    query = load_saved_queries(SPARQL / "facets")["year"]
    text = query.text.replace("SELECT DISTINCT ?thing ?value", "SELECT DISTINCT ?value ?thing")
    assert text != query.text
    other = parse_saved_query(text, "year.rq", "year")
    with pytest.raises(DataError, match="year.rq: The query has the columns value, thing, and"):
        read_postings(Store(), other, {})
    assert read_postings(Store(), query, {}).values == ()
    assert FACET_COLUMNS == ("thing", "value")


def test_an_index_without_its_facet_is_refused(tmp_path: Path) -> None:
    for name in ("index", "pages", "facets"):
        folder = tmp_path / "sparql" / name
        folder.mkdir(parents=True)
        for path in (SPARQL / name).glob("*.rq"):
            (folder / path.name).write_bytes(path.read_bytes())
    (tmp_path / "sparql" / "facets" / "organisation.rq").unlink()
    with pytest.raises(
        DataError, match=r"organisation\.rq: The query does not exist: the search index"
    ):
        collect_index_contents(Store(), Settings(root=tmp_path))
