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
    question = "Which practices are on short-term contracts?"
    notice = get_page(shipped_app, question).find("p", "notice")[0].text
    assert notice == (
        "“short term contracts” can mean AS05-5: Short-term contracts or "
        "AS15-6: Short-term contracts. Write the full name."
    )


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


def test_a_question_without_a_day_is_about_today(
    shipped_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "query_ui.site.query_candidates.get_today", lambda: date(2026, 11, 28), raising=True
    )
    client = shipped_app.test_client()
    data = client.get("/ask.json", query_string={"q": "Who is in the Russell Group?"}).get_json()
    first = data["items"][0]
    assert first["url"] == "/queries/members-on-a-day?consortium=russell-group&day=2026-11-28"
    (day,) = (value for value in first["values"] if value["parameter"] == "day")
    assert (day["values"], day["today"], day["default"]) == (["2026-11-28"], True, False)
    card = get_page(shipped_app, "Who is in the Russell Group?").find("li", "card")[0]
    assert "Day: 2026-11-28 (today)" in [one.text for one in card.find("li", "flat")]
    # Two days are a period, of which the query has an example.
    due = client.get("/ask.json", query_string={"q": "What is due under DORA?"}).get_json()
    period = next(one for one in due["items"] if one["name"] == "due-in-period")
    assert [v["today"] for v in period["values"]] == [False] * len(period["values"])


@pytest.mark.parametrize(
    ("question", "register"),
    [
        ("Who signed the Concordat?", "researcher-development-concordat"),
        ("who has signed the concordat", "researcher-development-concordat"),
        ("Who signed the Researcher Development Concordat?", "researcher-development-concordat"),
        (
            "Who signed the Concordat to Support the Career Development of Researchers?",
            "researcher-development-concordat",
        ),
        ("Who signed the Integrity Concordat?", "research-integrity-concordat"),
        ("Who signed the Knowledge Exchange Concordat?", "knowledge-exchange-concordat"),
        ("Who signed the Concordat on Openness on Animal Research?", "openness-on-animal-research"),
    ],
)
def test_a_register_is_known_by_its_usual_names(
    question: str, register: str, shipped_app: Flask
) -> None:
    data = shipped_app.test_client().get("/ask.json", query_string={"q": question}).get_json()
    values = {v["parameter"]: v["values"] for v in data["items"][0]["values"]}
    assert (data["items"][0]["name"], values["register"]) == ("holders-on-a-day", [register])


def test_who_may_sign_is_not_who_has_signed(shipped_app: Flask) -> None:
    question = {"q": "Who can become a signatory of the Concordat?"}
    assert (
        shipped_app.test_client().get("/ask.json", query_string=question).get_json()["total"] == 0
    )


@pytest.mark.parametrize(
    ("question", "query", "value", "institution"),
    [
        (
            "What has Cardiff University done for technicians?",
            *("practices-for-beneficiary", "technicians", "cardiff-university"),
        ),
        (
            "practices on precarious contracts at Leeds",
            *("practices-by-keyword", "job-security", "university-of-leeds"),
        ),
        (
            "What is the University of Sheffield doing about bullying?",
            *("practices-by-keyword", "bullying-and-harassment", "university-of-sheffield"),
        ),
    ],
)
def test_a_topic_at_an_institution_is_answered(
    question: str, query: str, value: str, institution: str, shipped_app: Flask
) -> None:
    client = shipped_app.test_client()
    first = client.get("/ask.json", query_string={"q": question}).get_json()["items"][0]
    values = [v["values"][0].rpartition("/")[2] for v in first["values"] if not v["default"]]
    assert (first["name"], values) == (query, [value, institution])
    rows = client.get(first["url"].replace("?", ".json?", 1)).get_json()["results"]["bindings"]
    everyone = client.get(
        f"/queries/{query}.json?{first['url'].partition('?')[2].partition('&')[0]}"
    )
    assert len(rows) < len(everyone.get_json()["results"]["bindings"])


def test_practices_at_an_institution_are_in_its_profile(shipped_app: Flask) -> None:
    data = shipped_app.test_client().get("/ask.json?q=practices+at+Leeds").get_json()
    assert data["items"][0]["url"] == "/queries/institution-profile?institution=university-of-leeds"
