"""What the index says of organisations is what the queries of their pages give."""

import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, Store

from loader.namespaces import CKG, ORG
from loader.queries.evaluate import evaluate_query
from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import load_saved_queries, read_saved_query
from loader.release.build import BuildResult
from loader.release.search_index.collect import SearchIndexContents, collect_index_contents
from loader.release.search_index.organisation_parts import (
    IN_USE,
    ORGANISATION_PROPERTIES,
    RECORD_CLASSES,
    collect_organisation_properties,
    collect_records,
    name_property_facet,
    name_records_facet,
)
from loader.settings import Settings
from tests.conftest import PROJECT

Shipped = tuple[Settings, BuildResult]
RECORDS = "institution-records.rq"


@pytest.fixture(scope="module")
def store(shipped: Shipped) -> Store:
    return Store.read_only(str(shipped[1].release.store))


@pytest.fixture(scope="module")
def contents(store: Store) -> SearchIndexContents:
    return collect_index_contents(store, Settings(root=PROJECT))


@pytest.fixture
def pages(tmp_path: Path) -> Settings:
    """Settings whose page queries may be changed."""
    shutil.copytree(PROJECT / "sparql", tmp_path / "sparql")
    return Settings(root=tmp_path)


def test_the_records_of_every_organisation_are_those_of_the_query(
    store: Store, contents: SearchIndexContents
) -> None:
    query = read_saved_query(PROJECT / "sparql" / "pages" / RECORDS)
    owned = contents.page_parts[name_records_facet(query)]
    types = contents.postings_by_facet["type"]
    by_class = {one: set(types.find_entities(one).tolist()) for one in RECORD_CLASSES}
    count = 0
    for organisation in owned.values:
        rows = evaluate_query(store, bind_parameters(query, {"thing": [f"<{organisation}>"]}))
        assert isinstance(rows, QuerySolutions)
        stated = {(row[0].value, row[1].value) for row in rows}
        own = owned.find_entities(organisation).tolist()
        held = {
            (contents.entities.iris[number], one)
            for one, numbers in by_class.items()
            for number in own
            if number in numbers
        }
        assert held == stated, organisation
        count += len(held)
    assert count > 400


def test_another_query_leaves_no_records(
    store: Store, contents: SearchIndexContents, pages: Settings
) -> None:
    query = read_saved_query(pages.pages / RECORDS)
    organisations = contents.page_parts[name_records_facet(query)]
    facets, entities = contents.postings_by_facet, contents.entities
    assert len(collect_records(store, pages, organisations, facets, entities)) == 1
    assert collect_records(store, pages, organisations, {}, entities) == {}
    path = pages.pages / RECORDS
    text = path.read_text("utf-8")
    path.write_text(text.replace(" ckg:CaseStudy", ""), "utf-8")
    assert collect_records(store, pages, organisations, facets, entities) == {}
    path.write_text("SELECT", "utf-8")
    assert collect_records(store, pages, organisations, facets, entities) == {}


def test_an_organisation_has_a_property_by_its_records_or_its_memberships() -> None:
    store = Store()
    names = ("records", "member", "group", "none")
    records, member, group, none = iris = [NamedNode(f"urn:{name}") for name in names]
    one, link = NamedNode("urn:one"), NamedNode("urn:link")
    for subject, prop, value in (
        (one, CKG.organisation, records),
        (one, CKG.indicator, none),
        (link, ORG.member, member),
        (link, ORG.organization, group),
    ):
        store.add(Quad(subject, prop, value))
    query = load_saved_queries(PROJECT / "sparql" / "index")["organisation-properties"]
    rows = evaluate_query(store, query.text)
    assert isinstance(rows, QuerySolutions)
    numbers = {iri.value: number for number, iri in enumerate(iris)}
    found = collect_organisation_properties(rows, numbers)
    assert found.keys() == {name_property_facet(one) for one in ORGANISATION_PROPERTIES}
    held = {
        name.rpartition("#")[2]: postings.find_entities(IN_USE).tolist()
        for name, postings in found.items()
    }
    assert {name: some for name, some in held.items() if some} == {
        "indicator": [0],
        "member": [1],
        "organization": [2],
    }


def test_the_query_has_the_properties_that_pages_look_for() -> None:
    text = (PROJECT / "sparql" / "index" / "organisation-properties.rq").read_text("utf-8")
    named = {word for word in text.split() if word.startswith(("ckg:", "org:"))}
    known = {iri.rpartition("#")[2] for iri in ORGANISATION_PROPERTIES}
    assert {word.partition(":")[2] for word in named} - {"organisation"} - {""} == known
