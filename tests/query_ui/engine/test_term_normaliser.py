"""Terms of endpoints, in the form of the embedded store."""

import json
from typing import Any

import pytest
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QuerySolution,
    QuerySolutions,
    Store,
    Triple,
)

from query_ui.engine.term_normaliser import (
    format_json_term,
    normalise_term,
    normalise_triple,
    parse_json_term,
)

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(value: str, name: str) -> Literal:
    """Return a literal with a datatype of XML Schema."""
    return Literal(value, datatype=NamedNode(XSD + name))


def select_one(text: str) -> QuerySolution:
    """Return the one row of a query on an empty store."""
    results = Store().query(text)
    assert isinstance(results, QuerySolutions)
    row: QuerySolution = next(results)
    return row


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ("1", "boolean", "true"),
        ("0", "boolean", "false"),
        ("10.0", "decimal", "10"),
        ("+1.50", "decimal", "1.5"),
        ("1.0E1", "double", "10"),
        ("007", "integer", "7"),
        ("P12M", "duration", "P1Y"),
        ("PT24H", "dayTimeDuration", "P1D"),
        ("2020-01-01T00:00:00.000+00:00", "dateTime", "2020-01-01T00:00:00Z"),
        ("0.6666666666666666666667", "decimal", "0.666666666666666666"),
        ("abc", "integer", "abc"),
    ],
)
def test_values_have_the_form_of_the_embedded_store(value: str, name: str, expected: str) -> None:
    assert normalise_term(typed(value, name)) == typed(expected, name)
    row = select_one(f'SELECT ("{expected}"^^<{XSD}{name}> AS ?x) {{}}')
    assert row[0] == typed(expected, name), "the embedded store has another form"


def test_a_quotient_has_the_digits_of_the_embedded_store() -> None:
    row = select_one("SELECT (2 / 3 AS ?x) {}")
    assert normalise_term(typed("0.666666666666666666666667", "decimal")) == row[0]


def test_languages_are_in_lower_case_and_other_terms_as_they_are() -> None:
    assert normalise_term(Literal("a", language="en-GB")) == Literal("a", language="en-gb")
    plain, iri = Literal("10.0"), NamedNode("urn:a")
    assert (normalise_term(plain), normalise_term(iri)) == (plain, iri)
    triple = Triple(iri, iri, typed("1", "boolean"))
    assert normalise_triple(triple) == Triple(iri, iri, typed("true", "boolean"))
    assert normalise_term(Triple(iri, iri, triple)) == Triple(iri, iri, normalise_triple(triple))


@pytest.mark.parametrize("value", ["12", "0.0", "P", "P1YT", "PT", ""])
@pytest.mark.parametrize("name", ["duration", "yearMonthDuration", "dayTimeDuration"])
def test_a_duration_without_its_unit_is_refused(value: str, name: str) -> None:
    with pytest.raises(ValueError, match="is no duration, so its value is not known"):
        normalise_term(typed(value, name))


@pytest.mark.parametrize("value", ["P1Y", "-P1Y6M", "PT0S", "PT0.5S", "P1Y2M3DT4H5M6S"])
def test_durations_are_kept(value: str) -> None:
    assert normalise_term(typed(value, "duration")) == typed(value, "duration")


@pytest.mark.parametrize(
    ("cell", "term"),
    [
        ({"type": "uri", "value": "urn:a"}, NamedNode("urn:a")),
        ({"type": "literal", "value": "a"}, Literal("a")),
        ({"type": "literal", "value": "a", "datatype": f"{XSD}string"}, Literal("a")),
        ({"type": "literal", "value": "a", "xml:lang": "cy"}, Literal("a", language="cy")),
        (
            {"type": "typed-literal", "value": "1", "datatype": f"{XSD}boolean"},
            typed("true", "boolean"),
        ),
        ({"type": "bnode", "value": "nodeID://b7"}, BlankNode("nodeIDxxxb7")),
        (
            {
                "type": "triple",
                "value": {
                    "subject": {"type": "uri", "value": "urn:a"},
                    "predicate": {"type": "uri", "value": "urn:b"},
                    "object": {"type": "literal", "value": "2.0", "datatype": f"{XSD}decimal"},
                },
            },
            Triple(NamedNode("urn:a"), NamedNode("urn:b"), typed("2", "decimal")),
        ),
    ],
)
def test_cells_become_terms_and_terms_cells(cell: dict[str, Any], term: Any) -> None:
    assert parse_json_term(cell) == term
    assert parse_json_term(json.loads(format_json_term(term))) == term


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ({"type": "uri", "value": "not an IRI"}, "IRI"),
        ({"type": "literal", "value": 1}, "no text"),
        ({"type": "literal"}, "no text"),
        ({"type": "number", "value": "1"}, 'unknown type "number"'),
        ({"type": "literal", "value": "a", "its:dir": "rtl"}, 'unknown key "its:dir"'),
        ({"type": "literal", "value": "a", "xml:lang": "no language"}, "subtag"),
    ],
)
def test_what_is_no_term_is_refused(cell: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"(?i){message}"):
        parse_json_term(cell)
