"""The examination: its limits, what it leaves alone, and what the shipped graph has no case of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loader.errors import QueryError, QueueFull
from query_ui.endpoint.diagnosis.diagnose import diagnose
from query_ui.endpoint.diagnosis.finding import Diagnosis
from query_ui.endpoint.diagnosis.probes import MAX_PROBE_SECONDS, MAX_PROBES, MAX_SECONDS, Probes
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.protocol import Engine, EngineRequest, SerialisedResult, never_gone
from tests.query_ui.endpoint.diagnosis.engines import SlowEngine
from tests.query_ui.endpoint.diagnosis.tables import diagnosis, files
from tests.query_ui.releases import publish

GRAPH = """
@prefix e: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:g1 { e:a a e:Cat ; e:name "Tom"@en . e:Cat rdfs:subClassOf e:Animal . e:Animal a e:Kind . }
e:g2 { e:a e:age 12 . }
"""
PREFIX = "PREFIX e: <https://example.org/>\n"
EMPTY = PREFIX + "SELECT * { ?a e:name ?n ; e:age ?m ; a e:Cat FILTER (?m > 100) }"


@pytest.fixture
def small(tmp_path: Path) -> Engine:
    """A graph of one cat in two documents."""
    return EmbeddedEngine(publish(tmp_path, trig=GRAPH), {})


def slowly(engine: Engine, cost: float, text: str = EMPTY) -> tuple[Diagnosis, SlowEngine]:
    """The diagnosis where each query costs so many seconds."""
    slow = SlowEngine(engine, cost)
    probes = Probes(slow, clock=slow.clock)
    return diagnose(text, probes, files()), slow


def test_a_slow_engine_is_asked_no_longer_than_there_is_time(small: Engine) -> None:
    found, slow = slowly(small, 0.9)
    assert slow.now <= MAX_SECONDS + MAX_PROBE_SECONDS
    assert found.seconds == slow.now
    assert not found.complete
    assert not found.found
    assert found.explanation == "Time ran out before a cause was found."
    assert all(
        question.seconds is not None and question.seconds <= MAX_PROBE_SECONDS
        for question in slow.heard
    )


def test_a_query_that_takes_too_long_by_itself_is_not_judged(small: Engine) -> None:
    slow = SlowEngine(small, 2.0)
    probes = Probes(slow, clock=slow.clock)
    found = diagnose(EMPTY, probes, files())
    assert (found.found, found.complete, len(slow.heard)) == (False, False, 1)
    assert found.explanation.startswith("Time ran out before the query itself had a result")


def test_no_more_trials_than_there_may_be(small: Engine) -> None:
    patterns = " ".join(f"?a e:age ?m{n} ." for n in range(30))
    found, _ = slowly(small, 0.0, PREFIX + f"SELECT * {{ {patterns} ?m0 e:age ?a }}")
    assert found.tried <= MAX_PROBES + 1
    assert found.complete == (found.tried < MAX_PROBES)


def test_a_full_queue_leaves_the_examination_incomplete(small: Engine) -> None:
    class Full(SlowEngine):
        def execute(
            self, question: EngineRequest, gone: Callable[[], bool] = never_gone
        ) -> SerialisedResult:
            if len(self.heard) > 1:
                raise QueueFull("Too many wait.", 3)
            return super().execute(question, gone)

    engine = Full(small)
    found = diagnose(EMPTY, Probes(engine), files())
    assert not found.complete


def test_a_query_with_rows_has_nothing_wrong(small: Engine) -> None:
    found = diagnosis(small, PREFIX + "SELECT * { ?a a e:Cat }")
    assert (found.found, found.explanation, found.tried) == (
        False,
        "The query has rows, and all its terms are known.",
        1,
    )


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p", "SELECT ?o { ?s <a:b> ?o } GROUP BY ?s", "?"])
def test_a_query_that_cannot_be_asked_is_an_error(small: Engine, text: str) -> None:
    with pytest.raises(QueryError):
        diagnosis(small, text)


def test_what_is_not_sparql_1_1_is_left_alone(small: Engine) -> None:
    text = "SELECT * { ?s ?p ?o . << ?s ?p ?o >> <https://example.org/q> ?r }"
    found = diagnosis(small, text)
    assert not found.found
    assert found.explanation.startswith("The query could not be examined")


def test_too_many_parts_are_left_alone(small: Engine) -> None:
    patterns = " ".join(f"?a e:name ?m{n} ." for n in range(400))
    found = diagnosis(small, PREFIX + f"SELECT * {{ {patterns} }}")
    assert found.explanation == "The query could not be examined: it has too many parts."


def test_a_class_whose_things_are_of_classes_below_it(small: Engine) -> None:
    found = diagnosis(small, PREFIX + "SELECT * { ?x a e:Animal }")
    assert (found.culprit, found.cause) == ("?x a e:Animal", "subclass")
    assert "a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* e:Animal" in found.repair
    assert small.query(found.repair).rows


def test_the_dataset_of_the_request_counts(small: Engine) -> None:
    text = PREFIX + "SELECT * { ?a e:age 12 }"
    asked = Probes(small, default_graphs=["https://example.org/g1"])
    found = diagnose(text, asked, files())
    assert not found.found
    assert found.culprit == "?a e:age 12"
    assert diagnosis(small, text).explanation == "The query has rows, and all its terms are known."


def test_a_second_fault_is_told_after_the_first(small: Engine) -> None:
    found = diagnosis(small, PREFIX + 'SELECT * { ?x a e:Catt ; e:name "Tom" }')
    assert [(one.culprit, one.cause) for one in found.findings[:2]] == [
        ("e:Catt", "spelling"),
        ('"Tom"', "language-tag"),
    ]
    assert found.repair == PREFIX + 'SELECT * { ?x a e:Cat ; e:name "Tom"@en }'


def test_a_plain_fault_is_mended_even_where_there_is_still_no_row(small: Engine) -> None:
    found = diagnosis(small, PREFIX + 'SELECT * { ?x e:name "Tom" ; e:age 13 }')
    assert found.cause == "language-tag"
    assert found.repair == PREFIX + 'SELECT * { ?x e:name "Tom"@en ; e:age 13 }'
    assert found.explanation.endswith(
        "With that corrected there is still no row, and nothing else is known to be wrong."
    )


def test_nothing_found_in_no_time_at_all(small: Engine) -> None:
    probes = Probes(small, seconds=0.0)
    found = diagnose(EMPTY, probes, files())
    assert (found.found, found.complete) == (False, False)
