"""Unknown terms: named wherever they are in a query, with the nearest known name."""

import pytest
from pyoxigraph import Literal

from query_ui.endpoint.diagnosis.finding import Finding
from query_ui.endpoint.diagnosis.probes import Probes
from query_ui.endpoint.diagnosis.unknown_terms import find_unknown_terms
from query_ui.engine.protocol import Engine
from tests.query_ui.endpoint.diagnosis.engines import SlowEngine
from tests.query_ui.endpoint.diagnosis.tables import PROLOGUE, diagnosis, files


def unknown(engine: Engine, query: str) -> tuple[Finding, ...]:
    """What is unknown in a query with the prologue of the tables."""
    return find_unknown_terms(PROLOGUE + query, Probes(engine), files())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s a ckg:CaseStudy OPTIONAL { ?s dcterms:titel ?t } }",
        "SELECT * { ?s a ckg:CaseStudy FILTER NOT EXISTS { ?s dcterms:titel ?t } }",
        "SELECT * { ?s a ckg:CaseStudy MINUS { ?s dcterms:titel ?t } }",
        "SELECT * { ?s dcterms:title|dcterms:titel ?t }",
        "SELECT * { { ?s dcterms:title ?t } UNION { ?s dcterms:titel ?t } }",
        "CONSTRUCT { ?s dcterms:titel ?t } { ?s ?p ?t OPTIONAL { ?s dcterms:titel ?u } }",
    ],
)
def test_a_misspelt_property_is_named_where_it_takes_no_row_away(
    engine: Engine, query: str
) -> None:
    (found,) = unknown(engine, query)
    assert (found.culprit, found.cause) == ("dcterms:titel", "spelling")
    assert found.explanation == (
        "The data has no property dcterms:titel. The nearest known name is dcterms:title."
    )
    where = query[query.index("{", 12) if "CONSTRUCT" in query else 0 :]
    assert where.replace("titel", "title") in found.repair
    assert found.line == PROLOGUE.count("\n") + 1


def test_each_unknown_term_is_named_once_and_repaired_everywhere(engine: Engine) -> None:
    query = (
        "SELECT * { ?s a ckg:CaseStudi OPTIONAL { ?s dcterms:titel ?t }"
        " OPTIONAL { ?s dcterms:titel ?u } FILTER (?s != concept:wellbeeing) }"
    )
    found = {one.culprit: one.repair for one in unknown(engine, query)}
    assert set(found) == {"dcterms:titel", "ckg:CaseStudi", "concept:wellbeeing"}
    assert found["dcterms:titel"] == PROLOGUE + query.replace("titel", "title")
    assert found["concept:wellbeeing"] == PROLOGUE + query.replace("wellbeeing", "wellbeing")


def test_a_term_that_is_defined_and_not_used_gets_no_other_name(engine: Engine) -> None:
    (found,) = unknown(engine, "SELECT * { ?s ?p ?o OPTIONAL { ?s ckg:CaseStudy ?o } }")
    assert (found.cause, found.repair) == ("unused-property", "")
    assert found.explanation == (
        "ckg:CaseStudy is defined, but no data in this release uses it as a property."
    )


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s a ckg:CaseStudy ; dcterms:title ?t ; dcterms:subject concept:wellbeing }",
        "SELECT * { ?s a ckg:CaseStudy ; dcterms:subject <https://example.org/elsewhere> }",
        "SELECT * { ?s a ckg:CaseStudy SERVICE <http://x.example/> { ?s <urn:their:own> ?t } }",
        "SELECT * { ?s ?p ?o FILTER (STRSTARTS(STR(?p), STR(ckg:))) }",
        "SELECT * { ?s ?p",
    ],
)
def test_known_terms_and_those_of_others_are_not_named(engine: Engine, query: str) -> None:
    assert unknown(engine, query) == ()


def test_nothing_is_said_where_time_is_up(engine: Engine) -> None:
    slow = SlowEngine(engine, 2.0)
    probes = Probes(slow, seconds=1.0, clock=slow.clock)
    slow.now = 1.5
    query = PROLOGUE + "SELECT * { ?s ?p ?o OPTIONAL { ?s dcterms:titel ?t } }"
    assert find_unknown_terms(query, probes, files()) == ()
    assert slow.heard == []


def test_a_count_over_optional_is_explained_by_its_unknown_term(engine: Engine) -> None:
    query = "SELECT (COUNT(?t) AS ?n) { ?s a ckg:CaseStudy OPTIONAL { ?s dcterms:titel ?t } }"
    found = diagnosis(engine, PROLOGUE + query)
    assert (found.found, found.culprit) == (True, "dcterms:titel")
    ((count,),) = engine.query(found.repair).rows
    assert isinstance(count, Literal)
    assert int(count.value) > 0


@pytest.mark.parametrize("form", ["ASK", "SELECT (COUNT(*) AS ?n)"])
def test_forms_that_always_have_a_result_are_diagnosed(engine: Engine, form: str) -> None:
    found = diagnosis(engine, PROLOGUE + form + " { ?s a ckg:CaseStudy ; dcterms:titel ?t }")
    assert found.culprit == "dcterms:titel"
    assert found.repair == PROLOGUE + form + " { ?s a ckg:CaseStudy ; dcterms:title ?t }"
