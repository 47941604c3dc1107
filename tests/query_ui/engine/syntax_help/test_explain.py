"""Broken queries: the place, the sentence and the way out, for each kind of mistake."""

import re
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from loader.errors import QueryError, QueryRefused
from loader.queries.syntax import parser
from loader.queries.syntax.ll1_table import load_sparql_table
from query_ui.engine.syntax_help import explain_syntax_error
from query_ui.engine.syntax_help.query_parse import QueryParse
from tests.each_case import check_each

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
}
ANYWHERE = SyntaxError("error at 1:1: expected something")


class Broken(NamedTuple):
    """A line of the table; ``repair`` is yes, no, or further: read on to the next mistake."""

    place: str
    query: str
    message: str
    suggestion: str
    repair: str


def _table() -> list[Broken]:
    """The rows of ``broken_queries.tsv``: ⏎ is a line feed there, and ⟨00A0⟩ a character."""
    text = Path(__file__).with_name("broken_queries.tsv").read_text("utf-8")
    rows = [Broken(*line.split("\t")) for line in text.split("\n")[1:-1]]
    return [row._replace(query=_decoded(row.query)) for row in rows]


def _decoded(text: str) -> str:
    return re.sub("⟨([0-9A-F]{4})⟩", lambda m: chr(int(m[1], 16)), text.replace("⏎", "\n"))


def refused(text: str) -> SyntaxError:
    """What the engine says to a query that it can't read."""
    with pytest.raises(SyntaxError) as caught:
        Store().query(text, base_iri="https://example.org/")
    return caught.value


def test_a_broken_query_is_explained() -> None:
    check_each(_table(), check_explanation)


def check_explanation(row: Broken) -> None:
    """Check what is said of a broken query, where, and what is suggested."""
    error = explain_syntax_error(row.query, refused(row.query), PREFIXES)
    assert f"{error.line}:{error.column}" == row.place
    assert (str(error), error.suggestion) == (row.message, row.suggestion)
    assert bool(error.repair) == (row.repair != "no")
    assert error.excerpt.count("\n") == (1 if row.query.strip() else 0)


def test_a_repaired_query_can_be_read() -> None:
    check_each([row for row in _table() if row.repair != "no"], check_repair)


def check_repair(row: Broken) -> None:
    """Check that a repaired query is read, or has another fault where the table says so."""
    repair = explain_syntax_error(row.query, refused(row.query), PREFIXES).repair
    if row.repair == "yes":
        Store().query(repair, base_iri="https://example.org/")
    else:
        again = explain_syntax_error(repair, refused(repair), PREFIXES)
        assert str(again) != row.message


def test_the_table_is_long_enough() -> None:
    rows = _table()
    assert len({row.query for row in rows}) == len(rows) > 200


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_an_empty_query(text: str) -> None:
    error = explain_syntax_error(text, refused(text), {})
    assert (str(error), error.line, error.column) == ("The query is empty.", 1, 1)
    assert (error.excerpt, error.repair) == ("", "")


def test_every_prefix_that_is_known_is_added_at_once_below_the_comments() -> None:
    text = "#+ title: A query\nSELECT * {\n  ?s rdfs:label ?l ; skos:prefLabel ?p ; x:y 1\n}"
    error = explain_syntax_error(text, ANYWHERE, PREFIXES)
    assert (error.line, error.column) == (3, 6)
    assert error.repair == text.replace(
        "SELECT",
        f"PREFIX rdfs: <{PREFIXES['rdfs']}>\nPREFIX skos: <{PREFIXES['skos']}>\nSELECT",
    )


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a:b> <urn:a:b> 1 }",
        "PREFIX e: <https://example.org/>\n# a comment\ndelete where { ?s ?p ?o }",
        "BASE <http://x/> PREFIX : <> WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CLEAR ALL",
    ],
)
def test_an_update_is_refused(text: str) -> None:
    error = explain_syntax_error(text, ANYWHERE, PREFIXES)
    assert isinstance(error, QueryRefused)
    assert "read-only" in str(error)


def test_a_prefix_called_like_an_update_is_none() -> None:
    text = "PREFIX insert: <http://x/> SELECT * { ?s insert:data ?o"
    assert not isinstance(explain_syntax_error(text, ANYWHERE, {}), QueryRefused)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_end_as_editors_count_them(line_end: str) -> None:
    text = line_end.join(("SELECT *", "{ ?s ?p ?o }", "LIMT 3"))
    error = explain_syntax_error(text, ANYWHERE, {})
    assert (error.line, error.column) == (3, 1)


def test_where_the_engine_has_read_further_nothing_is_claimed() -> None:
    text = "SELECT * { NEWWORD { ?s ?p ?o } } LIMIT 99999999999999999999"
    error = explain_syntax_error(text, SyntaxError("error at 1:61: expected something"), {})
    assert (error.line, error.column, error.suggestion) == (1, 61, "")
    assert "at this place or shortly before it" in str(error)


def test_where_the_engine_names_no_place_neither_do_we() -> None:
    error = explain_syntax_error("ASK { ?s ?p ?o }", SyntaxError("something new"), {})
    assert (str(error), error.repair) == ("The query cannot be read as SPARQL.", "")


