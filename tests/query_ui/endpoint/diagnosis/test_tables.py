"""The doctor on queries whose fault is known, and on queries that have none."""

from collections.abc import Mapping

import pytest

from query_ui.endpoint.diagnosis.finding import Diagnosis
from query_ui.engine.protocol import Engine
from tests.query_ui.endpoint.diagnosis.tables import Broken, diagnosis, entries, files, gives_rows

BROKEN = entries("broken")
HONEST = entries("honest")
MISSED: Mapping[str, str] = {}
"""Broken queries that are not named first, with the reason: at most one in ten."""

LEAST_BROKEN, LEAST_HONEST = 40, 20


@pytest.fixture(scope="module")
def told(engine: Engine) -> dict[str, Diagnosis]:
    """What the doctor says of each broken query, by its name."""
    return {entry.name: diagnosis(engine, entry.text) for entry in BROKEN}


def named_first(entry: Broken, found: Diagnosis) -> bool:
    """Whether the fault is the first that the doctor names."""
    return (found.found, found.culprit, found.cause) == (True, entry.culprit, entry.cause)


@pytest.mark.parametrize("entry", BROKEN, ids=[entry.name for entry in BROKEN])
def test_a_fault_is_named_first_and_mended(
    entry: Broken, engine: Engine, told: dict[str, Diagnosis]
) -> None:
    assert not gives_rows(engine, entry.text), "the query is not broken"
    found = told[entry.name]
    if entry.name in MISSED:
        pytest.xfail(MISSED[entry.name])
    assert (found.culprit, found.cause) == (entry.culprit, entry.cause), found
    assert named_first(entry, found)
    lines = entry.text.splitlines()
    first = found.culprit.splitlines()[0]
    assert lines[found.line - 1][found.column - 1 :].startswith(first)
    assert found.explanation.endswith(".")
    assert found.complete
    assert bool(entry.repaired) <= bool(found.repair)
    assert entry.repaired in found.repair
    if found.repair:
        assert gives_rows(engine, found.repair), found.repair


def test_nine_of_ten_are_named_first(told: dict[str, Diagnosis]) -> None:
    assert len(BROKEN) >= LEAST_BROKEN
    right = [entry for entry in BROKEN if named_first(entry, told[entry.name])]
    assert len(right) >= 0.9 * len(BROKEN)
    assert len(MISSED) <= 0.1 * len(BROKEN)


@pytest.mark.parametrize("entry", HONEST, ids=[entry.name for entry in HONEST])
def test_nothing_is_found_where_nothing_is_wrong(entry: Broken, engine: Engine) -> None:
    assert not gives_rows(engine, entry.text), "the query has rows"
    found = diagnosis(engine, entry.text)
    assert not found.found, found
    assert found.explanation.startswith("Nothing wrong found")
    assert (found.cause, found.repair, found.findings) == ("", "", ())
    assert found.culprit
    assert found.culprit in entry.text
    assert found.complete


def test_there_are_twenty_honest_queries() -> None:
    assert len(HONEST) >= LEAST_HONEST


@pytest.mark.parametrize("name", sorted(files()))
def test_the_doctors_own_queries_run_and_have_their_columns(name: str, engine: Engine) -> None:
    query = files()[name]
    answer = engine.query(query.text)
    assert answer.columns == query.contract.columns
    assert len(answer.rows) + bool(answer.boolean) >= query.contract.min_rows
