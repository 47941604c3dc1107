"""The home page."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from flask import Flask
from pyoxigraph import Store

from loader.namespaces import CKG, RDF, concept
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.site.practice_counts import build_segments
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed, small_release

DATED = """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
GRAPH <https://w3id.org/concordat-kg/graph/catalogue> {
  <https://w3id.org/concordat-kg/dataset> dcterms:issued "2026-11-27"^^xsd:date ;
    dcat:version "2026.3" .
}
"""


def test_home_counts_what_is_in_the_graph(page: Callable[[str], Element]) -> None:
    lines = page("/").one("ul", "ledger").find("li")
    assert {li.find("a")[0].text: int(li.one("a", "number").text) for li in lines} == {
        "Case studies": 2,
        "Initiatives": 1,
        "Obligations": 1,
        "Institutions": 3,
        "Source documents": 4,
    }


def test_home_leads_in_by_topic_and_leaves_out_what_the_graph_lacks(
    page: Callable[[str], Element],
) -> None:
    home = page("/")
    tasks = {task.one("h2").text: task for task in home.find("article", "task")}
    assert list(tasks) == ["What is being done on a topic?", "What does my institution have?"]
    topic, institution = tasks.values()
    assert topic.find("a")[1].text == "Careers"
    assert topic.find("p")[1].text == "2 case studies."
    assert institution.find("p")[1].text == "1 case study."
    # There are no practices, so there is no chart of them and nothing about their completeness.
    assert not home.find("table") and not home.find("div", "roomy")


def test_home_has_one_search_box_and_no_hash(page: Callable[[str], Element]) -> None:
    home = page("/")
    (box,) = [field for field in home.find("input") if field.attributes["type"] == "search"]
    assert box.attributes["id"] == box.attributes["name"] == "q"
    assert "0123abcd" not in home.text


def test_home_names_the_unverified_claims_and_the_data_issues(
    page: Callable[[str], Element],
) -> None:
    said = [li.text for li in page("/").find("li") if "claim" in li.text or "issue" in li.text]
    assert "1 claim is kept apart and never counted as a fact" in said
    assert "1 data issue is open" in said


def test_home_names_version_and_date_of_the_data(
    settings: Settings, tmp_path: Path, page: Callable[[str], Element]
) -> None:
    assert "Data of" not in page("/").text
    out = small_release(tmp_path, DATED)
    dated = Settings(root=settings.root, out=out)
    client = create_app(dated, open_engine(dated)).test_client()
    text = parsed(client.get("/", headers={"Accept": BROWSER}).text).one("aside").text
    assert "Data of 27 November 2026, version 2026.3." in text


def test_chart_says_what_the_data_say(
    shipped: tuple[Settings, BuildResult], shipped_app: Flask
) -> None:
    _, outcome = shipped
    home = parsed(shipped_app.test_client().get("/", headers={"Accept": BROWSER}).text)
    store = Store.read_only(str(outcome.release.store))
    practices = {q.subject for q in store.quads_for_pattern(None, RDF.type, CKG.Practice, None)}
    kinds = {
        quad.subject: quad.object
        for quad in store.quads_for_pattern(None, CKG.practiceKind, None, None)
    }
    evaluations = list(store.quads_for_pattern(None, CKG.evaluation, None, None))
    none = concept("evidence-levels", "none-reported")
    evidenced = {
        link.subject
        for link in evaluations
        for quad in store.quads_for_pattern(None, CKG.evidenceLevel, None, None)
        if quad.subject == link.object and quad.object != none
    }
    assert 0 < len(evidenced) < len(practices)
    share = round(100 * (1 - Decimal(len(evidenced & practices)) / len(practices)))
    assert (
        home.one("div", "roomy").one("h2").text
        == f"{share}% of practices report no evidence of use or effect"
    )
    rows = {
        tr.one("th").find("a")[0].text: [int(a.text) for a in tr.find("a", "number")]
        for tr in home.one("table", "ch").one("tbody").find("tr")
    }
    expected = sorted(
        [
            sum(kinds[p] == kind and p in evidenced for p in practices),
            sum(kinds[p] == kind for p in practices),
        ]
        for kind in set(kinds.values())
    )
    assert sorted(rows.values()) == expected
    shares = [some / every for some, every in rows.values()]
    assert shares == sorted(shares, reverse=True)


def test_each_number_of_practices_is_that_of_its_query_and_of_its_list(
    shipped_app: Flask,
) -> None:
    client = shipped_app.test_client()
    home = parsed(client.get("/", headers={"Accept": BROWSER}).text)
    numbers = [a for a in home.find("a", "number") if a.attributes["href"].startswith("/practices")]
    assert len(numbers) >= 24
    for number in numbers:
        value = number.attributes["data-value"]
        answer = client.get(
            number.attributes["data-sparql"],
            headers={"Accept": "application/json"},
            follow_redirects=True,
        )
        ((cell,),) = (r.values() for r in json.loads(answer.data)["results"]["bindings"])
        assert cell["value"] == value == number.text.replace(",", "")
        href = number.attributes["href"].replace("/practices", "/practices.csv")
        lines = client.get(href).text.splitlines()
        assert len(lines) == int(value) + 1


def test_segments_of_a_bar_fill_it_strongest_first() -> None:
    assert build_segments({0: 2, 2: 1, 4: 1}) == [(4, 0.0, 25.0), (2, 25.0, 25.0), (0, 50.0, 50.0)]
