"""The search page and its JSON."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.releases import publish
from tests.query_ui.site.small import Element


def test_hits_stand_by_kind_with_the_words_marked(page: Callable[[str], Element]) -> None:
    found = page("/search?q=training")
    assert [h.text for h in found.find("h2")] == ["Concepts", "Case studies", "Commitments"]
    first = found.find("section", "hits")[0].find("li")[0]
    assert first.one("a").attributes["href"] == "/concepts/keywords/training"
    assert first.one("mark").text == "Training"
    assert first.one("span", "tag").text == "Keyword"


def test_text_of_a_source_is_marked_and_never_becomes_markup(
    page: Callable[[str], Element],
) -> None:
    found = page("/search?q=bold")
    title = found.one("section", "hits").one("a")
    assert title.text == "Alpha <b> bold </b> <https://example.org/x> a owl:Thing ."
    assert title.one("mark").text == "bold"


def test_what_was_typed_is_shown_as_text(page: Callable[[str], Element]) -> None:
    typed = '"><b>x</b>'
    found = page("/search?q=%22%3E%3Cb%3Ex%3C/b%3E")
    assert typed in found.one("h1").text
    assert found.one("form", "search").one("input").attributes["value"] == typed


@pytest.mark.parametrize("text", ["%22", "*", "NEAR(", "%20", "()", "\u202etfel", "🦉"])
def test_a_search_without_words_says_so(page: Callable[[str], Element], text: str) -> None:
    found = page(f"/search?q={text}")
    assert not found.find("section", "hits")


def test_a_search_of_ten_thousand_characters_is_refused(client: FlaskClient) -> None:
    answer = client.get("/search", query_string={"q": "a" * 10_000})
    assert answer.status_code == 400
    assert answer.json is not None
    assert "At most 300 can be looked for" in answer.json["detail"]


def test_search_as_json_says_how_and_how_many(client: FlaskClient) -> None:
    for answer in (
        client.get("/search.json?q=train"),
        client.get("/search?q=train", headers={"Accept": "application/json"}),
    ):
        found = answer.json
        assert found is not None
        assert (found["how"], found["total"], found["truncated"]) == ("all", 3, False)
        assert found["items"][0] == {
            "iri": "https://w3id.org/concordat-kg/concept/keywords/training",
            "label": "Training",
            "kind": "concept",
            "url": "/concepts/keywords/training",
            "snippet": "Learning to do.",
        }


def test_suggestions_tell_kinds_apart(client: FlaskClient) -> None:
    found = client.get("/search/suggestions?q=emp").json
    assert found is not None
    assert [(item["label"], item["kind"], item["url"]) for item in found["items"]] == [
        ("Employment", "Principle or obligation", "/concepts/principles/employment")
    ]


def test_an_empty_page_of_hits_leads_on(page: Callable[[str], Element]) -> None:
    past = page("/search?q=training&kind=concept&page=9").one("p", "notice")
    assert past.text.startswith("There is no page 9 of these")
    none = page("/search?q=training&kind=group").one("p", "notice")
    assert none.one("a").attributes["href"] == "/search?q=training"


def test_an_unknown_kind_is_refused(client: FlaskClient) -> None:
    answer = client.get("/search?q=x&kind=sheep")
    assert answer.status_code == 400
    assert answer.json is not None and "may be concept, initiative" in answer.json["detail"]


def test_without_an_index_search_says_what_to_do(settings: Settings, tmp_path: Path) -> None:
    found = Settings(root=settings.root, out=publish(tmp_path / "build"))
    client = create_app(found, open_engine(found)).test_client()
    answer = client.get("/search?q=x")
    assert answer.status_code == 503
    assert answer.json is not None and "concordat-kg build" in answer.json["detail"]
    listed = client.get("/case-studies?keyword=training", headers={"Accept": "application/json"})
    assert listed.json is not None and listed.json["total"] == 0
