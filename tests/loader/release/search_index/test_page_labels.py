"""The names in the index that are labels on pages are those that the query of labels gives."""

import shutil
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loader.namespaces import CKG, DCTERMS, RDFS, SKOS
from loader.queries.query_files import read_saved_query
from loader.release.search_index.collect import build_query_runner, collect_index_contents
from loader.release.search_index.indexed_entities import (
    EntityNumbering,
    RankedLabel,
    number_entities,
)
from loader.release.search_index.page_labels import (
    NAMED,
    collect_page_labels,
    has_one_choice,
    name_label_facet,
)
from loader.settings import Settings
from tests.conftest import PROJECT
from tests.query_ui.site.small import small_store

LABELS = "labels.rq"


@pytest.fixture
def pages(tmp_path: Path) -> Settings:
    """Settings whose page queries may be changed."""
    shutil.copytree(PROJECT / "sparql", tmp_path / "sparql")
    return Settings(root=tmp_path)


@pytest.fixture(scope="module")
def store() -> Store:
    return small_store()


@pytest.fixture(scope="module")
def entities(store: Store) -> EntityNumbering:
    return number_entities(build_query_runner(store, PROJECT / "sparql" / "index"))


def list_named(store: Store, settings: Settings) -> set[str]:
    """Return the entities whose names are labels by the index of a store."""
    contents = collect_index_contents(store, settings)
    name = name_label_facet(read_saved_query(settings.pages / LABELS))
    named = contents.page_parts[name].find_entities(NAMED)
    return {contents.entities.iris[number] for number in named}


def test_what_has_more_to_its_label_than_a_name_is_left_to_the_query(pages: Settings) -> None:
    store = small_store()
    before = list_named(store, pages)
    one, two, three, four, five, *others = sorted(before)
    for iri, prop, value in (
        (one, RDFS.label, Literal("Another name")),
        (two, CKG.trust, CKG.Low),
        (three, CKG.standing, CKG.Disputed),
        (four, SKOS.prefLabel, NamedNode("urn:no-text")),
        (five, DCTERMS.title, Literal("Another title")),
    ):
        store.add(Quad(NamedNode(iri), prop, value, NamedNode("urn:graph")))
    assert list_named(store, pages) == {*others}
    assert len(others) > 3


@pytest.mark.parametrize(
    ("languages", "is_plain"),
    [
        (["en"], True),
        (["cy"], True),
        (["cy", "en-GB"], True),
        (["cy", "fr"], False),
        (["en", "en-GB"], False),
        (["en", "en"], False),
        (["cy", "en-US"], False),
        ([], False),
    ],
)
def test_one_name_in_english_or_in_all_leaves_no_choice(
    languages: list[str], is_plain: bool
) -> None:
    names = [RankedLabel(1, f"Name {place}", tag) for place, tag in enumerate(languages)]
    assert has_one_choice(names) == is_plain


def test_a_query_that_gives_other_names_leaves_no_labels(
    store: Store, entities: EntityNumbering, pages: Settings
) -> None:
    rows = build_query_runner(store, pages.indexing)("label-exceptions")
    exceptions = {entity.value for (entity,) in rows}
    assert len(collect_page_labels(store, pages, entities, exceptions)) == 1
    assert collect_page_labels(store, pages, entities, ()) == {}
    path = pages.pages / LABELS
    text = path.read_text("utf-8")
    path.write_text(text.replace("skos:prefLabel, ", ""), "utf-8")
    assert collect_page_labels(store, pages, entities, exceptions) == {}
    path.write_text(text.replace("rdfs:label, ", "rdfs:label, skos:inScheme, "), "utf-8")
    assert collect_page_labels(store, pages, entities, exceptions) == {}
    path.write_text("SELECT", "utf-8")
    assert collect_page_labels(store, pages, entities, exceptions) == {}


def test_without_names_there_are_no_labels(store: Store, pages: Settings) -> None:
    nothing = number_entities(lambda _: iter(()))
    assert collect_page_labels(store, pages, nothing, ()) == {}
