"""Proofs: what is measured, what is a breach, and what is said about it."""

import hashlib
import time

import pytest
from pyoxigraph import RdfFormat, Store

from loader.errors import DataError, QueryStopped
from loader.queries.contract_check import (
    ContractCheck,
    check_contract,
    check_contract_with,
    describe_check,
    describe_slow_queries,
)
from loader.queries.result_table import ResultTable, build_runner
from tests.loader.queries.test_query_files import GOOD, parse

ASKING = """#+ ask:
#+   - says: every study has a title
#+     none: FILTER (!BOUND(?title))
#+   - {says: careers are known, query: "ASK { ?any e:subject concept:careers }"}
#+ expect:
#+   - {with: {keyword: careers, least: 1}, rows: 1}
#+   - {with: {least: 1}, has: [{study: e:b, title: '"B"'}]}
"""
FULL = GOOD.replace("PREFIX concept", f"{ASKING}PREFIX concept", 1)


@pytest.fixture
def store() -> Store:
    store = Store()
    trig = b"""@prefix e: <https://example.org/> . @prefix c: <https://example.org/concept/> .
    e:g { e:a e:subject c:wellbeing ; e:title "A" . }"""
    store.load(trig, format=RdfFormat.TRIG)
    return store


def test_a_contract_that_is_kept(store: Store) -> None:
    proof = check_contract(parse(GOOD), store)
    assert (proof.ok, proof.rows) == (True, 1)
    assert proof.message.startswith("example keeps its contract: 1 row in ")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[study, title]", "[title, study]", "its columns are study, title and should be title"),
        ("min_rows: 1", "min_rows: 2", "it gives 1 row and should give 2 or more"),
    ],
)
def test_a_contract_that_is_broken(store: Store, old: str, new: str, fault: str) -> None:
    proof = check_contract(parse(GOOD.replace(old, new)), store)
    assert not proof.ok
    assert fault in proof.message


def timed(seconds: float) -> ContractCheck:
    """The check of a query with a limit of 0.1 s that takes so long."""
    clock = [0.0]

    def run(text: str) -> ResultTable:
        clock[0] += seconds
        return ResultTable(("study", "title"), [(None, None)])

    query = parse(GOOD.replace("max_ms: 5000", "max_ms: 100"))
    return check_contract_with(query, run, clock=lambda: clock[0])


def test_a_slow_query_is_reported_and_breaks_nothing() -> None:
    slow, quick = timed(0.15), timed(0.05)
    assert (slow.ok, slow.is_slow, round(slow.ms)) == (True, True, 150)
    assert (quick.ok, quick.is_slow) == (True, False)
    assert list(describe_slow_queries([quick, slow])) == [
        "example took 150 ms of processor time; its contract expects 100 ms"
    ]


