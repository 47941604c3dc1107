"""What the index counts and what the composed SPARQL counts are the same, whatever is chosen."""

import random

import pytest
from pyoxigraph import Literal, Store

from loader.queries.evaluate import solve
from query_ui.graph.facet_filter import Selection, chosen_from
from query_ui.graph.facets import FACETS
from query_ui.graph.page_queries import Site
from query_ui.graph.search_index import Index
from query_ui.graph.search_index.entity_filter import chosen, offered, ordered
from query_ui.site.lists.list_definitions import SHELVES
from query_ui.site.lists.list_request import SORTS

KEYWORDS = "https://w3id.org/concordat-kg/concept/keywords/"


def selections(index: Index, count: int) -> list[Selection]:
    """Random choices of each list, of one to three facets, any or all of their values."""
    chance = random.Random(7)
    found = []
    for _ in range(count):
        shelf = chance.choice(list(SHELVES.values()))
        names = chance.sample(list(FACETS), chance.randint(1, 3))
        values = {name: index.facet(FACETS[name].query).values for name in names}
        given = {n: tuple(chance.sample(v, chance.randint(1, 2))) for n, v in values.items()}
        every = frozenset(name for name in names if chance.random() < 0.5)
        found.append(Selection(shelf.kind, shelf.classes, given, every))
    return found


def counted(store: Store, text: str) -> int:
    ((total,),) = solve(store, text)  # type: ignore[misc]
    assert isinstance(total, Literal)
    return int(total.value)


def test_a_selection_has_one_number_however_it_is_counted(
    site: Site, index: Index, store: Store
) -> None:
    found = selections(index, 150)
    numbers = [int(chosen(index, selection).sum()) for selection in found]
    for selection, number in zip(found, numbers, strict=True):
        text = site.selected("count-of-class", selection)
        assert counted(store, text) == number, text
    assert len(set(numbers)) > 5


def test_the_numbers_beside_values_are_those_of_choosing_them(
    site: Site, index: Index, store: Store
) -> None:
    for selection in selections(index, 12):
        for name, counts in offered(index, selection).items():
            column = index.facet(FACETS[name].query)
            for place in {0, len(column.values) // 2, len(column.values) - 1}:
                narrower = selection.only(name, column.values[place])
                text = site.selected("count-of-class", narrower)
                assert counts[place] == counted(store, text), text


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("path", SHELVES)
def test_a_list_and_its_query_have_the_same_order(
    site: Site, index: Index, store: Store, path: str, sort: str
) -> None:
    selection = SHELVES[path].everything
    numbers = ordered(index, chosen(index, selection), sort)
    rows = solve(store, site.selected(SORTS[sort][1], selection))
    assert [row[0].value for row in rows] == [index.iri(n) for n in numbers[:50]]  # type: ignore


def test_a_selection_survives_its_address() -> None:
    given = {
        "keyword": (f"{KEYWORDS}training", f"{KEYWORDS}wellbeing", "https://example.org/other#one"),
        "year": ("2020",),
        "type": ("https://w3id.org/concordat-kg/ontology#Pledge",),
    }
    selection = Selection("initiative", (), given, frozenset({"keyword"}))
    fields: dict[str, list[str]] = {}
    for name, value in selection.fields():
        fields.setdefault(name, []).append(value)
    assert fields == {
        "type": ["Pledge"],
        "keyword": ["training", "wellbeing", "https://example.org/other#one"],
        "keyword-match": ["all"],
        "year": ["2020"],
    }
    assert chosen_from(fields) == given


def test_choices_are_added_and_taken_away() -> None:
    nothing = Selection("case-study", ())
    one = nothing.adding("keyword", "a:b")
    assert one.adding("keyword", "a:b") == one
    two = one.adding("keyword", "a:c").matching("keyword", True)
    assert two.leaving("keyword", "a:c").chosen == one.chosen
    assert two.leaving("keyword") == nothing
    assert two.only("keyword", "a:d").chosen["keyword"] == ("a:b", "a:c", "a:d")
    assert one.only("keyword", "a:d").chosen["keyword"] == ("a:d",)
