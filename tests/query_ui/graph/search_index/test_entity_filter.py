"""What the index counts and what the composed SPARQL counts are the same, whatever is chosen."""

import random
from collections import defaultdict
from dataclasses import replace

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loader.errors import UsageError
from loader.queries.evaluate import evaluate_query
from loader.release.search_index.text_folding import fold_text
from query_ui.graph.facet_filter import (
    NAME_QUERY,
    FacetFilter,
    parse_facet_values,
    parse_name_text,
)
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import (
    count_facet_values,
    filter_entities,
    sort_entities,
)
from query_ui.site.lists.list_definitions import (
    LIST_DEFINITION_BY_PATH,
    PART_DEFINITION_BY_PATH,
)
from query_ui.site.lists.list_request import SORT_ORDERS

LISTS = {**LIST_DEFINITION_BY_PATH, **PART_DEFINITION_BY_PATH}
SKOS_LABEL = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
KEYWORDS = "https://w3id.org/concordat-kg/concept/keywords/"


TEXTS = ("", "", "", "", "re", "Research", "ä", "of the", "Prifysgol", "zzz")


def selections(index: SearchIndex, count: int) -> list[FacetFilter]:
    """Random choices of each list, of one to three facets, any or all of their values."""
    chance = random.Random(7)
    found = []
    for _ in range(count):
        shelf = chance.choice(list(LISTS.values()))
        names = chance.sample(list(FACET_BY_NAME), chance.randint(1, 3))
        values = {name: index.facet(FACET_BY_NAME[name].query_name).values for name in names}
        given = {
            name: tuple(chance.sample(some, min(len(some), chance.randint(1, 2))))
            for name, some in values.items()
            if some
        }
        names = list(given)
        every = frozenset(name for name in names if chance.random() < 0.5)
        text = chance.choice(TEXTS)
        found.append(FacetFilter(shelf.kind, shelf.classes, {**given, **shelf.fixed}, every, text))
    return found


def counted(store: Store, text: str) -> int:
    ((total,),) = evaluate_query(store, text)  # type: ignore[misc]
    assert isinstance(total, Literal)
    return int(total.value)


def choose_selections(index: SearchIndex, full: int, empty: int) -> list[FacetFilter]:
    """Of 600 random selections, the first ones that select something, and that select nothing.

    Fifteen of sixteen select nothing.
    """
    drawn = selections(index, 600)
    found = [one for one in drawn if filter_entities(index, one).any()]
    others = [one for one in drawn if not filter_entities(index, one).any()]
    return found[:full] + others[:empty]


@pytest.mark.parametrize(
    ("drawn", "different"), [((20, 15), 5), pytest.param((40, 60), 10, marks=pytest.mark.long)]
)
def test_a_selection_has_one_number_however_it_is_counted(
    site: GraphContext, index: SearchIndex, store: Store, drawn: tuple[int, int], different: int
) -> None:
    found = choose_selections(index, *drawn)
    numbers = [int(filter_entities(index, selection).sum()) for selection in found]
    for selection, number in zip(found, numbers, strict=True):
        text = site.narrow_page_query("count-of-class", selection)
        assert counted(store, text) == number, text
    assert len(set(numbers)) > different


@pytest.mark.parametrize("drawn", [(3, 1), pytest.param((6, 4), marks=pytest.mark.long)])
def test_the_numbers_beside_values_are_those_of_choosing_them(
    site: GraphContext, index: SearchIndex, store: Store, drawn: tuple[int, int]
) -> None:
    wanted: dict[str, int] = {}
    for selection in choose_selections(index, *drawn):
        for name, counts in count_facet_values(index, selection).items():
            column = index.facet(FACET_BY_NAME[name].query_name)
            for place in {0, int(counts.argmax()), len(column.values) - 1}:
                narrower = selection.narrow_to_value(name, column.values[place])
                text = site.narrow_page_query("count-of-class", narrower)
                assert wanted.setdefault(text, int(counts[place])) == counts[place], text
    for text, number in wanted.items():
        assert counted(store, text) == number, text
    assert len({*wanted.values()}) > 5


