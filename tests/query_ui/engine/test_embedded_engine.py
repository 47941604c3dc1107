"""The embedded engine: whole answers, clear errors, and the release that is current."""

import json
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from loader.errors import BuildError, QueryError, QueryRefused, QueryStopped, UsageError
from loader.settings import Settings
from query_ui.engine import open_engine
from query_ui.engine.embedded_engine import EmbeddedEngine, select_table
from query_ui.engine.protocol import EngineRequest, QueryResult
from query_ui.engine.result_formats import FORMATS_BY_KIND, ResultKind, find_format
from tests.query_ui.releases import EXAMPLE, publish

PREFIXES = {"e": "https://example.org/", "c": "https://example.org/concept/"}
TITLES = "PREFIX e: <https://example.org/> SELECT ?t ?none { e:a e:title ?t } ORDER BY LANG(?t)"


@pytest.fixture
def engine(tmp_path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(publish(tmp_path / "build"), PREFIXES)


def test_rows_are_terms_with_language_and_none_where_unbound(engine: EmbeddedEngine) -> None:
    answer = engine.query(TITLES)
    assert (answer.kind, answer.columns, answer.boolean) == ("bindings", ("t", "none"), None)
    assert answer.rows == [
        (Literal("Lles", language="cy"), None),
        (Literal("Well-being", language="en"), None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        TITLES,
        "SELECT * { ?s ?p ?o } ORDER BY ?s ?p STR(?o)",
        "SELECT ?o { ?s ?p ?o } LIMIT 0",
        'SELECT ("1.50"^^xsd:decimal AS ?a) (1/3 AS ?b) ("c"@en-GB AS ?c) {}',
        'SELECT (<<( <urn:a> <urn:b> "c"@en-GB )>> AS ?triple) {}',
        "SELECT (COUNT(*) AS ?total) { ?s ?p ?o }",
    ],
)
def test_a_table_is_what_the_serialised_result_has(engine: EmbeddedEngine, text: str) -> None:
    text = f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {text}"
    assert select_table(engine, text) == engine.query(text).read_table()
    assert select_table(FakeRemote(engine), text) == engine.query(text).read_table()


class FakeRemote:
    """An engine that is not embedded."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self.query = engine.query

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is not needed")


def test_a_table_has_the_errors_of_a_query(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryError, match="ends too early"):
        engine.select_table("SELECT ?s { ?s")
    with pytest.raises(QueryError, match="lone surrogate"):
        engine.select_table('SELECT ("\ud800" AS ?s) {}')
    assert engine.longest_seconds < 1
    guarded = EmbeddedEngine(engine.out, PREFIXES, is_guarded=True)
    with pytest.raises(QueryRefused):
        guarded.select_table("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")


def test_false_is_false_in_every_format(engine: EmbeddedEngine) -> None:
    no, yes = engine.query("ASK { ?s ?p 99 }"), engine.query("ASK { ?s ?p 12 }")
    assert (no.kind, no.boolean, yes.boolean, no.rows, no.columns) == (
        "boolean",
        False,
        True,
        [],
        (),
    )
    for form in FORMATS_BY_KIND["boolean"]:
        assert b"false" in no.serialise(form) and b"true" not in no.serialise(form)
        assert b"true" in yes.serialise(form) and b"false" not in yes.serialise(form)


def test_every_format_is_what_the_store_writes_itself(engine: EmbeddedEngine) -> None:
    store = Store()
    store.load(EXAMPLE.encode(), format=RdfFormat.TRIG)
    text = "SELECT ?o ?none { GRAPH ?g { ?s ?p ?o } } ORDER BY STR(?o)"
    answer = engine.query(text)
    for form in FORMATS_BY_KIND["bindings"]:
        assert answer.serialise(form) == store.query(text).serialize(format=form.writer)  # type: ignore[arg-type]
    found = json.loads(answer.serialise(FORMATS_BY_KIND["bindings"][0]))["results"]["bindings"]
    assert {"type": "literal", "value": "Lles", "xml:lang": "cy"} in [row["o"] for row in found]
    date = "http://www.w3.org/2001/XMLSchema#date"
    assert {"type": "literal", "value": "2024-02-29", "datatype": date} in [r["o"] for r in found]


def test_a_graph_is_the_same_graph_in_every_format(engine: EmbeddedEngine) -> None:
    answer = engine.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    assert (answer.kind, answer.columns) == ("graph", ("subject", "predicate", "object"))
    store = Store()
    store.load(EXAMPLE.encode(), format=RdfFormat.TRIG)
    expected = {quad.triple for quad in store}
    assert {tuple(t) for t in expected} == set(answer.rows)
    for form in FORMATS_BY_KIND["graph"]:
        assert isinstance(form.writer, RdfFormat)
        again = {quad.triple for quad in parse(answer.serialise(form), format=form.writer)}
        assert again == expected


def test_turtle_declares_the_prefixes_it_uses_and_no_others(engine: EmbeddedEngine) -> None:
    turtle = find_format("ttl", "graph")
    assert turtle
    written = engine.query("DESCRIBE <https://example.org/a>").serialise(turtle).decode()
    assert "@prefix c: <https://example.org/concept/> ." in written
    assert "e:a e:" in written and "c:wellbeing" in written
    unused = EmbeddedEngine(engine.out, PREFIXES | {"unused": "https://unused.example/"})
    assert (
        "unused" not in unused.query("DESCRIBE <https://example.org/a>").serialise(turtle).decode()
    )


@pytest.mark.parametrize(("kind", "name"), [("graph", "csv"), ("bindings", "ttl")])
def test_a_format_must_fit_the_kind(kind: ResultKind, name: str) -> None:
    form = find_format(name, "bindings") or find_format(name, "graph")
    assert form
    with pytest.raises(UsageError, match=f"kind {kind} cannot be written as {name}"):
        QueryResult(kind, b"").serialise(form)


def test_graphs_of_the_protocol_choose_the_dataset(engine: EmbeddedEngine) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    numbers = [
        engine.query(count).rows[0][0],
        engine.query(count, default_graphs=["https://example.org/g2"]).rows[0][0],
        engine.query(count, named_graphs=["https://example.org/g2"]).rows[0][0],
    ]
    assert [term.value for term in numbers if isinstance(term, Literal)] == ["9", "3", "0"]


def test_a_syntax_error_says_where_and_what_to_do(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryError, match='The prefix "e:" is not declared') as caught:
        engine.query("SELECT * {\n  ?s e:title ?o }")
    error = caught.value
    assert (error.line, error.column, error.excerpt) == (2, 6, "  ?s e:title ?o }\n     ^")
    assert error.suggestion == "Add this line at the top: PREFIX e: <https://example.org/>"
    assert len(engine.query(error.repair).rows) == 3


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a:b> <urn:a:b> 1 }",
        "PREFIX e: <https://example.org/>\n# a comment\ndelete where { ?s ?p ?o }",
        "CLEAR ALL",
    ],
)
def test_an_update_is_refused(engine: EmbeddedEngine, text: str) -> None:
    with pytest.raises(QueryRefused, match="read-only"):
        engine.query(text)
    assert engine.query("ASK { ?s ?p 12 }").boolean is True


def test_half_a_character_is_a_fault_of_the_query(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryError, match="lone surrogate"):
        engine.query("SELECT * { ?s ?p '\udc80' }")


def test_a_page_may_ask_for_anything_called_service(engine: EmbeddedEngine) -> None:
    # This project's own queries are not the guard's business, however they are written.
    text = "SELECT * { ?s ?p ?o FILTER(?o = 'service') } VALUES ?x { 1 }"
    assert engine.query(text).rows == []


def test_a_missing_release_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=f"no release in {tmp_path}: run `concordat-kg build`"):
        EmbeddedEngine(tmp_path, {})
    (tmp_path / "current").write_text("gone\n")
    with pytest.raises(BuildError, match="without a store"):
        EmbeddedEngine(tmp_path, {})
    (tmp_path / "releases" / "gone" / "store").mkdir(parents=True)
    with pytest.raises(BuildError, match="cannot be opened"):
        EmbeddedEngine(tmp_path, {})


def test_a_new_release_answers_from_the_next_question_on(engine: EmbeddedEngine) -> None:
    assert (engine.release, engine.query("ASK { ?s ?p 'new' }").boolean) == ("r1", False)
    publish(engine.out, "r2", "<urn:x:g> { <urn:x:s> <urn:x:p> 'new' }")
    assert (engine.release, engine.query("ASK { ?s ?p 'new' }").boolean) == ("r2", True)


def test_open_engine_reads_the_projects_prefixes(project: Path, tmp_path: Path) -> None:
    engine = open_engine(Settings(root=project, out=publish(tmp_path / "build")))
    assert engine.prefixes["skos"] == "http://www.w3.org/2004/02/skos/core#"
    with pytest.raises(QueryError) as caught:
        engine.query("SELECT * { ?s skos:prefLabel ?o }")
    assert "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>" in caught.value.suggestion
    row = engine.query("SELECT ?s { ?s ?p 12 }").rows[0]
    assert row == (NamedNode("https://example.org/a"),)


class Full:
    """A sink that takes nothing."""

    def write(self, data: bytes, /) -> int:
        raise QueryStopped("It is full.")


def test_an_error_keeps_no_results_of_the_store(tmp_path: Path) -> None:
    # They may be dropped in the thread that made them alone; an error travels to others.
    engine = EmbeddedEngine(publish(tmp_path / "build"), {})
    with pytest.raises(QueryStopped) as caught:
        engine.write_result(EngineRequest("SELECT * { ?s ?p ?o }"), Full())
    frame = caught.value.__traceback__
    while frame:
        assert "results" not in frame.tb_frame.f_locals
        frame = frame.tb_next
