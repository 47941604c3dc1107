"""The arrays of a facet, read by value and by thing."""

import numpy as np
import pytest

from query_ui.graph.search_index import Index
from query_ui.graph.search_index.co_occurrence import Together


@pytest.mark.parametrize("name", ["concept", "organisation", "kind", "year"])
def test_values_of_things_are_those_that_have_them(index: Index, name: str) -> None:
    column = index.facet(name)
    for number in range(index.size + 1):
        values = [column.values[place] for place in column.places_of(number)]
        assert values == [v for v in column.values if number in column.having(v)]


def test_pairs_of_some_things(index: Index) -> None:
    column = index.facet("concept")
    numbers = np.unique(column.things)[::3]
    places, whose = column.pairs_of(numbers)
    wanted = [(int(p), int(n)) for n in numbers for p in column.places_of(int(n))]
    assert list(zip(places.tolist(), whose.tolist(), strict=True)) == wanted
    assert [len(part) for part in column.pairs_of(numbers[:0])] == [0, 0]


def test_few_things_and_many_are_counted_alike(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoned = index.made(Together)
    concepts = index.facet("concept").values
    for factor in (0, 10**9):
        monkeypatch.setattr("query_ui.graph.search_index.co_occurrence.FEW", factor)
        found = [reckoned.with_(concept, 100) for concept in concepts]
        if factor == 0:
            one_by_one = found
    assert found == one_by_one
