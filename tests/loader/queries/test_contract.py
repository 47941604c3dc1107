"""The contract as it is written: everything in it is read, and every wrong shape has its line."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from loader.namespaces import XSD
from loader.queries.contract import Example, Invariant
from tests.loader.queries.test_query_files import GOOD, findings, parse

FULL = GOOD.replace(
    "PREFIX concept",
    """#+ ask:
#+   - says: every study has a title
#+     none: FILTER (!BOUND(?title))
#+   - {says: careers are known, query: "ASK { ?any e:subject concept:careers }"}
#+ expect:
#+   - {with: {keyword: [careers, training], least: 5}, rows: 2}
#+   - {with: {least: 2}, has: [{study: e:b, title: '"B"@en'}, {title: 7}]}
PREFIX concept""",
    1,
).replace("min_rows: 1", "min_rows: 1, max_rows: 9")


def test_everything_in_a_contract_is_read() -> None:
    contract = parse(FULL).contract
    assert (contract.columns, contract.min_rows, contract.max_rows, contract.max_ms) == (
        ("study", "title"),
        1,
        9,
        5000,
    )
    assert contract.invariants == (
        Invariant("every study has a title", "FILTER (!BOUND(?title))", True, 6),
        Invariant("careers are known", "ASK { ?any e:subject concept:careers }", False, 8),
    )
    assert contract.examples == (
        Example({"keyword": ("careers", "training"), "least": ("5",)}, 2, (), 10),
        Example(
            {"least": ("2",)},
            None,
            (
                {"study": NamedNode("https://example.org/b"), "title": Literal("B", language="en")},
                {"title": Literal("7", datatype=XSD.integer)},
            ),
            11,
        ),
    )


def test_dates_numbers_and_truth_are_values_as_they_are_written() -> None:
    text = FULL.replace("{keyword: [careers, training], least: 5}", "{least: [2016, 007]}")
    assert parse(text).contract.examples[0].given == {"least": ("2016", "007")}
    day = GOOD.replace("{ 3 }", '{ "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date> }')
    dated = day.replace("PREFIX c", "#+ expect: [{with: {least: 2016-12-31}, rows: 0}]\nPREFIX c")
    assert parse(dated).contract.examples[0].given == {"least": ("2016-12-31",)}


def test_without_a_range_any_number_of_rows_is_enough() -> None:
    contract = parse(GOOD).contract
    assert (contract.max_rows, contract.invariants, contract.examples) == (None, (), ())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("max_rows: 9", "max_rows: 0", 'q.rq:4: error: "max_rows" must not be less than "min_'),
        ("max_rows: 9", "max_rows: many", '4: error: "max_rows" must be a whole number, 0 or'),
        ("max_rows: 9", "most_rows: 9", 'The contract has no key "most_rows"; it has columns,'),
        ("max_ms: 5000", "max_rows: 10", 'q.rq:4: error: The contract lacks "max_ms"'),
        ("#+ ask:", "#+ aks:", 'q.rq:5: error: The header has no key "aks"'),
        ("#+   - says: every", "#+     says: every", "q.rq:"),
        ("says: careers are known, ", "", 'q.rq:8: error: The invariant lacks "says"'),
        ("says: careers are known", "says: [a]", 'q.rq:8: error: "says" of an invariant must be'),
        ("says: careers are known", "says: ''", '8: error: "says" of an invariant must be text'),
        ('query: "ASK', 'qery: "ASK', '8: error: The invariant has no key "qery"; it has says, '),
        ('query: "ASK', 'none: "x", query: "ASK', '8: error: An invariant has either "query" or'),
        ("#+     none: FILTER (!BOUND(?title))\n", "", '6: error: An invariant has either "query"'),
        ("FILTER (!BOUND(?title))", "{a: b}", '6: error: "none" of an invariant must be text'),
        ("FILTER (!BOUND(?title))", "FILTER (", '6: error: The invariant "every study has a ti'),
        ("e:subject concept:careers", "x:subject 1", 'q.rq:8: error: The invariant "careers are k'),
        ("ASK { ?any", "SELECT * { ?any", '8: error: The invariant "careers are known" must be '),
        ("{says: careers are", "[says, careers are", "q.rq:8: error: The header is not YAML"),
        ("with: {least: 2}", "when: {least: 2}", '11: error: The example has no key "when"; it h'),
        (", rows: 2", "", 'q.rq:10: error: An example has "rows", "has" or "lacks", or'),
        ("rows: 2", "rows: two", '10: error: "rows" of an example must be a whole number, 0 or'),
        ("rows: 2", "rows: [2]", '10: error: "rows" of an example must be a whole number, 0 or'),
        ("with: {least: 2}", "with: least", 'q.rq:11: error: "with" must give each parameter a v'),
        ("least: 5", "least: []", 'q.rq:10: error: "with" must give each parameter a value'),
        ("least: 5", "least: {a: b}", 'q.rq:10: error: "with" must give each parameter a value'),
        ("least: 5", "most: 5", "10: error: The example cannot be run: example has no paramet"),
        ("least: 5", "least: some", '10: error: The example cannot be run: "some" is no value'),
        ("{with: {least: 2}, has", "{has", "q.rq:11: error: The example cannot be run: example"),
        ("study: e:b", "studi: e:b", 'q.rq:11: error: The expected row has no column "studi"'),
        ("study: e:b", "study: x:b", 'q.rq:11: error: "x:b" is no term as SPARQL writes one'),
        ("study: e:b", "study: [e:b]", "11: error: \"['e:b']\" is no term as SPARQL writes one"),
        ("study: e:b", "study: e:b e:c", '11: error: "e:b e:c" is no term as SPARQL writes one'),
        ("rows: 2", "has: []", 'q.rq:10: error: "has" must be a list of rows such as'),
        ("has: [{study", "lacks: [{}, {study", 'q.rq:11: error: "lacks" must be a list of rows'),
        ("has: [{study", "has: [{}, {study", 'q.rq:11: error: "has" must be a list of rows such'),
    ],
)
def test_a_wrong_shape_is_refused_with_its_line(old: str, new: str, expected: str) -> None:
    assert old in FULL
    assert any(expected in finding for finding in findings(FULL.replace(old, new)))


@pytest.mark.parametrize("key", ["ask", "expect"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{a: b}", 'q.rq:5: error: "{key}" must be a list of items such as {{'),
        ("all", 'q.rq:5: error: "{key}" must be a list of items such as {{'),
        ("", 'q.rq:5: error: "{key}" must be a list of items such as {{'),
        ("[a]", 'q.rq:5: error: An item of "{key}" must be like {{'),
        ("[[a]]", 'q.rq:5: error: An item of "{key}" must be like {{'),
    ],
)
def test_the_lists_are_lists_of_mappings(key: str, given: str, expected: str) -> None:
    text = GOOD.replace("PREFIX concept", f"#+ {key}: {given}\nPREFIX concept", 1)
    assert any(expected.format(key=key) in finding for finding in findings(text))


def test_the_examples_of_the_guide_for_contributors_are_in_order(project: Path) -> None:
    section = (project / "CONTRIBUTING.md").read_text("utf-8").split("## Add a query")[1]
    text = section.split("```sparql\n")[1].split("```")[0].replace("PREFIX …\n", PREFIXES)
    assert "…" not in text
    contract = parse(text).contract
    assert (contract.max_rows, bool(contract.examples[1].lacks)) == (None, True)
    assert len(contract.invariants) == len(contract.examples) == 2


PREFIXES = """PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
PREFIX concept: <https://w3id.org/concordat-kg/concept/keywords/>
PREFIX dcterms: <http://purl.org/dc/terms/>
"""