def test_time_that_passes_while_the_computer_does_something_else_does_not_count(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a busy computer: the clock on the wall jumps by an hour in the middle of a query."""
    wall = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: wall[0])
    run = build_runner(store)

    def run_late(text: str) -> ResultTable:
        wall[0] += 3600
        return run(text)

    check = check_contract_with(parse(GOOD), run_late)
    assert (check.ok, check.is_slow) == (True, False)


def test_an_example_may_name_rows_that_must_not_be_there(full: Store) -> None:
    lacking = FULL.replace("{least: 1}, has: ", "{least: 1}, lacks: ")
    assert parse(lacking).contract.examples[1].lacks == parse(FULL).contract.examples[1].has
    message = check_contract(parse(lacking), full).message
    assert "with least=1 it has the row study = <https://example.org/b>, title" in message
    other = lacking.replace("study: e:b", "study: e:c")
    assert check_contract(parse(other), full).ok


def test_false_is_no_row_and_a_graph_has_three_columns(store: Store) -> None:
    head = "#+ title: T\n#+ summary: S\n#+ tags: [t]\n"
    contract = "#+ contract: {columns: [%s], min_rows: 1, max_ms: 5000}\n"
    ask = parse(head + contract % "" + "ASK { ?s ?p 99 }")
    graph = parse(
        head + contract % "subject, predicate, object" + "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    )
    assert "it gives 0 rows" in check_contract(ask, store).message
    assert check_contract(graph, store).rows == 2


def test_more_rows_than_there_may_be_are_a_breach(store: Store) -> None:
    store.load(
        b"""@prefix e: <https://example.org/> . @prefix c: <https://example.org/concept/> .
        e:g { e:b e:subject c:careers ; e:title "B" . }""",
        format=RdfFormat.TRIG,
    )
    assert check_contract(parse(GOOD.replace("min_rows: 1", "min_rows: 1, max_rows: 2")), store).ok
    proof = check_contract(parse(GOOD.replace("min_rows: 1", "min_rows: 1, max_rows: 1")), store)
    assert "it gives 2 rows and should give 1 at most" in proof.message


@pytest.fixture
def full(store: Store) -> Store:
    trig = b"""@prefix e: <https://example.org/> . @prefix c: <https://example.org/concept/> .
    e:g { e:b e:subject c:careers ; e:title "B" . }"""
    store.load(trig, format=RdfFormat.TRIG)
    return store


def test_two_rows_with_the_same_key_are_a_breach(store: Store) -> None:
    text = GOOD.replace("min_rows: 1", "min_rows: 1, key: [title]")
    assert check_contract(parse(text), store).ok
    twice = b"""@prefix e: <https://example.org/> . @prefix c: <https://example.org/concept/> .
    e:g { e:b e:subject c:wellbeing ; e:title "A" . }"""
    store.load(twice, format=RdfFormat.TRIG)
    proof = check_contract(parse(text), store)
    assert not proof.ok
    assert "two rows have the same title, which should identify a row" in proof.message
    both = GOOD.replace("min_rows: 1", "min_rows: 1, key: [title, study]")
    assert check_contract(parse(both), store).ok


@pytest.mark.parametrize("key", ["[name]", "title", "[1]"])
def test_a_key_is_a_list_of_columns(key: str) -> None:
    with pytest.raises(DataError) as caught:
        parse(GOOD.replace("min_rows: 1", f"min_rows: 1, key: {key}"))
    assert '"key" must be a list of some of the columns' in caught.value.findings[0].message


def test_invariants_and_examples_that_hold_are_counted(full: Store) -> None:
    proof = check_contract(parse(FULL), full)
    assert proof.ok, proof.message
    assert (proof.rows, proof.invariants, proof.examples) == (2, 2, 2)
    assert proof.message.startswith("example keeps its contract: 2 rows in ")
    assert proof.message.endswith(" ms; 2 invariants and 2 examples hold.")
    assert proof.file == hashlib.sha256(FULL.encode()).hexdigest()


def test_every_fault_is_told_with_the_row_that_shows_it(store: Store) -> None:
    text = FULL.replace("e:title ?title .\n}", "e:any ?any .\n}")
    store.load(b"@prefix e: <https://example.org/> . e:g { e:a e:any 1 . }", format=RdfFormat.TRIG)
    proof = check_contract(parse(text), store)
    assert (proof.ok, proof.invariants, proof.examples) == (False, 0, 0)
    assert proof.message == (
        "example breaks its contract: it is not true that every study has a title, as for "
        "study = <https://example.org/a>; it is not true that careers are known; "
        "with keyword=careers, least=1 it gives 0 rows and should give 1; "
        'with least=1 it lacks the row study = <https://example.org/b>, title = "B".'
    )


def test_the_row_has_the_order_of_the_answer(full: Store) -> None:
    text = FULL.replace("?study ?title WHERE", "?title ?study WHERE")
    text = text.replace("[study, title]", "[title, study]").replace("!BOUND(?title)", "true")
    assert "as for title = " in check_contract(parse(text), full).message


def test_the_steps_are_told_before_they_begin(full: Store) -> None:
    steps: list[str] = []
    check_contract(parse(FULL), full, steps.append)
    assert steps == [
        "invariant “every study has a title”",
        "invariant “careers are known”",
        "example “with keyword=careers, least=1”",
        "example “with least=1”",
    ]


def test_a_step_that_cannot_be_asked_breaks_the_contract(full: Store) -> None:
    run = build_runner(full)

    def stopped(text: str) -> ResultTable:
        if "ASK" in text.splitlines()[-1]:
            raise QueryStopped("It was stopped.")
        return run(text)

    proof = check_contract_with(parse(FULL), stopped)
    assert (proof.ok, proof.invariants, proof.examples) == (False, 1, 2)
    assert "the invariant “careers are known” could not be asked: It was stopped." in proof.message


def test_what_was_kept_is_said_in_numbers() -> None:
    assert describe_check(15, 3.4, 0, 0) == "15 rows in 3 ms"
    assert describe_check(1, 3.6, 1, 0) == "1 row in 4 ms; 1 invariant holds"
    assert describe_check(0, 0.2, 2, 1) == "0 rows in 0 ms; 2 invariants and 1 example hold"
