"""The doctor over HTTP: as JSON, as a page, and the way to it."""

from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.conftest import BROWSER, PROJECT
from tests.query_ui.site.small import Element

PREFIXES = (
    "PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>\n"
    "PREFIX dcterms: <http://purl.org/dc/terms/>\n"
)
BROKEN = PREFIXES + "SELECT ?t { ?s a ckg:CaseStudy ; dcterms:titel ?t }"
MENDED = PREFIXES + "SELECT ?t { ?s a ckg:CaseStudy ; dcterms:title ?t }"
HONEST = PREFIXES + "SELECT ?s { ?s a ckg:CaseStudy , ckg:Claim }"


def path(query: str, **more: str) -> str:
    """The address of a diagnosis."""
    return f"/sparql/doctor?{urlencode({'query': query, **more})}"


def test_the_diagnosis_as_json(client: FlaskClient) -> None:
    response = client.get(path(BROKEN))
    assert (response.status_code, response.mimetype) == (200, "application/json")
    told = response.get_json()
    assert told["found"] is True
    assert (told["culprit"], told["line"], told["cause"]) == ("dcterms:titel", 3, "spelling")
    assert told["column"] == BROKEN.splitlines()[2].index("dcterms:titel") + 1
    assert told["repair"] == MENDED
    assert told["complete"] is True
    assert 0 < told["tried"] <= 60
    assert told["findings"][0]["culprit"] == "dcterms:titel"
    asked = {"query": told["repair"], "format": "csv"}
    assert client.get("/sparql", query_string=asked).text.count("\n") > 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/sparql-query"])
def test_the_query_may_be_posted(client: FlaskClient, kind: str) -> None:
    body = urlencode({"query": BROKEN}) if "form" in kind else BROKEN
    response = client.post("/sparql/doctor", data=body, content_type=kind)
    assert response.get_json()["culprit"] == "dcterms:titel"


def test_nothing_wrong_as_json(client: FlaskClient) -> None:
    told = client.get(path(HONEST)).get_json()
    assert (told["found"], told["repair"], told["findings"]) == (False, "", [])
    assert told["explanation"].startswith("Nothing wrong found")
    assert told["culprit"] in HONEST


def test_the_page_has_the_repaired_query_in_the_editors_form(
    page: Callable[[str], Element],
) -> None:
    found = page(path(BROKEN))
    assert found.one("h1").text == "Why no rows?"
    assert "dcterms:titel" in found.one("pre").text
    form = found.one("main").one("form")
    assert form.attributes["action"] == "/sparql"
    assert form.one("textarea").text == " ".join(MENDED.split())


def test_the_page_where_nothing_is_wrong_has_the_query_itself(
    page: Callable[[str], Element],
) -> None:
    found = page(path(HONEST))
    assert "Nothing wrong found" in found.one("main").text
    assert found.one("textarea").text == " ".join(HONEST.split())


def test_a_page_without_rows_leads_to_the_doctor(client: FlaskClient) -> None:
    def ways(query: str) -> list[str]:
        text = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
        return [part.split('"')[0] for part in text.text.split('href="') if "doctor" in part[:20]]

    (way,) = ways(BROKEN)
    assert parse_qs(urlsplit(unescape(way)).query)["query"] == [BROKEN]
    assert ways(MENDED) == []


@pytest.mark.parametrize(
    ("address", "status"),
    [("/sparql/doctor", 400), (path("SELECT * {"), 400), (path(BROKEN, timeout="no"), 400)],
)
def test_what_cannot_be_examined_is_an_error(
    client: FlaskClient, address: str, status: int
) -> None:
    response = client.get(address)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")


def test_a_syntax_error_keeps_its_place_in_the_query(client: FlaskClient) -> None:
    told = client.get(path("SELECT *\nWHERE { ?s ?p ?o . FILTER }")).get_json()
    assert told["line"] == 2


def test_visitors_of_a_running_site_are_told_too(settings: Settings, tmp_path: Path) -> None:
    assert (PROJECT / "sparql" / "doctor").is_dir()
    engine = open_engine(settings)
    visitors = engine.isolate()
    try:
        client = create_app(settings, engine, visitors).test_client()
        assert client.get(path(BROKEN)).get_json()["repair"] == MENDED
    finally:
        visitors.close()
        engine.close()


HIDDEN = PREFIXES + "SELECT ?s ?t { ?s a ckg:CaseStudy OPTIONAL { ?s dcterms:titel ?t } }"
HIDDEN_REPAIRED = HIDDEN.replace("titel", "title")


def test_unknown_terms_as_json(client: FlaskClient) -> None:
    response = client.post("/sparql/doctor/terms", data={"query": HIDDEN})
    told = response.get_json()
    assert (told["total"], told["truncated"]) == (1, False)
    assert told["terms"][0]["culprit"] == "dcterms:titel"
    assert told["terms"][0]["repair"] == HIDDEN_REPAIRED
    clean = client.get("/sparql/doctor/terms", query_string={"query": HIDDEN_REPAIRED})
    assert clean.get_json() == {"total": 0, "truncated": False, "terms": []}
    assert client.get("/sparql/doctor/terms").status_code == 400


def test_an_unknown_term_is_named_above_the_rows_with_the_way_to_correct_it(
    page: Callable[[str], Element],
) -> None:
    results = page(f"/sparql?{urlencode({'query': HIDDEN})}").one("section")
    notice = results.one("p", "low")
    assert "The data has no property dcterms:titel." in notice.text
    corrected = parse_qs(urlsplit(notice.one("a").attributes["href"]).query)
    assert corrected["query"] == [HIDDEN_REPAIRED]
    assert results.text.index("dcterms:titel") < results.text.index(" rows")
    assert page(f"/sparql?{urlencode({'query': HIDDEN_REPAIRED})}").find("p", "notice") == []


@pytest.mark.parametrize(
    ("query", "link", "heading"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?s dcterms:titel ?t }", "Why 0?", "Why 0?"),
        ("ASK { ?s dcterms:titel ?t }", "Why no match?", "Why no match?"),
    ],
)
def test_a_count_of_0_and_no_lead_to_the_diagnosis(
    page: Callable[[str], Element], query: str, link: str, heading: str
) -> None:
    found = page(f"/sparql?{urlencode({'query': PREFIXES + query})}")
    ways = [a for a in found.find("a") if a.text == link]
    assert len(ways) == 1
    told = page(ways[0].attributes["href"])
    assert told.one("h1").text == heading
    assert "dcterms:titel" in told.one("pre").text
    clean = page(f"/sparql?{urlencode({'query': 'ASK { }'})}")
    assert not [a for a in clean.find("a") if a.text.startswith("Why")]
