"""Profiles of institutions of the project's own data: registers, group, report and numbers."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import QuerySolutions, Store

from loader.release.search_index.organisation_parts import ORGANISATION_PROPERTIES
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext, PageRow
from query_ui.site import organisations
from query_ui.site.institutions import profile as profile_module
from query_ui.site.institutions.head import load_head
from query_ui.site.institutions.profile import (
    InstitutionProfile,
    get_record_key,
    list_records,
    load_profile,
)
from query_ui.site.institutions.register_events import may_have_events
from query_ui.site.linked_rows import CKG, has_property
from query_ui.site.record_cards import Card, load_cards
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

ORGANISATION = "https://w3id.org/concordat-kg/id/organisation/"
LIVERPOOL = f"{ORGANISATION}university-of-liverpool"


@pytest.fixture
def graph(shipped_app: Flask) -> GraphContext:
    return shipped_app.extensions[GRAPH_EXTENSION]  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are asked for on one day, since what is due depends on it."""
    monkeypatch.setattr(profile_module, "get_today", lambda: date(2026, 11, 28))


@pytest.fixture
def liverpool(graph: GraphContext) -> InstitutionProfile:
    return load_profile(graph, LIVERPOOL)


def get_page(app: Flask, path: str) -> Element:
    response = app.test_client().get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200, response.text[-500:]
    assert len(response.data) <= 80_000
    return parsed(response.text)


def find_section(page: Element, title: str) -> Element:
    return next(s for s in page.find("section") if [h.text for h in s.find("h2")] == [title])


def test_the_head_says_who_it_is(graph: GraphContext) -> None:
    head = load_head(graph, LIVERPOOL)
    assert (head.kind, head.place) == ("Institution", "Liverpool, England")
    assert head.homepage == "https://www.liverpool.ac.uk/"
    assert [(one.scheme, one.text) for one in head.identifiers[:5]] == [
        ("ROR", "04xs57h96"),
        ("UKPRN", "10006842"),
        ("Wikidata", "Q499510"),
        ("ISNI", "0000 0004 1936 8470"),
        ("HESA", "0126"),
    ]
    assert head.identifiers[0].value == "https://ror.org/04xs57h96"


def test_registers_have_their_lanes_and_due_dates(liverpool: InstitutionProfile) -> None:
    states = {lane.register.text: lane.state for lane in liverpool.timeline.lanes}
    assert states["Race Equality Charter"] == "Gained: bronze, Feb 2024"
    assert states["HR Excellence in Research Award"].endswith("no later record")
    due = {(d.register.text, d.due): d.when for d in liverpool.timeline.upcoming}
    assert due["Race Equality Charter", "Renewal of the award"] == "Feb 2029"
    assert due["REF 2029", "Submission to REF 2029"] == "2028"
    assert "Annual report, counted from signing" in {d.due for d in liverpool.timeline.overdue}


def test_the_smallest_group_of_an_institution_is_compared_first(
    liverpool: InstitutionProfile,
) -> None:
    assert liverpool.comparison and liverpool.comparison.group.slug == "n8-research-partnership"
    assert liverpool.comparison.others.value == 7


def test_gaps_are_topics_of_other_members_alone(
    graph: GraphContext, liverpool: InstitutionProfile
) -> None:
    assert liverpool.comparison
    own = {topic.iri for topic in liverpool.topics}
    gaps = liverpool.comparison.gaps
    assert gaps and not own & {topic.iri for topic in gaps}
    query = """SELECT DISTINCT ?topic WHERE {
      ?m <http://www.w3.org/ns/org#organization> <GROUP> ; <http://www.w3.org/ns/org#member> ?who .
      ?p <ONTO#organisation> ?who ; a <ONTO#Practice> .
      { ?p <http://purl.org/dc/terms/subject> ?tag } UNION { ?p <ONTO#obligation> ?tag }
      ?tag <http://www.w3.org/2004/02/skos/core#broader>* ?topic
      FILTER NOT EXISTS { ?topic a <ONTO#Principle> } }"""
    group = liverpool.comparison.group.link.iri
    query = query.replace("GROUP", group).replace("ONTO", "https://w3id.org/concordat-kg/ontology")
    every = {row["topic"].value for row in graph.select_rows_of(query) if row["topic"]}
    assert {topic.iri for topic in gaps} == every - own


