"""Short addresses over HTTP: made by a form or a script, followed to the same answer."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.permalinks import PERMALINKS_EXTENSION, PermalinkStore
from query_ui.engine import open_engine
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import parsed

QUERY = "SELECT (\"ü & '+' %41\" AS ?text)\n{ }"
GRAPH = "https://w3id.org/concordat-kg/graph/catalogue"


def made(client: FlaskClient, **fields: object) -> str:
    response = client.post("/q", data=fields, headers={"Accept": "application/json"})
    assert response.status_code == 201, response.text
    assert response.json is not None
    path = response.json["path"]
    assert isinstance(path, str)
    assert response.headers["Location"] == path
    return path


def test_address_leads_to_the_query_and_its_rows(client: FlaskClient) -> None:
    path = made(client, query=QUERY)
    response = client.get(path)
    assert response.status_code == 303
    page = client.get(response.headers["Location"], headers={"Accept": BROWSER})
    shown = parsed(page.text)
    assert shown.one("textarea").text == " ".join(QUERY.split())
    assert shown.one("td").text == "ü & '+' %41"


def test_address_holds_the_dataset(client: FlaskClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    whole = made(client, query=query)
    one = made(client, query=query, **{"default-graph-uri": GRAPH})
    assert whole != one
    target = client.get(one).headers["Location"]
    page = parsed(client.get(target, headers={"Accept": BROWSER}).text)
    assert page.one("main").one("input").attributes["value"] == GRAPH
    links = [a.attributes["href"] for a in page.one("p", "data").find("a")]
    assert client.get(links[1]).text == client.get(f"{target}&format=csv").text
    assert client.get(links[1]).text != client.get("/sparql", query_string={"query": query}).text


def test_lines_of_a_form_and_of_a_script_have_the_same_address(client: FlaskClient) -> None:
    assert made(client, query="ASK\r\n{ }") == made(client, query="ASK\n{ }")


def test_address_survives_a_restart_and_a_new_release(
    client: FlaskClient, settings: Settings
) -> None:
    path = made(client, query=QUERY)
    before = client.get(path).headers["Location"]
    engine = open_engine(settings)
    restarted = create_app(settings, engine).test_client()
    assert restarted.get(path).headers["Location"] == before
    engine.close()
    assert (settings.out / "permalinks").is_dir()


def test_form_without_scripts_gets_a_page_with_the_address(client: FlaskClient) -> None:
    response = client.post("/q", data={"query": QUERY, "format": ""}, headers={"Accept": BROWSER})
    link = parsed(response.text).one("p", "answer").one("a")
    assert link.text == f"http://localhost{link.attributes['href']}"
    assert client.get(link.attributes["href"]).status_code == 303


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        ({}, 400, "Send one query to get its short address: here are 0."),
        ({"query": ["a", "b"]}, 400, "Send one query to get its short address: here are 2."),
        ({"query": "x" * 40_000}, 413, "The query takes 40,006 characters of an address"),
    ],
)
def test_what_gets_no_address(
    client: FlaskClient, fields: dict[str, object], status: int, detail: str
) -> None:
    response = client.post("/q", data=fields)
    assert response.status_code == status
    assert response.json is not None
    assert response.json["detail"].startswith(detail)


def test_unknown_address_is_said(client: FlaskClient) -> None:
    response = client.get("/q/0123456789")
    assert response.status_code == 404
    assert response.json is not None
    assert "Was it copied whole?" in response.json["detail"]


def test_folder_that_cannot_be_written_is_said(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    monkeypatch.setitem(
        app.extensions, PERMALINKS_EXTENSION, PermalinkStore(tmp_path / "file" / "permalinks")
    )
    response = client.post("/q", data={"query": "ASK {}"})
    assert response.status_code == 503
    assert response.json is not None
    assert response.json["detail"].startswith("No short address could be made: Not a directory.")
    assert "long address" in response.json["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://localhost"}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://kg.example.org"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost.elsewhere.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_no_other_site_makes_an_address(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    response = client.post("/q", data={"query": "ASK {}"}, headers=headers)
    assert response.status_code == status
    if status == 403:
        assert response.json is not None
        assert response.json["detail"].startswith("A page of another site")