@pytest.mark.parametrize("sort", SORT_ORDERS)
@pytest.mark.parametrize("path", LISTS)
def test_a_list_and_its_query_have_the_same_order(
    site: GraphContext, index: SearchIndex, store: Store, path: str, sort: str
) -> None:
    selection = LISTS[path].full_selection
    numbers = sort_entities(index, filter_entities(index, selection), sort)
    rows = evaluate_query(store, site.narrow_page_query(SORT_ORDERS[sort][1], selection))
    assert [row[0].value for row in rows] == [index.iri(n) for n in numbers[:50]]  # type: ignore


def test_a_selection_survives_its_address() -> None:
    given = {
        "keyword": (f"{KEYWORDS}training", f"{KEYWORDS}wellbeing", "https://example.org/other#one"),
        "year": ("2020",),
        "type": ("https://w3id.org/concordat-kg/ontology#Pledge",),
    }
    selection = FacetFilter("initiative", (), given, frozenset({"keyword"}))
    fields: dict[str, list[str]] = {}
    for name, value in selection.list_fields():
        fields.setdefault(name, []).append(value)
    assert fields == {
        "type": ["Pledge"],
        "keyword": ["training", "wellbeing", "https://example.org/other#one"],
        "keyword-match": ["all"],
        "year": ["2020"],
    }
    assert parse_facet_values(fields) == given


def test_choices_are_added_and_taken_away() -> None:
    nothing = FacetFilter("case-study", ())
    one = nothing.add_value("keyword", "a:b")
    assert one.add_value("keyword", "a:b") == one
    two = one.add_value("keyword", "a:c").matching("keyword", True)
    assert two.remove_value("keyword", "a:c").chosen == one.chosen
    assert two.remove_value("keyword") == nothing
    assert two.narrow_to_value("keyword", "a:d").chosen["keyword"] == ("a:b", "a:c", "a:d")
    assert one.narrow_to_value("keyword", "a:d").chosen["keyword"] == ("a:d",)


@pytest.mark.parametrize("path", LISTS)
def test_words_of_names_select_the_same_in_index_and_query(
    site: GraphContext, index: SearchIndex, store: Store, path: str
) -> None:
    full = LISTS[path].full_selection
    numbers = set()
    for text in ("", "e", "UNIVERSITY", "an", "Études", "university of", "no such name"):
        selection = replace(full, text=text)
        number = int(filter_entities(index, selection).sum())
        assert counted(store, site.narrow_page_query("count-of-class", selection)) == number, text
        numbers.add(number)
    assert 0 in numbers and len(numbers) > 1


def test_letters_are_folded_in_sparql_as_in_the_index(site: GraphContext) -> None:
    """Each letter of Latin that has accents becomes the letter that the index has for it."""
    letters = {chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
    folded = {one: fold_text(one) for one in letters}
    store, wanted = Store(), defaultdict(set)
    for one, plain in folded.items():
        if one == "ß" or (plain != one.lower() and plain.isascii() and len(plain) == 1):
            store.add(Quad(NamedNode(f"x:{ord(one)}"), SKOS_LABEL, Literal(f"({one})")))
            wanted[plain].add(f"x:{ord(one)}")
    facet = site.facet_queries[NAME_QUERY].text
    assert len(wanted) > 20
    for plain, iris in wanted.items():
        rows = evaluate_query(store, facet.replace('"mentor"', f'"{plain}"'))
        found = {row["thing"].value for row in rows}  # type: ignore
        assert iris <= found, iris - found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a" * 201, "201 characters"),
        ("a b c d e f g h i", "9 words"),
        ("– !", "no letter or digit"),
    ],
)
def test_texts_that_are_no_words_of_names_are_refused(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        parse_name_text({"q": [text]})
    assert parse_name_text({"q": ["x", "  two   words "]}) == "two words"
