"""Reduced queries: whatever is taken out, what is left can be asked."""

import random

import pytest
from pyoxigraph import Store

from loader.queries.rewrite import Edit, apply_edits
from query_ui.endpoint.diagnosis.part_reader import read_parts
from query_ui.endpoint.diagnosis.query_edits import convert_to_ask, remove_parts
from query_ui.endpoint.diagnosis.query_parts import ExaminedQuery
from tests.conftest import PROJECT
from tests.each_case import check_each
from tests.query_ui.endpoint.diagnosis.tables import entries
from tests.query_ui.endpoint.diagnosis.test_part_reader import WHOLE

FILES = sorted((PROJECT / "sparql").rglob("*.rq"))
CUTS = 12


def cut(query: ExaminedQuery, *texts: str) -> str:
    """The query without the parts that are written so."""
    parts = [part for part in query.parts if query.source(part).strip() in texts]
    assert len(parts) == len(texts)
    return " ".join(apply_edits(query.text, remove_parts(query, parts)).split())


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        ("{ ?s ?p ?o . ?a ?b ?c }", ["?s ?p ?o"], "{ ?a ?b ?c }"),
        ("{ ?s ?p ?o ; ?q ?r ; ?t ?u }", ["?s ?p ?o"], "{ ?s ?q ?r ; ?t ?u }"),
        ("{ ?s ?p ?o ; ?q ?r ; ?t ?u }", ["?q ?r"], "{ ?s ?p ?o ; ; ?t ?u }"),
        ("{ ?s ?p 1 , 2 , 3 }", ["?s ?p 1", "3"], "{ ?s ?p 2 }"),
        ("{ ?s ?p 1 , 2 , 3 }", ["2"], "{ ?s ?p 1 , 3 }"),
        ("{ ?s ?p 1 FILTER (?s) . ?a ?b 2 }", ["FILTER (?s)"], "{ ?s ?p 1 . ?a ?b 2 }"),
        ("{ ?s ?p 1 FILTER (1) FILTER (2) ?a ?b 2 }", ["FILTER (1)", "FILTER (2)"],
         "{ ?s ?p 1 . ?a ?b 2 }"),
        ("{ ?s ?p 1 FILTER (?s) }", ["?s ?p 1", "FILTER (?s)"], "{ }"),
        ("{ GRAPH ?g { ?s ?p 1 } }", ["GRAPH ?g { ?s ?p 1 }"], "{ { ?s ?p 1 } }"),
        ("{ [ ?p 1 ; ?q 2 ] . }", ["?p 1"], "{ [ ?q 2 ] . }"),
        ("{ [ ?p 1 ; ?q 2 ] . }", ["?p 1", "?q 2"], "{ }"),
        ("{ ?s ?p [ ?q 1 ] }", ["?q 1"], "{ ?s ?p [ ] }"),
    ],
)  # fmt: skip
def test_a_part_goes_with_what_binds_it_to_others(text: str, gone: list[str], left: str) -> None:
    query = read_parts(f"SELECT * {text}")
    reduced = cut(query, *gone)
    assert reduced == f"SELECT * {left}"
    Store().query(reduced)


def test_the_form_becomes_ask_and_the_modifiers_go() -> None:
    text = "SELECT ?s FROM <http://g> { ?s ?p 1 } ORDER BY ?s LIMIT 3 VALUES ?s { <http://x> }"
    reduced = apply_edits(text, convert_to_ask(read_parts(text)))
    assert " ".join(reduced.split()) == "ASK FROM <http://g> { ?s ?p 1 } VALUES ?s { <http://x> }"


def test_of_two_edits_at_a_place_the_wider_counts() -> None:
    assert apply_edits("abcdef", [Edit(1, 2, "x"), Edit(1, 4, "y"), Edit(2, 3, "z")]) == "ayef"


def assert_any_cut_can_be_asked(text: str) -> None:
    """Take out each part alone, and several at random."""
    query, chance, store = read_parts(text), random.Random(7), Store()
    choices = [[part] for part in query.parts]
    choices += [
        chance.sample(query.parts, chance.randint(0, len(query.parts))) for _ in range(CUTS)
    ]
    for parts in choices:
        reduced = apply_edits(text, [*remove_parts(query, parts), *convert_to_ask(query)])
        try:
            store.query(reduced)
        except SyntaxError as error:
            gone = [query.source(part) for part in parts]
            pytest.fail(f"without {gone}: {error}\n{reduced}")


@pytest.mark.slow
def test_any_cut_of_a_query_file_can_be_asked() -> None:
    check_each(FILES, lambda path: assert_any_cut_can_be_asked(path.read_text("utf-8")))


@pytest.mark.slow
def test_any_cut_of_the_tables_can_be_asked() -> None:
    for entry in [*entries("broken"), *entries("honest")]:
        assert_any_cut_can_be_asked(entry.text)


def test_any_cut_of_a_query_with_everything_can_be_asked() -> None:
    assert_any_cut_can_be_asked(WHOLE)
