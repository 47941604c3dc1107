"""The page of questions in words, and its JSON."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed


def get_page(app: Flask, question: str) -> Element:
    answer = app.test_client().get(
        "/ask", query_string={"q": question}, headers={"Accept": BROWSER}, buffered=True
    )
    assert answer.status_code == 200
    return parsed(answer.text)


def test_a_card_has_the_query_with_values_and_words(page: Callable[[str], Element]) -> None:
    found = page("/ask?q=case+studies+by+keyword+training+in+Utopia")
    card = found.one("section").find("li", "card")[0]
    assert card.one("h3").one("a").attributes["href"] == "/queries/by-keyword?keyword=training"
    shown = [one.text for one in card.find("li", "badge")]
    assert shown == ["Keyword: Training", "At most: 10 (example value)"]
    assert "Not used: “Utopia”" in [p.text for p in card.find("p", "note")]
    run, editor = (a.attributes["href"] for a in card.find("a", "btn"))
    assert run == "/queries/by-keyword?keyword=training"
    assert editor.startswith("/sparql?query=") and "keywords/training%3E" in editor


def test_without_a_question_there_are_examples(shipped_app: Flask) -> None:
    examples = get_page(shipped_app, "").one("section").find("a")
    assert len(examples) >= 4
    for example in examples:
        answer = shipped_app.test_client().get(example.attributes["href"].replace("?", ".json?", 1))
        assert answer.get_json()["items"], example.text


def test_what_was_typed_is_shown_as_text(page: Callable[[str], Element]) -> None:
    found = page("/ask?q=%22%3E%3Cb%3Ex%3C/b%3E")
    assert found.one("form", "xl").one("input").attributes["value"] == '"><b>x</b>'


@pytest.mark.parametrize("text", ["%22", "*", "NEAR(", "%20", "()", "%E2%80%AE", "%F0%9F%A6%89"])
def test_a_question_without_words_has_no_answer(client: FlaskClient, text: str) -> None:
    answer = client.get(f"/ask.json?q={text}").get_json()
    assert (answer["total"], answer["items"], answer["nearest"]) == (0, [], [])


def test_a_question_of_ten_thousand_characters_is_refused(client: FlaskClient) -> None:
    answer = client.get("/ask", query_string={"q": "a" * 10_000})
    assert answer.status_code == 400
    assert answer.json is not None
    assert "At most 300 can be read: leave words out" in answer.json["detail"]


def test_json_has_the_values_with_the_words_that_name_them(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    question = {"q": "What do Scottish universities do for technicians?"}
    data = client.get("/ask.json", query_string=question).get_json()
    same = client.get("/ask", query_string=question, headers={"Accept": "application/json"})
    assert same.get_json() == data
    assert (data["truncated"], data["nearest"]) == (data["total"] > len(data["items"]), [])
    first = data["items"][0]
    assert first["url"] == "/queries/practices-for-beneficiary?group=technicians&nation=Scotland"
    assert [(v["label"], v["labels"], v["words"], v["default"]) for v in first["values"]] == [
        ("Beneficiary", ["Technicians"], "technicians", False),
        ("Nation", ["Scotland"], "Scottish", False),
    ]
    rows = client.get(first["url"].replace("?", ".json?", 1)).get_json()
    everyone = client.get("/queries/practices-for-beneficiary.json?group=technicians").get_json()
    assert 0 < rows["total"] < everyone["total"]


def test_a_question_that_nothing_answers_gets_the_nearest(shipped_app: Flask) -> None:
    page = get_page(shipped_app, "What is the salary of a lecturer at the University of Leeds?")
    notice = page.one("p", "notice").text
    assert notice.startswith("No saved query answers this. Words that no saved query has: “salary”")
    (section,) = page.find("section")
    assert section.one("h2").text == "Nearest saved queries"
    assert 1 <= len(section.find("li", "card")) <= 3


def test_a_name_of_several_is_not_chosen(shipped_app: Flask) -> None:
    name = "Concordat to Support the Career Development of Researchers"
    notice = get_page(shipped_app, f"Who signed the {name}?").find("p", "notice")[0].text
    assert notice.startswith(f"“{name}” can mean {name} (20")
    assert notice.endswith("Write the full name.")


def test_every_value_that_words_give_is_shown_by_its_label(shipped_app: Flask) -> None:
    data = shipped_app.test_client().get("/ask.json?q=Which+claims+are+false%3F").get_json()
    (value,) = [v for v in data["items"][0]["values"] if v["parameter"] == "judgement"]
    assert (value["labels"], value["default"]) == (["false"], False)


def test_the_nearest_query_tells_which_condition_it_ignores(shipped_app: Flask) -> None:
    question = "Which universities do not hold the Athena Swan Charter?"
    page = get_page(shipped_app, question)
    assert page.one("p", "notice").text.startswith("No saved query answers this.")
    first = page.find("li", "card")[0]
    assert "Your question says “not”. This query does not take that into account." in first.text
    data = shipped_app.test_client().get("/ask.json", query_string={"q": question}).get_json()
    assert (data["items"], data["nearest"][0]["unmet"]) == ([], ["not"])


def test_now_is_the_day_in_the_link(shipped_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("query_ui.site.query_candidates.get_today", lambda: date(2026, 11, 28))
    question = {"q": "Who holds the Technician Commitment now?"}
    data = shipped_app.test_client().get("/ask.json", query_string=question).get_json()
    assert data["items"][0]["url"].endswith("&day=2026-11-28")