def test_another_group_can_be_chosen(graph: GraphContext) -> None:
    found = load_profile(graph, LIVERPOOL, "russell-group").comparison
    assert found and (found.group.slug, found.others.value) == ("russell-group", 23)
    outside = load_profile(graph, LIVERPOOL, "gw4-alliance").comparison
    assert outside and outside.others.value == 4


def test_peers_have_their_reasons(liverpool: InstitutionProfile) -> None:
    reasons = {peer.slug: peer.reason for peer in liverpool.peers}
    assert "university-of-liverpool" not in reasons
    assert reasons["university-of-york"].startswith("N8 Research Partnership; Russell Group")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/organisations/university-of-liverpool",
        "/organisations/university-of-edinburgh?group=russell-group",
        "/organisations/russell-group",
        "/compare?organisation=university-of-liverpool&organisation=university-of-york",
    ],
)
def test_every_number_is_what_its_query_and_its_list_give(shipped_app: Flask, path: str) -> None:
    client = shipped_app.test_client()
    numbers = {
        (a.attributes["data-sparql"], a.text.replace(",", ""), a.attributes["href"])
        for a in get_page(shipped_app, path).find("a", "number")
    }
    for query, shown, address in sorted(numbers):
        assert fetch_number(client, query) == shown, query
        if address.startswith(("/practices?", "/case-studies?")):
            found = client.get(address, headers={"Accept": "application/json"}).get_json()
            assert found["total"] == int(shown), address


def fetch_number(client: FlaskClient, address: str) -> str:
    response = client.get(address, headers={"Accept": "application/json"}, follow_redirects=True)
    ((cell,),) = (row.values() for row in json.loads(response.data)["results"]["bindings"])
    return str(cell["value"])


def test_an_institution_without_records_says_that_nothing_was_found(shipped_app: Flask) -> None:
    text = get_page(shipped_app, "/organisations/university-of-wales").text
    assert "No practice was found in what was read." in text


def test_a_group_has_its_members_with_dates_and_topics(shipped_app: Flask) -> None:
    page = get_page(shipped_app, "/organisations/russell-group")
    rows = {tr.find("a")[0].text: tr.text for tr in page.find("tr") if tr.find("td")}
    assert "Aug 2012" in rows["University of York"]
    assert page.find("h2")[1].text == "What members have practice on"