def test_the_projects_queries_can_all_be_read(project: Path) -> None:
    found = sorted((project / "sparql").rglob("*.rq"))
    assert len(found) > 20
    assert [
        path.name for path in found if QueryParse(path.read_text("utf-8")).error_index is not None
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p <<( ?s ?p ?o )>> }",
        "SELECT * { ?s ?p ?o {| ?a ?b ; ?c 1, 2 |} }",
        "SELECT * { ?s ?p ?o ~ ?r {| ?a ?b |} . << ?s ?p ?o ~ _:r >> ?a ?b }",
        'VERSION "1.2" SELECT * { ?s ?p "a"@en--ltr }',
        "SELECT * { ?s ?p ?o LATERAL { SELECT ?o { ?s ?p ?o } LIMIT 1 } }",
        "SELECT (TRIPLE(?s, ?p, ?o) AS ?t) { ?s ?p ?o FILTER(hasLANG(?o) || isTRIPLE(?o)) }",
        "SELECT * { ?s (^<a>/!(<b>|^<c>)|a+)? [ <d> () ] ; ; <e> ( 1 -2.5 'x'^^<t> true ) }",
        "SELECT (COUNT(DISTINCT *) AS ?n) (GROUP_CONCAT(?o ; SEPARATOR = '|') AS ?t) { ?s ?p ?o }"
        " GROUP BY (STR(?s) AS ?x) HAVING (?n > 1) ORDER BY DESC(?n) ?x LIMIT 3 OFFSET 1",
        "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2",
        "DESCRIBE <a> ?x FROM <g> { ?x ?p ?o MINUS { ?x ?p 1 } } VALUES (?x ?p) { (1 UNDEF) }",
        "ASK { FILTER(?a-1 < 2+3*-4 && ?b NOT IN (1, 'x') || !EXISTS { ?s ?p ?o }) }",
        "ASK { ?s <a> '''it's\n'' fine''' . BIND(IF(BOUND(?s), 1e3, .5) AS ?x) }",
        "PREFIX e: <http://e/> ASK { e:a.b-c e:x\\,y%20 e: . _:a.b e:1 ?x }",
    ],
)
def test_what_the_engine_reads_our_grammar_reads(text: str) -> None:
    Store().query(text, base_iri="https://example.org/")
    assert QueryParse(text).error_index is None


def test_the_next_token_decides_every_choice_of_the_grammar() -> None:
    grammar = load_sparql_table()
    for name, alternatives in grammar.rules.items():
        beginnings = [
            token
            for alternative in alternatives
            for symbol in grammar.list_leading_symbols(alternative)
            for token in grammar.compute_first_set(symbol)
        ]
        assert len(beginnings) == len(set(beginnings)), name
    used = {s for alternatives in grammar.rules.values() for alt in alternatives for s in alt}
    assert {name for name in grammar.rules if name not in used} == {"Query"}


PIECES = st.sampled_from(
    """SELECT * ?s ?p ?o { } ( ) [ ] <a> <b < > = == != ! a . , ; ^ / | || && 'x' "y \"\"\" @en @ ^^
    1 1.5 -2 e:x skos: : _:b # \\ “ \u00a0 \u200b LIMT LIMIT ORDER BY DESC FILTER FILTR BIND AS
    COUNT COUNT(*) GROUP VALUES UNDEF OPTIONAL GRAPH NOT EXISTS AND LIKE PREFIX BASE word <<( )>>
    << >> {| |} ~ UNION SELECT ASK { WHERE CONSTRUCT ?s ?p ?o . } ``` @prefix STRLEN( IF( IN
    """.split(" ")
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=25).map(" ".join),
    st.lists(PIECES, max_size=12).map(lambda p: "SELECT * { ?s ?p ?o . " + " ".join(p) + " }"),
    st.lists(PIECES, max_size=12).map("".join),
)


@pytest.mark.slow
@given(TEXTS, st.integers(0, 3), st.integers(0, 90))
def test_whatever_the_text_the_answer_is_an_error_with_a_place_in_it(
    text: str, line: int, column: int
) -> None:
    remark = SyntaxError(f"error at {line}:{column}: expected")
    with patch.object(parser, "_parse", wraps=parser._parse) as read:
        error = explain_syntax_error(text, remark, PREFIXES)
    assert read.call_count <= 10
    lines = re.split("\r\n|\r|\n", text)
    if not isinstance(error, QueryRefused):
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    assert str(error) and error.repair != (text or None)
    assert len(str(error)) + len(error.suggestion) + len(error.excerpt) < 1500


@pytest.mark.slow
@pytest.mark.parametrize("start", ["", "SELECT * { ?s ?p ", "SELECT * { ?s ?p ?o FILTER(?o = "])
@pytest.mark.parametrize(
    "piece",
    '( { [ ?x_ """ "\\ <a_ a. (_ <<( SELECT_ \' word_ FILTER( SELECT(EXISTS{ x:y_ 1_ \u201c '
    "# OPTONAL{_ , \\ @a".split(),
)
def test_a_hostile_text_is_read_once(piece: str, start: str) -> None:
    piece = piece.replace("_", " ")
    text = start + piece * (60_000 // len(piece))
    with patch.object(parser, "_parse", wraps=parser._parse) as read:
        assert isinstance(explain_syntax_error(text, ANYWHERE, PREFIXES), QueryError)
    assert read.call_count == 1


@pytest.mark.slow
def test_ten_thousand_nested_groups() -> None:
    text = "SELECT * " + "{" * 10_000 + "}" * 9_999
    error = explain_syntax_error(text, ANYWHERE, {})
    assert "a closing bracket is missing, for the { of line 1, column 10." in str(error)
    assert explain_syntax_error(text + "}}", ANYWHERE, {}).suggestion == "Leave out this }."
