"""Values of a release that are computed once, of few releases at a time."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from query_ui.engine.embedded_engine import OPEN_RELEASES
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext


@pytest.fixture
def graph(app: Flask) -> GraphContext:
    shared: GraphContext = app.extensions[GRAPH_EXTENSION]
    return replace(shared, value_cache={})


class OtherRelease:
    """The engine of a graph, which says that its release is another one."""

    def __init__(self, engine: Any) -> None:
        self._engine, self.release = engine, "89ef"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def test_a_value_is_computed_once_in_a_release(graph: GraphContext) -> None:
    calls: list[str] = []

    def compute(context: GraphContext) -> int:
        calls.append(context.engine.release)
        return 0

    assert [graph.get_or_compute("zero", compute) for _ in range(3)] == [0, 0, 0]
    newer = replace(graph, engine=OtherRelease(graph.engine))
    assert newer.get_or_compute("zero", compute) == 0
    assert calls == ["0123abcd", "89ef"]
    assert graph.get_or_compute("zero", compute) == 0
    assert calls == ["0123abcd", "89ef"]


def test_values_of_few_releases_stay(graph: GraphContext) -> None:
    for number in range(2 * OPEN_RELEASES):
        other = OtherRelease(graph.engine)
        other.release = str(number)
        assert replace(graph, engine=other).get_or_compute(
            "number", lambda graph: graph.engine.release
        ) == str(number)
        assert len(graph.value_cache) <= OPEN_RELEASES
    assert [*graph.value_cache] == [str(number) for number in range(OPEN_RELEASES, number + 1)]


def test_rows_are_selected_once_for_each_value(graph: GraphContext) -> None:
    keywords, principles = (f"https://w3id.org/concordat-kg/scheme/{n}" for n in ("keywords", "x"))
    first = graph.select_rows_once("scheme-concepts", scheme=keywords)
    assert first == graph.select_rows("scheme-concepts", scheme=keywords) != []
    assert graph.select_rows_once("scheme-concepts", scheme=keywords) is first
    assert graph.select_rows_once("scheme-concepts", scheme=principles) == []
