"""The tags on cards in the index are those of the query of cards, or there are none."""

import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, Store

from loader.namespaces import CKG, DCTERMS
from loader.queries.evaluate import evaluate_query
from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import read_saved_query
from loader.release.build import BuildResult
from loader.release.search_index.card_tags import (
    CARD_TAG_PROPERTIES,
    choose_tagged_sample,
    collect_card_tags,
    name_card_facet,
)
from loader.release.search_index.collect import build_query_runner
from loader.release.search_index.concept_closure import StatedTags, build_stated_tags
from loader.release.search_index.indexed_entities import number_entities
from loader.release.search_index.postings import build_postings
from loader.release.search_index.tag_rows import read_tag_rows
from loader.settings import Settings
from tests.conftest import PROJECT

Shipped = tuple[Settings, BuildResult]
CARDS = "cards.rq"


def read(store: Store) -> tuple[StatedTags, list[str]]:
    """The tags of a store, and its entities by number."""
    run_query = build_query_runner(store, PROJECT / "sparql" / "index")
    entities = number_entities(run_query)
    rows = read_tag_rows(run_query("tags"))
    tags = build_stated_tags(rows, run_query("owners"), entities.number_by_iri)
    return tags, [*entities.iris]


@pytest.fixture
def pages(tmp_path: Path) -> Settings:
    """Settings whose page queries may be changed."""
    shutil.copytree(PROJECT / "sparql", tmp_path / "sparql")
    return Settings(root=tmp_path)


def test_the_tags_of_every_entity_are_those_of_the_query(shipped: Shipped) -> None:
    store = Store.read_only(str(shipped[1].release.store))
    tags, iris = read(store)
    found = collect_card_tags(store, shipped[0], tags, iris)
    query = read_saved_query(shipped[0].pages / CARDS)
    held = {
        (iris[number], one, value)
        for one in CARD_TAG_PROPERTIES
        for value in found[name_card_facet(query, one)].values
        for number in found[name_card_facet(query, one)].find_entities(value)
    }
    rows = evaluate_query(
        store, bind_parameters(query, {"thing": [f"<{iri}>" for iri in iris if ":" in iri]})
    )
    assert isinstance(rows, QuerySolutions)
    stated = {tuple(term.value for term in row) for row in rows}
    assert held == {row for row in stated if row[1] in CARD_TAG_PROPERTIES}
    assert {one for _, one, _ in held} == set(CARD_TAG_PROPERTIES)
    assert len(held) > 1000


def test_a_query_that_gives_something_else_leaves_no_tags(
    shipped: Shipped, pages: Settings
) -> None:
    store = Store.read_only(str(shipped[1].release.store))
    tags, iris = read(store)
    path = pages.pages / CARDS
    path.write_text(path.read_text("utf-8").replace("dcterms:subject, ", ""), "utf-8")
    assert collect_card_tags(store, pages, tags, iris) == {}
    path.write_text("SELECT", "utf-8")
    assert collect_card_tags(store, pages, tags, iris) == {}
    path.unlink()
    assert collect_card_tags(store, pages, tags, iris) == {}


def test_a_tag_of_an_evaluation_leaves_no_tags(pages: Settings) -> None:
    """The query gives it for the record, and the index does not have it there."""
    case, evaluation, topic = (
        NamedNode(f"https://w3id.org/concordat-kg/{end}")
        for end in ("id/case-study/one", "id/evaluation/one", "concept/keywords/training")
    )
    store = Store()
    store.add(Quad(case, DCTERMS.subject, topic))
    tags = StatedTags(*(build_postings([(0, topic.value)] if n == 1 else []) for n in range(4)))
    assert len(collect_card_tags(store, pages, tags, [case.value])) == 2
    store.add(Quad(case, CKG.evaluation, evaluation))
    store.add(Quad(evaluation, CKG.beneficiary, topic))
    assert collect_card_tags(store, pages, tags, [case.value]) == {}


def test_a_sample_is_of_entities_with_tags_at_equal_distances() -> None:
    tags = [
        build_postings((number, "a") for number in range(0, 1000, 2)),
        build_postings([(7, "b")]),
    ]
    found = choose_tagged_sample(tags)
    assert (found[0], found[-1], len(found)) == (0, 998, 40)
    assert choose_tagged_sample(tags[1:]) == [7]
    assert choose_tagged_sample([build_postings([])]) == []
