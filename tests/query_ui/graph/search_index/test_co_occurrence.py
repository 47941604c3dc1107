"""Concepts that go together: the counts and the lift are those that their queries give."""

import pytest
from pyoxigraph import Literal, Store

from loader.queries.evaluate import evaluate_query
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import find_facet
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.co_occurrence import CoOccurrenceCalculator
from query_ui.site.related_entities import WORK_CLASSES

BASE = "https://w3id.org/concordat-kg/concept/"


def value(store: Store, text: str) -> str:
    ((term,),) = evaluate_query(store, text)  # type: ignore[misc]
    assert isinstance(term, Literal)
    return term.value


@pytest.mark.parametrize("step", [25, pytest.param(4, marks=pytest.mark.long)])
def test_counts_and_lift_are_those_of_the_queries(
    site: GraphContext, index: SearchIndex, store: Store, step: int
) -> None:
    """Each query takes a tenth of a second, so every 25th concept is asked for, or fourth."""
    tried = 0
    for concept in index.facet("concept").values[::step]:
        for pair in index.get_or_compute(CoOccurrenceCalculator).find_co_occurring(concept, 4):
            lift = value(store, site.page_query_text("lift", one=concept, other=pair.concept))
            assert float(lift) == pair.lift_tenths / 10, (concept, pair)
            one, other = find_facet(concept).name, find_facet(pair.concept).name
            both = (
                FacetFilter("", WORK_CLASSES).add_value(one, concept).add_value(other, pair.concept)
            )
            text = site.narrow_page_query("count-of-class", both.matching(one, True))
            assert int(value(store, text)) == pair.entities > 1
            tried += 1
    assert tried > 10


def test_lift_is_the_same_from_both_sides(index: SearchIndex) -> None:
    reckoned = index.get_or_compute(CoOccurrenceCalculator)
    concepts = index.facet("concept").values
    lifts = {
        (c, p.concept): p.lift_tenths for c in concepts for p in reckoned.find_co_occurring(c, 1000)
    }
    assert lifts
    assert all(lifts[other, one] == lift for (one, other), lift in lifts.items())


def test_what_stands_above_or_below_is_left_out(index: SearchIndex) -> None:
    found = {
        p.concept
        for p in index.get_or_compute(CoOccurrenceCalculator).find_co_occurring(
            f"{BASE}keywords/training", 1000
        )
    }
    assert f"{BASE}keywords/professional-development" not in found
    assert f"{BASE}keywords/development-and-support" not in found
    assert f"{BASE}keywords/research-culture" in found


def test_who_carries_much_counts_for_less(index: SearchIndex) -> None:
    reckoned = index.get_or_compute(CoOccurrenceCalculator)
    carried = [
        (int((reckoned.column.entities == n).sum()), int(w))
        for n, w in enumerate(reckoned.entity_weights)
        if w
    ]
    assert all(weight == 1000 // count for count, weight in carried)
    assert len({count for count, _ in carried}) > 3


def test_a_concept_that_nothing_carries_goes_with_none(index: SearchIndex) -> None:
    assert (
        index.get_or_compute(CoOccurrenceCalculator).find_co_occurring(
            f"{BASE}keywords/nothing-of-the-kind"
        )
        == []
    )