def test_the_report_is_one_table(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    response = client.get("/organisations/university-of-liverpool/report.csv")
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows[0] == ["section", "item", "value", "date", "source"]
    assert ["Identifiers", "UKPRN", "10006842", "", LIVERPOOL] in rows
    assert ["Register events", "Race Equality Charter", "Gained: bronze", "2024-02"] in [
        row[:4] for row in rows
    ]
    assert ["Memberships", "Russell Group", "", "1994"] in [row[:4] for row in rows]
    assert {len(row) for row in rows} == {5}
    assert sum(row[0] == "Practices" for row in rows) == 8
    excel = client.get("/organisations/university-of-liverpool/report.csv?spreadsheet=1")
    assert excel.data.startswith(b"\xef\xbb\xbfsection")
    assert client.get("/organisations/nowhere/report.csv").status_code == 404


def test_an_unknown_group_is_refused(shipped_app: Flask) -> None:
    address = "/organisations/university-of-liverpool?group=nobody"
    response = shipped_app.test_client().get(address, headers={"Accept": BROWSER})
    assert response.status_code == 400 and "There is no group “nobody”" in response.text


def test_many_case_studies_are_shown_by_the_first_ones_and_their_list(
    shipped_app: Flask, liverpool: InstitutionProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/organisations/university-of-liverpool"
    titles = [card.link.text for card in liverpool.records.case_studies]
    assert len(titles) == liverpool.records.case_study_count == 4
    everything = find_section(get_page(shipped_app, path), "Case studies")
    assert [a.text for a in everything.find("a")] == titles
    monkeypatch.setattr(organisations, "CARDS_SHOWN", 3)
    asked: list[str] = []

    def load_and_note(graph: GraphContext, labels: EntityLabels, iris: Sequence[str]) -> list[Card]:
        asked.extend(iri for iri in iris if "/case-study/" in iri)
        return load_cards(graph, labels, iris)

    monkeypatch.setattr(profile_module, "load_cards", load_and_note)
    few = find_section(get_page(shipped_app, path), "Case studies")
    all_link, *shown = few.find("a")
    assert (all_link.text, [a.text for a in shown]) == ("All 4, filter and sort", titles[:3])
    assert len(asked) == 3
    listed = get_page(shipped_app, all_link.attributes["href"])
    assert {a.text for li in listed.find("li", "card") for a in li.one("h3").find("a")} == {*titles}
    report = shipped_app.test_client().get(f"{path}/report.csv").text
    assert all(title in report for title in titles)


def test_records_are_sorted_as_sparql_sorts_them() -> None:
    titles = [
        '"b"',
        '"B"@en',
        '"b"@cy',
        '"b"@en',
        '"É"',
        '"z"^^<urn:t>',
        '"a\\tb"',
        '"ab"@en',
        '"😀"',
    ]
    values = " ".join(f"(<urn:{place}> {title})" for place, title in enumerate(titles))
    text = f"SELECT * {{ VALUES (?record ?title) {{ {values} (<urn:x> UNDEF) }} }}"
    ordered = Store().query(f"{text} ORDER BY ?title ?record")
    assert isinstance(ordered, QuerySolutions)
    rows = [{"class": None, **dict(zip(("record", "title"), row, strict=True))} for row in ordered]
    assert len(rows) == len(titles) + 1
    assert sorted(reversed(rows), key=get_record_key) == rows


def test_records_of_the_index_are_those_of_the_query_in_its_order(
    graph: GraphContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert graph.index
    first, after = graph.index.fetch_row(
        "SELECT first, after FROM kind WHERE name = 'organisation'"
    )
    iris = [graph.index.iri(number) for number in range(first, after)]
    labels = EntityLabels(graph)
    some = [list_records(graph, labels, iri) for iri in iris]
    monkeypatch.setattr(graph.index, "facet_names", frozenset())
    assert [list_records(graph, labels, iri) for iri in iris] == some
    assert sum(map(len, some)) > 400


def test_figures_are_of_practices_or_by_an_indicator(graph: GraphContext) -> None:
    """Pages do not look for the figures of an institution without either."""
    assert graph.index
    numbers = range(
        *graph.index.fetch_row("SELECT first, after FROM kind WHERE name = 'organisation'")
    )
    skipped = 0
    for iri in map(graph.index.iri, numbers):
        records = list_records(graph, EntityLabels(graph), iri)
        has_practice = any(one.endswith("#Practice") for one, _ in records)
        if not has_practice and not has_property(graph, iri, f"{CKG}indicator"):
            skipped += 1
            assert graph.select_rows("figures-of-institution", thing=iri) == [], iri
    assert 0 < skipped < len(numbers)


def test_what_is_not_asked_of_an_institution_has_no_rows(graph: GraphContext) -> None:
    assert graph.index
    numbers = range(
        *graph.index.fetch_row("SELECT first, after FROM kind WHERE name = 'organisation'")
    )
    skipped = 0
    for iri in map(graph.index.iri, numbers[::7]):
        if not may_have_events(graph, iri):
            skipped += 1
            assert graph.select_rows("register-events-of", thing=iri) == [], iri
        if not load_profile(graph, iri, max_case_studies=0).records.practices:
            assert graph.select_rows("topics-of-institution", thing=iri) == [], iri
    assert 0 < skipped < len(numbers[::7])
    assert may_have_events(replace(graph, index_cache=NoIndex()), LIVERPOOL)  # type: ignore[arg-type]


def test_an_institution_without_records_is_asked_for_none_of_them(
    graph: GraphContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of these queries would read all records of the institution to return nothing."""
    assert graph.index
    names: set[str] = set()
    select_rows = GraphContext.select_rows

    def note_query(graph: GraphContext, name: str, *args: Any, **values: Any) -> list[PageRow]:
        names.add(name)
        return select_rows(graph, name, *args, **values)

    monkeypatch.setattr(GraphContext, "select_rows", note_query)
    load_profile(graph, LIVERPOOL)
    asked = {"figures-of-institution", "environment-of-institution", "peers-by-size", "time-line"}
    assert asked <= names
    first, after = graph.index.fetch_row(
        "SELECT first, after FROM kind WHERE name = 'organisation'"
    )
    numbers = map(graph.index.iri, range(first, after))
    iri = next(one for one in numbers if not has_property(graph, one, *ORGANISATION_PROPERTIES))
    names.clear()
    load_profile(graph, iri)
    assert names and not asked & names


class NoIndex:
    """A cache of indexes where the release has none."""

    def get_current(self) -> None:
        return None
