"""The index holds what the queries of the facets give, whatever the hierarchy looks like."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from loader.namespaces import CKG, DCTERMS, RDF, SKOS
from loader.queries.evaluate import evaluate_query
from loader.queries.query_files import load_saved_queries
from loader.release.build import BuildResult
from loader.release.search_index import collect_index_contents
from loader.release.search_index.collect import SearchIndexContents, order_texts
from loader.release.search_index.indexed_entities import number_entities
from loader.release.search_index.information_content import (
    build_weight_quads,
    compute_information_content,
)
from loader.release.search_index.postings import (
    Postings,
    build_postings,
    remove_value_filter,
    sort_distinct,
)
from loader.settings import Settings
from tests.conftest import PROJECT
from tests.query_ui.site.small import small_store

FACETS = load_saved_queries(PROJECT / "sparql" / "facets")
HERE = Settings(root=PROJECT)
E = "https://example.org/"


def asked(store: Store, name: str, numbers: Mapping[str, int]) -> set[tuple[str, str]]:
    """The pairs of thing and value that the query of a facet gives, of things with a number."""
    rows = evaluate_query(store, remove_value_filter(FACETS[name]))
    pairs = {(thing.value, value.value) for thing, value in rows}  # type: ignore[union-attr]
    return {(thing, value) for thing, value in pairs if thing in numbers}


def held(found: Postings, iris: list[str]) -> set[tuple[str, str]]:
    """The pairs of thing and value that postings hold."""
    return {(iris[n], value) for value in found.values for n in found.find_entities(value)}


Collected = list[tuple[Store, SearchIndexContents]]


@pytest.fixture(scope="module")
def collected(shipped: tuple[Settings, BuildResult]) -> Collected:
    """The shipped and the small graph, each with what its index would hold."""
    stores = (Store.read_only(str(shipped[1].release.store)), small_store())
    return [(store, collect_index_contents(store, HERE)) for store in stores]


# Parts of names are found in the names themselves: ``test_entity_filter`` compares these.
@pytest.mark.parametrize("name", [name for name in FACETS if name != "name"])
def test_every_facet_holds_what_its_query_gives(name: str, collected: Collected) -> None:
    # What is broadly tagged is computed with the index, and only a release has it as statements.
    pairs = []
    for store, found in collected[:1] if name == "broad-tagging" else collected:
        pairs.append(asked(store, name, found.entities.number_by_iri))
        assert held(found.postings_by_facet[name], list(found.entities.iris)) == pairs[-1]
    assert any(pairs)


concepts = st.integers(0, 6)
steps = st.lists(st.tuples(concepts, concepts), max_size=14)
tags = st.lists(st.tuples(st.integers(0, 4), concepts), max_size=14)
own = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1)), max_size=5)


@given(steps, tags, own, st.sets(concepts))
def test_concepts_roll_up_as_the_query_does(
    steps: list[tuple[int, int]],
    tags: list[tuple[int, int]],
    own: list[tuple[int, int]],
    loose: set[int],
) -> None:
    """Circles, several parents, concepts of no scheme: nothing is counted twice or left out."""
    store = Store()

    def say(subject: str, predicate: NamedNode, value: str) -> None:
        terms = (NamedNode(E + subject), predicate, NamedNode(E + value))
        store.add(Quad(*terms, DefaultGraph()))

    for number in range(7):
        if number not in loose:
            say(f"c{number}", SKOS.inScheme, "scheme")
    for below, above in steps:
        say(f"c{below}", SKOS.broader, f"c{above}")
    for study, concept in tags:
        say(f"s{study}", DCTERMS.subject, f"c{concept}")
    for study, organisation in own:
        say(f"s{study}", CKG.organisation, f"o{organisation}")
    for name, kind in (("s", "CaseStudy"), ("o", "Consortium")):
        for number in range(5):
            quad = Quad(NamedNode(f"{E}{name}{number}"), RDF.type, CKG[kind], DefaultGraph())
            store.add(quad)
    found = collect_index_contents(store, HERE)
    pairs = asked(store, "concept", found.entities.number_by_iri)
    assert held(found.postings_by_facet["concept"], list(found.entities.iris)) == pairs


@given(st.lists(st.tuples(st.integers(0, 1000), st.text("abc", max_size=2))))
def test_postings_are_sorted_and_have_each_pair_once(pairs: list[tuple[int, str]]) -> None:
    found = build_postings(pairs)
    assert list(found.values) == sorted({value for _, value in pairs})
    for value in found.values:
        assert found.find_entities(value).tolist() == sorted({n for n, v in pairs if v == value})
    assert found.find_entities("nothing").size == 0
    assert found.starts[-1] == len(found.entities) == len(set(pairs))


def test_weights_are_those_of_rarity_in_the_scheme() -> None:
    found = collect_index_contents(small_store(), HERE)
    base = "https://w3id.org/concordat-kg/concept/"
    # Alpha and the commitment carry Training, and with the second card all that is below Careers.
    assert {iri.removeprefix(base): w.carriers for iri, w in found.weight_by_concept.items()} == {
        "keywords/training": 2,
        "keywords/careers": 3,
        "keywords/wellbeing": 1,
        "principles/eci1": 1,
        "principles/employment": 1,
    }
    assert (
        found.weight_by_concept[f"{base}keywords/wellbeing"].information_content
        == compute_information_content(1, 3)
        == 2
    )
    assert str(compute_information_content(3, 3)) == "0.4150"
    said = {
        (str(q.subject), q.predicate, q.object)
        for q in build_weight_quads(found.weight_by_concept)
        if "training" in str(q.subject)
    }
    decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    assert said == {
        (f"<{base}keywords/training>", CKG.carriers, Literal(2)),
        (f"<{base}keywords/training>", CKG.informationContent, Literal("1", datatype=decimal)),
    }


def test_things_stand_kind_by_kind_and_by_name() -> None:
    things = collect_index_contents(small_store(), HERE).entities
    names = [things.title(iri) for iri in things.iris]
    first, after = things.kinds["organisation"]
    assert names[first:after] == [
        *("Durham University", "Institute of Cancer Research", "N8 Research Partnership")
    ]
    first, after = things.kinds["case-study"]
    assert [name[:5] for name in names[first:after]] == ["Alpha", ""]
    assert [after - first for first, after in (things.kinds["unit"], things.kinds["group"])] == [
        0,
        0,
    ]


def test_texts_are_in_the_order_of_their_place_and_then_of_themselves() -> None:
    one, two = NamedNode("urn:one"), NamedNode("urn:two")
    rows = [
        (one, Literal(3), Literal("a scope note")),
        (two, Literal(2), Literal("alone")),
        (one, Literal(2), Literal("an abstract")),
        (one, Literal(2), Literal("its second abstract")),
    ]
    assert order_texts(rows) == {
        "urn:one": ["an abstract", "its second abstract", "a scope note"],
        "urn:two": ["alone"],
    }


def test_names_are_in_the_order_of_their_rank_text_and_language() -> None:
    thing = NamedNode("urn:one")
    names = [
        (thing, Literal(2), Literal("A notation")),
        (thing, Literal(1), Literal("Ysgol", language="cy")),
        (thing, Literal(1), Literal("School", language="cy")),
        (thing, Literal(1), Literal("School", language="en")),
    ]
    rows: dict[str, list[tuple[Any, ...]]] = {
        "names": names,
        "things": [(thing, Literal("concept"))],
        "schemes": [],
    }
    found = number_entities(lambda name: iter(rows[name])).labels_by_iri["urn:one"]
    assert [(label.rank, label.text, label.language) for label in found] == [
        (1, "School", "cy"),
        (1, "School", "en"),
        (1, "Ysgol", "cy"),
        (2, "A notation", "en"),
    ]


@given(st.lists(st.integers(-9, 9)))
def test_numbers_are_sorted_each_once(numbers: list[int]) -> None:
    assert sort_distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))
