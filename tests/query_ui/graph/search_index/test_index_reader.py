"""The arrays of a facet, read by value and by thing."""

import random

import numpy as np
import pytest

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.co_occurrence import CoOccurrenceCalculator
from query_ui.graph.search_index.index_reader import FacetColumn


@pytest.mark.parametrize("name", ["concept", "organisation", "kind", "year"])
def test_values_of_things_are_those_that_have_them(index: SearchIndex, name: str) -> None:
    column = index.facet(name)
    for number in range(index.entity_count + 1):
        values = [column.values[place] for place in column.list_positions(number)]
        assert values == [v for v in column.values if number in column.find_entities(v)]


def test_pairs_of_some_things(index: SearchIndex) -> None:
    column = index.facet("concept")
    numbers = np.unique(column.entities)[::3]
    places, whose = column.list_position_pairs(numbers)
    wanted = [(int(p), int(n)) for n in numbers for p in column.list_positions(int(n))]
    assert list(zip(places.tolist(), whose.tolist(), strict=True)) == wanted
    assert [len(part) for part in column.list_position_pairs(numbers[:0])] == [0, 0]


def test_few_things_and_many_are_counted_alike(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoned = index.get_or_compute(CoOccurrenceCalculator)
    concepts = index.facet("concept").values
    for factor in (0, 10**9):
        monkeypatch.setattr("query_ui.graph.search_index.co_occurrence.SPARSE_DIVISOR", factor)
        found = [reckoned.find_co_occurring(concept, 100) for concept in concepts]
        if factor == 0:
            one_by_one = found
    assert found == one_by_one


@pytest.mark.parametrize("size", [200, 5000])
@pytest.mark.parametrize("selected", [0, 1, 5, 40, 200])
def test_values_are_counted_alike_for_few_and_for_many_entities(selected: int, size: int) -> None:
    chance = random.Random(selected)
    # The last entities have no value, and some before them.
    having = [sorted(chance.sample(range(150), chance.randint(1, 60))) for _ in range(30)]
    starts = np.cumsum([0, *map(len, having)]).astype(np.int32)
    names = tuple(f"v{place}" for place in range(len(having)))
    column = FacetColumn(names, names, starts, np.array(sum(having, []), np.int32))
    mask = np.zeros(size, bool)
    mask[chance.sample(range(200), selected)] = True
    expected = [sum(bool(mask[number]) for number in some) for some in having]
    assert column.count_values(mask).tolist() == expected
    assert column.count_values_of(np.flatnonzero(mask)).tolist() == expected


def test_a_facet_without_values_has_no_counts() -> None:
    none = np.zeros(0, np.int32)
    column = FacetColumn((), (), np.zeros(1, np.int32), none)
    assert column.count_values(np.ones(3, bool)).tolist() == []


@pytest.mark.parametrize("kind", ["case-study", "initiative", "organisation", "commitment"])
def test_the_order_of_the_index_is_that_of_labels(site: GraphContext, kind: str) -> None:
    index = site.index
    assert index is not None
    span = index.fetch_row("SELECT first, after FROM kind WHERE name = ?", kind)
    iris = [index.iri(number) for number in reversed(range(*span))]
    labels = EntityLabels(site)
    labels.load(iris)
    unnamed = [iri for iri in iris if iri in labels.untitled_iris]
    assert not unnamed or index.sort_named_iris(iris) is None
    by_name = index.sort_named_iris([iri for iri in iris if iri not in unnamed])
    assert by_name is not None and {*by_name, *unnamed} == set(iris)
    names = [labels.name(iri).lower() for iri in by_name]
    assert names == sorted(names)


def test_iris_of_two_kinds_or_unknown_ones_have_no_order_of_names(index: SearchIndex) -> None:
    first, after = index.fetch_row("SELECT first, after FROM kind WHERE name = 'initiative'")
    assert index.sort_named_iris([index.iri(first - 1), index.iri(first)]) is None
    assert index.sort_named_iris([index.iri(after - 1), "https://example.org/none"]) is None
    assert index.sort_named_iris([]) is None


def test_the_entities_of_kinds_are_found_once_and_stay_as_they_are(index: SearchIndex) -> None:
    kinds = ("case-study", "initiative")
    mask = index.select_kinds(*kinds)
    assert mask.tolist() == index.select_entities("kind", *kinds).tolist() and mask.any()
    assert index.select_kinds(*kinds) is mask
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = True
