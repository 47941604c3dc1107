"""Cards: the texts on them, from the values of a record, and where these come from."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loader.release.search_index.search_schema import SEARCH_INDEX_FILE
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext, get_cell_text
from query_ui.site.record_cards import (
    CKG,
    MAX_SUMMARY,
    SCHEMA,
    Values,
    describe_status,
    format_date,
    format_dates,
    format_duration,
    load_card_values,
    shorten_summary,
)
from tests.conftest import Built

KIND = {f"{CKG}practiceKind": ["policy"]}
SUBJECT = "http://purl.org/dc/terms/subject"


@pytest.mark.parametrize(
    ("date", "short", "long"),
    [
        ("2024", "2024", "2024"),
        ("2024-05", "May 2024", "May 2024"),
        ("2024-02-09", "Feb 2024", "9 February 2024"),
        ("2024-13", "2024", "2024"),
        ("spring 2024", "spring 2024", "spring 2024"),
    ],
)
def test_dates_are_written_in_words(date: str, short: str, long: str) -> None:
    assert (format_date(date), format_date(date, is_long=True)) == (short, long)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({f"{SCHEMA}startDate": ["2018"], f"{SCHEMA}endDate": ["2020-01"]}, "2018 to Jan 2020"),
        ({f"{SCHEMA}startDate": ["2018"], f"{SCHEMA}endDate": ["2018"]}, "2018"),
        (
            {f"{SCHEMA}startDate": ["2021-09-20"], f"{SCHEMA}endDate": ["2021-09-24"]},
            "Sep 2021",
        ),
        ({f"{SCHEMA}startDate": ["2023-05"]}, "from May 2023"),
        ({f"{SCHEMA}endDate": ["2023-05"]}, "until May 2023"),
        ({"http://purl.org/dc/terms/issued": ["2019-03-01"]}, "Mar 2019"),
        (KIND, "no dates given"),
        ({}, ""),
    ],
)
def test_dates_of_a_record(values: Values, text: str) -> None:
    assert format_dates(values) == text


@given(st.text(alphabet="ab ,;é", max_size=3 * MAX_SUMMARY))
def test_a_summary_is_how_a_text_begins(text: str) -> None:
    shown = shorten_summary(text)
    assert len(shown) <= MAX_SUMMARY
    if len(text) <= MAX_SUMMARY:
        assert shown == text
    else:
        assert shown.endswith("…") and text.startswith(shown[:-1])


def test_a_summary_ends_with_a_word() -> None:
    assert shorten_summary("Technicians, readers and " * 20).endswith("s, readers and…")
    assert shorten_summary("x" * 400) == "x" * (MAX_SUMMARY - 1) + "…"
    assert shorten_summary("y" * 290 + ", " + "z" * 50) == "y" * 290 + "…"


def test_status_says_where_the_source_has_no_date() -> None:
    assert describe_status("Running", {}) == "Running, undated source"
    assert describe_status("Running", {f"{CKG}statusDate": ["2024"]}) == "Running"
    assert describe_status("Unknown", {}) == "Status not given"


def list_records(graph: GraphContext) -> list[str]:
    """Every entity of the index that is no concept, and one that is not in the index."""
    assert graph.index
    found = graph.index.connection.execute(
        "SELECT iri FROM thing, kind WHERE kind.name = 'concept' AND number >= after"
    )
    return [*(iri for (iri,) in found), "https://example.org/other"]


def sort_values(values: Values) -> Mapping[str, list[str]]:
    return {one: sorted(texts) for one, texts in values.items() if texts}


def ask_query(graph: GraphContext, iris: list[str]) -> dict[str, dict[str, list[str]]]:
    """The values of the query of all."""
    found: dict[str, dict[str, list[str]]] = {iri: {} for iri in iris}
    for row in graph.select_rows_of(graph.page_query_text("cards", thing=iris)):
        values = found[get_cell_text(row, "thing")]
        values.setdefault(get_cell_text(row, "property"), []).append(get_cell_text(row, "value"))
    return found


def record_queries(graph: GraphContext, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The queries that are run from now on, by name and number of entities."""
    names: list[tuple[str, int]] = []
    write = GraphContext.page_query_text

    def note(context: GraphContext, name: str, page: int = 1, **values: str) -> str:
        names.append((name, len(values["thing"])))
        return write(context, name, page, **values)

    monkeypatch.setattr(GraphContext, "page_query_text", note)
    return names


def test_values_from_the_index_are_those_of_the_query(
    shipped_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph: GraphContext = shipped_app.extensions[GRAPH_EXTENSION]
    iris = list_records(graph)
    wanted = ask_query(graph, iris)
    monkeypatch.setattr(graph.kept_values, "get_many", lambda *_: {})
    names = record_queries(graph, monkeypatch)
    found = load_card_values(graph, iris)
    assert sorted(names) == [("card-details", len(iris) - 1), ("cards", 1)]
    tags = (SUBJECT, f"{CKG}beneficiary")
    for iri, values in wanted.items():
        assert sort_values(found[iri]) == sort_values(values)
        for one in values.keys() - set(tags):
            assert found[iri][one] == values[one], (iri, one)
    assert sum(len(values.get(one, ())) for values in wanted.values() for one in tags) > 500


@pytest.mark.parametrize("change", ["older index", "other query"])
def test_values_come_from_the_query_where_the_index_is_not_of_it(
    change: str, tiny_built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    shutil.copytree(tiny_built[0].root, root)
    settings = Settings(root, (), tmp_path / "build")
    shutil.copytree(tiny_built[0].out, settings.out)
    if change == "older index":
        (path,) = settings.out.glob(f"releases/*/{SEARCH_INDEX_FILE}")
        with closing(sqlite3.connect(path)) as base:
            base.execute("DELETE FROM facet WHERE name GLOB 'card-*'")
            base.commit()
    else:
        path = settings.pages / "cards.rq"
        text = path.read_text("utf-8").replace("dcterms:subject, ", "")
        path.unlink()
        path.write_text(text, "utf-8")
    engine = open_engine(settings)
    graph: GraphContext = create_app(settings, engine).extensions[GRAPH_EXTENSION]
    iris = list_records(graph)
    wanted = ask_query(graph, iris)
    names = record_queries(graph, monkeypatch)
    assert load_card_values(graph, iris) == wanted
    assert names == [("cards", len(iris))]
    has_subject = any(SUBJECT in values for values in wanted.values())
    assert has_subject == (change == "older index")
    engine.close()


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        ("P1Y", "1 year"),
        ("P3Y", "3 years"),
        ("P2Y6M", "2 years 6 months"),
        ("P18M", "18 months"),
        ("P0Y", "0 years"),
        ("P10D", "10 days"),
        ("PT4H", "PT4H"),
        ("P", "P"),
        ("three years", "three years"),
    ],
)
def test_durations_are_words(duration: str, text: str) -> None:
    assert format_duration(duration) == text
