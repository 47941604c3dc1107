"""Every saved query gives the same columns and rows, in the same order, on every engine."""

import pytest

from loader.queries.query_files import load_saved_queries
from loader.settings import Settings
from query_ui.engine.protocol import Engine
from tests.conftest import PROJECT

QUERIES = load_saved_queries(Settings(PROJECT).queries)


@pytest.mark.parametrize("name", QUERIES)
def test_the_answer_is_that_of_the_embedded_store(
    name: str, remote: Engine, embedded: Engine
) -> None:
    expected, answer = (engine.query(QUERIES[name].text) for engine in (embedded, remote))
    assert (answer.kind, answer.columns) == (expected.kind, expected.columns)
    assert answer.boolean == expected.boolean
    if expected.kind == "graph":
        assert {*answer.rows} == {*expected.rows}
    else:
        assert answer.rows == expected.rows
