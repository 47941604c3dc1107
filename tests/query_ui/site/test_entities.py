"""Pages of other things, and of things with IRIs of others."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed, small_release


def test_passage_has_a_page(page: Callable[[str], Element]) -> None:
    found = page("/things?iri=https%3A%2F%2Fw3id.org%2Fconcordat-kg%2Fgraph%2Fcards%233")
    assert "Well-being" in found.one("table", "statements").text


def test_case_study_with_a_foreign_iri_is_listed_and_has_a_page(
    settings: Settings, tmp_path: Path
) -> None:
    more = """<https://other.example/g> { <https://other.example/s?a=1&b=2>
      a <https://w3id.org/concordat-kg/ontology#CaseStudy> ;
      <http://purl.org/dc/terms/title> "Foreign" . }"""
    foreign = Settings(root=settings.root, out=small_release(tmp_path, more))
    client = create_app(foreign, open_engine(foreign)).test_client()
    listed = parsed(client.get("/case-studies", headers={"Accept": BROWSER}).text)
    (link,) = [a for a in listed.find("a") if a.text == "Foreign"]
    found = parsed(client.get(link.attributes["href"], headers={"Accept": BROWSER}).text)
    assert found.one("h1").text == "Foreign"
    identifier = found.find("span", "id")[0]
    assert identifier.one("span", "v").text == "https://other.example/s?a=1&b=2"
    data = [a.attributes["href"] for a in found.one("details", "menu").find("a")]
    turtle = client.get(data[0])
    assert (turtle.mimetype, '"Foreign"' in turtle.text) == ("text/turtle", True)


@pytest.mark.parametrize("iri", ["a b:c", "x:<y>", 'x:"', "plain"])
def test_text_that_is_no_iri_is_not_found(client: FlaskClient, iri: str) -> None:
    response = client.get("/things", query_string={"iri": iri})
    assert response.status_code == 404
    assert response.json is not None
    assert (
        response.json["detail"]
        == f"“{iri}” is not a valid IRI, so nothing in the graph can have it."
    )
