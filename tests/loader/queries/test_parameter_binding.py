"""Values become terms and nothing else, whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, QuerySolutions, Store

from loader.errors import UsageError
from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import SavedQuery, parse_saved_query

HEAD = """PREFIX c: <https://example.org/concept/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
NASTY = [
    'a "quote"',
    "an 'apostrophe'",
    "} UNION { ?s ?p ?o",
    '" } UNION { ?s ?p ?o } #',
    "back\\slash",
    "\\",
    "two\nlines\r\n",
    "\\u0022 } { \\U00000022",
    "tab\tand\x00null\x07",
    "ünï — 😀 ‮",
    "# comment",
    "<https://example.org/> . ?x ?y ?z ; '''\"\"\"",
    "{{{}}}",
    "@en ^^xsd:integer",
]


def query(default: str, notes: str = "label: X") -> SavedQuery:
    text = f"{HEAD}SELECT ?x ?y {{\n  VALUES ?x {{ {default} }}  #+ {notes}\n  BIND(1 AS ?y)\n}}"
    return parse_saved_query(text, "q.rq", "q", header=False)


def values(text: str) -> list[object]:
    results = Store().query(text)
    assert isinstance(results, QuerySolutions)
    return [solution["x"] for solution in results]


def bound(default: str, *texts: str) -> list[str]:
    return [str(term) for term in values(bind_parameters(query(default), {"x": texts}))]


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_text_is_that_text_and_nothing_else(text: str) -> None:
    assert values(bind_parameters(query('"default"'), {"x": [text]})) == [Literal(text)]


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_text_is_no_iri_and_no_number(text: str) -> None:
    for default in ("c:wellbeing", "1", "true", '"2024-01-01"^^xsd:date'):
        with pytest.raises(UsageError, match='is no value of "x"'):
            bind_parameters(query(default), {"x": [text]})


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_is(text: str) -> None:
    assert values(bind_parameters(query('"default"'), {"x": [text]})) == [Literal(text)]


@pytest.mark.parametrize(
    "text",
    [
        "careers",
        "c:careers",
        "https://example.org/concept/careers",
        "<https://example.org/concept/careers>",
    ],
)
def test_an_iri_may_be_given_in_four_ways(text: str) -> None:
    assert bound("c:wellbeing", text) == ["<https://example.org/concept/careers>"]


@pytest.mark.parametrize(
    "text", ["d:careers", "<careers>", "-x", "", "a b", "<c:a> <c:b>", "c:a>b"]
)
def test_what_is_no_iri_is_explained(text: str) -> None:
    if text == "d:careers":
        assert bound("c:wellbeing", text) == ["<d:careers>"]
        return
    with pytest.raises(UsageError, match='prefixes c:, xsd:, or a bare name such as "wellbeing"'):
        bind_parameters(query("c:wellbeing"), {"x": [text]})


@pytest.mark.parametrize(
    ("default", "good", "bad"),
    [
        ("1", "-12", "1.5"),
        ("1.0", ".5", "1e3"),
        ("1e0", "1e3", "NaN?"),
        ("true", "false", "yes"),
        ('"2024-01-01"^^xsd:date', "2024-02-29", "2023-02-29"),
        ('"2024-01-01"^^xsd:date', "2024-02-29Z", "yesterday"),
        ('"2024-01-01T00:00:00"^^xsd:dateTime', "2024-01-01T10:00:00Z", "2024-01-01"),
        ('"2024"^^xsd:gYear', "1999", "99"),
        ('"2024-01"^^xsd:gYearMonth', "1999-12", "1999-13"),
    ],
)
def test_typed_values_are_checked(default: str, good: str, bad: str) -> None:
    (term,) = values(bind_parameters(query(default), {"x": [good]}))
    assert isinstance(term, Literal)
    assert term.datatype == query(default).parameters[0].defaults[0].datatype  # type: ignore[union-attr]
    with pytest.raises(UsageError, match=f'"{bad}" is no value of "x"'.replace("?", r"\?")):
        bind_parameters(query(default), {"x": [bad]})


def test_digits_of_other_scripts_are_no_number() -> None:
    with pytest.raises(UsageError):
        bind_parameters(query("1"), {"x": ["١٢"]})


def test_a_text_takes_the_language_of_the_default() -> None:
    assert bound('"dull"@cy', "lles") == ['"lles"@cy']


def test_several_values_go_in_together() -> None:
    assert bound("1", "2", "3") == [
        '"2"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"3"^^<http://www.w3.org/2001/XMLSchema#integer>',
    ]


def test_without_values_the_text_is_the_file() -> None:
    asked = query("1")
    assert bind_parameters(asked, {}) == asked.text
    assert bind_parameters(asked, {"x": []}) == asked.text


def test_several_parameters_keep_their_places() -> None:
    text = (
        'SELECT * {\n VALUES ?a { "a" } #+ label: A\n VALUES ?b { "b" } #+ label: B\n'
        ' VALUES ?c { "c" } #+ label: C\n}'
    )
    asked = parse_saved_query(text, "q.rq", "q", header=False)
    filled_in = bind_parameters(asked, {"c": ["longer than before"], "a": ["also longer"]})
    results = Store().query(filled_in)
    assert isinstance(results, QuerySolutions)
    assert [[term.value for term in row] for row in results] == [
        ["also longer", "b", "longer than before"]
    ]


def test_an_unknown_parameter_lists_the_known() -> None:
    with pytest.raises(UsageError, match='no parameter "y"; its parameters are: x'):
        bind_parameters(query("1"), {"y": ["1"]})


def test_a_required_parameter_must_be_given() -> None:
    asked = query("1", "label: X; required: yes")
    with pytest.raises(UsageError, match='q needs a value for "x"'):
        bind_parameters(asked, {})
    assert "VALUES ?x {" in bind_parameters(asked, {"x": ["2"]})


@pytest.mark.parametrize("default", ['"text"', '"testun"@cy', "c:wellbeing", "1"])
def test_half_a_character_is_refused(default: str) -> None:
    with pytest.raises(UsageError, match='The value of "x" is not valid Unicode'):
        bind_parameters(query(default), {"x": ["a\ud800b"]})
