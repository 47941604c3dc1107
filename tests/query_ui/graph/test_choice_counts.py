"""Counts of choices: the number in brackets is the number of rows that the choice returns."""

from collections.abc import Iterator

import pytest

from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import load_saved_queries, parse_saved_query
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.engine import open_engine
from query_ui.graph.choice_counts import MAX_COUNTED_CHOICES, build_count_query, format_choice
from query_ui.graph.parameter_choices import ParameterChoices
from tests.conftest import PROJECT

SAVED = load_saved_queries(PROJECT / "sparql" / "queries")
WITH_CHOICES = [
    (name, parameter.name)
    for name, query in sorted(SAVED.items())
    for parameter in query.parameters
    if parameter.choices
]
UNCOUNTED = {"case-study-neighbourhood", "consortia-share-no-member", "was-a-member"}
"""Queries whose result is a graph, or true or false."""


@pytest.fixture(scope="module")
def choices(shipped: tuple[Settings, BuildResult]) -> Iterator[ParameterChoices]:
    engine = open_engine(shipped[0])
    pages = load_saved_queries(PROJECT / "sparql" / "pages")
    yield ParameterChoices(engine, SAVED, pages)
    engine.close()


@pytest.mark.parametrize(("name", "parameter_name"), WITH_CHOICES)
def test_a_choice_returns_as_many_rows_as_it_says(
    choices: ParameterChoices, name: str, parameter_name: str
) -> None:
    query = SAVED[name]
    (parameter,) = (one for one in query.parameters if one.name == parameter_name)
    offered = choices.count_options(query, parameter, {}).items
    counted = [one for one in offered if one.count is not None]
    if name in UNCOUNTED or len(offered) > MAX_COUNTED_CHOICES:
        assert not counted
    step = max(1, len(counted) // 12)
    for one in counted[::step]:
        text = bind_parameters(query, {parameter.name: [format_choice(parameter, one.value)]})
        assert len(choices.engine.query(text).rows) == one.count, one.label


def test_most_queries_with_choices_count_them(choices: ParameterChoices) -> None:
    counted = {
        name
        for name, _ in WITH_CHOICES
        for parameter in SAVED[name].parameters
        if any(one.count for one in choices.count_options(SAVED[name], parameter, {}).items)
    }
    assert len(counted) > 20


def test_a_broader_keyword_counts_its_narrower_ones(choices: ParameterChoices) -> None:
    query = SAVED["case-studies-by-broader-keyword"]
    found = choices.count_options(query, query.parameters[0], {}).items
    assert {one.label: one.count for one in found}["Development and support"] == 33


def test_the_counts_are_for_the_values_of_the_other_fields(choices: ParameterChoices) -> None:
    query = SAVED["claims"]
    judgement = next(one for one in query.parameters if one.name == "judgement")
    counts = [
        sum(one.count or 0 for one in choices.count_options(query, judgement, values).items)
        for values in ({}, {"source": ["midlands-innovation-pledge"]}, {"source": ["no such file"]})
    ]
    assert counts[0] >= counts[1] > counts[2] == 0


def test_a_limit_and_a_total_over_all_rows_are_not_counted_by_choice() -> None:
    query = SAVED["keyword-companions"]
    assert build_count_query(query, query.parameters[0], {}, ["https://example.org/a"])
    assert build_count_query(query, query.parameters[0], {}, []) == ""
    ask = SAVED["was-a-member"]
    assert build_count_query(ask, ask.parameters[0], {}, ["https://example.org/a"]) == ""


@pytest.mark.parametrize(
    ("modifier", "is_counted"),
    [("ORDER BY ?name", True), ("ORDER BY ?name LIMIT 3", False), ("GROUP BY ?name", False)],
)
def test_a_choice_inside_a_subquery_is_counted_where_that_only_orders(
    modifier: str, is_counted: bool
) -> None:
    text = (
        "SELECT ?name WHERE { { SELECT ?name WHERE {\n"
        "  VALUES ?kind { <urn:a> }  #+ label: Kind; choices: kinds\n"
        f"  ?one a ?kind ; <urn:name> ?name }} {modifier} }} }}"
    )
    query = parse_saved_query(text, "own.rq", "own", header=False)
    found = build_count_query(query, query.parameters[0], {}, ["urn:a", "urn:b"])
    assert bool(found) == is_counted
    assert found.count("SELECT ?name ?kind WHERE") == (2 if is_counted else 0)
