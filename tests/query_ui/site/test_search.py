"""The search page and its JSON."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.search_index.highlight import (
    HIGHLIGHT_END,
    HIGHLIGHT_START,
    parse_highlights,
    strip_highlights,
)
from query_ui.graph.search_index.search_runner import SearchHit
from query_ui.site.search import list_matching_tags
from query_ui.site.search_extras import shorten_around
from tests.query_ui.conftest import BROWSER
from tests.query_ui.releases import publish
from tests.query_ui.site.small import Element, parsed


def test_hits_stand_by_kind_with_the_words_marked(page: Callable[[str], Element]) -> None:
    found = page("/search?q=training")
    assert [h.text for h in found.find("h2")] == [
        "Concepts",
        "Case studies",
        "Commitments",
        "Saved queries about this",
        "Help",
    ]
    first = found.find("section", "hits")[0].find("li")[0]
    assert first.one("a").attributes["href"] == "/concepts/keywords/training"
    assert first.one("mark").text == "Training"
    assert first.one("p", "meta").text == "Keyword"


def test_text_of_a_source_is_marked_and_never_becomes_markup(
    page: Callable[[str], Element],
) -> None:
    found = page("/search?q=bold")
    title = found.one("section", "hits").find("a")[0]
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
    assert past.text.startswith("There is no page 9 of these results")
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


def read_counts(found: Element) -> dict[str, str]:
    """The types of results with their numbers."""
    chips = found.one("nav", "chips").find("a")
    return {a.text.rpartition(" ")[0]: a.one("b").text for a in chips}


def test_results_are_counted_by_type_and_can_be_narrowed(page: Callable[[str], Element]) -> None:
    found = page("/search?q=training")
    assert read_counts(found) == {
        "All": "3",
        "Concepts": "1",
        "Case studies": "1",
        "Commitments": "1",
    }
    narrowed = page(found.one("nav", "chips").find("a")[2].attributes["href"])
    assert [h.text for h in narrowed.find("h2")] == ["Case studies"]


@pytest.mark.parametrize("form", ["10007143", "https://example.org/10007143", " 10007143 "])
def test_an_identifier_leads_to_its_institution(page: Callable[[str], Element], form: str) -> None:
    first = page(f"/search?q={form}").find("li", "card")
    names = [card.find("a")[0].text for card in first]
    assert ("Durham University" in names) == ("example" not in form)


@pytest.mark.parametrize(
    "text",
    [
        *("https://ror.org/04xs57h96", "ror.org/04xs57h96", "04xs57h96", "10006842", "Q499510"),
        *("0000 0004 1936 8470", "0000000419368470", "https://isni.org/isni/0000000419368470"),
        *("http://www.wikidata.org/entity/Q499510",),
        "https://w3id.org/concordat-kg/id/organisation/university-of-liverpool",
    ],
)
def test_every_usual_form_of_an_identifier_is_found(shipped_app: Flask, text: str) -> None:
    client = shipped_app.test_client()
    answer = client.get("/search", query_string={"q": text}, headers={"Accept": BROWSER})
    first = parsed(answer.text).find("li", "card")[0]
    assert first.one("a").attributes["href"] == "/organisations/university-of-liverpool"
    assert first.one("span", "badge").text == "Exact identifier"
    items = client.get("/search/suggestions", query_string={"q": text}).get_json()["items"]
    assert items[0]["label"] == "University of Liverpool"


@pytest.mark.parametrize(
    ("text", "topic"),
    [("EDI", "Equality, diversity and inclusion"), ("well-being", "Wellbeing")],
)
def test_a_synonym_leads_to_what_is_tagged(shipped_app: Flask, text: str, topic: str) -> None:
    client = shipped_app.test_client()
    page = parsed(client.get(f"/search?q={text}", headers={"Accept": BROWSER}).text)
    (lead,) = [p for p in page.find("p", "panel") if p.one("strong").text == topic]
    number = lead.find("a", "number")[0]
    listed = client.get(number.attributes["href"].replace("?", ".json?", 1)).get_json()
    assert number.attributes["data-value"] == str(listed["total"]) != "0"


@pytest.mark.parametrize(
    ("text", "heading", "name"),
    [
        ("falls due", "Saved queries that answer this", "/queries/due-in-period"),
        ("close outside", "Saved queries", "/queries/vocabulary-matches"),
        ("openrefine", "Help", "/help/"),
    ],
)
def test_saved_queries_and_help_are_found(
    shipped_app: Flask, text: str, heading: str, name: str
) -> None:
    answer = shipped_app.test_client().get(f"/search?q={text}", headers={"Accept": BROWSER})
    sections = [s for s in parsed(answer.text).find("section") if s.one("h2").text == heading]
    links = [a.attributes["href"] for s in sections for a in s.find("a")]
    assert any(link.startswith(name) for link in links)


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("University of Leeds", True),
        ("wellbeing", True),
        ("technicians at the University of Leeds", False),
        ("who supports technicians", False),
    ],
)
def test_saved_queries_come_after_what_has_the_name_that_was_looked_for(
    shipped_app: Flask, text: str, is_name: bool
) -> None:
    answer = shipped_app.test_client().get(
        "/search", query_string={"q": text}, headers={"Accept": BROWSER}
    )
    sections = parsed(answer.text).find("section")
    headings = [one.one("h2").text for one in sections]
    hits = [n for n, one in enumerate(sections) if "hits" in one.attributes["class"].split()]
    heading = "Saved queries about this" if is_name else "Saved queries that answer this"
    assert hits and (headings.index(heading) > hits[-1]) == is_name


def test_a_hit_says_nothing_twice(shipped_app: Flask) -> None:
    answer = shipped_app.test_client().get(
        "/search?q=University+of+Leeds", headers={"Accept": BROWSER}
    )
    told = [p.text for p in parsed(answer.text).find("p", "also")]
    assert not [text for text in told if "Tagged with" in text], "the institution is on the card"
    answer = shipped_app.test_client().get(
        "/search?q=varied+ways+of+working", headers={"Accept": BROWSER}
    )
    (hit,) = [
        one for one in parsed(answer.text).find("li", "card") if one.text.strip().startswith("ECF2")
    ]
    assert hit.text.count("working") == 1


def test_events_of_one_name_are_told_apart(shipped_app: Flask) -> None:
    answer = shipped_app.test_client().get(
        "/search?q=University+of+Leeds&kind=register-event", headers={"Accept": BROWSER}
    )
    hits = parsed(answer.text).one("section", "hits").find("li", "card")
    told = [(one.one("h3").text, one.one("p", "meta").text) for one in hits]
    assert len(told) == len({*told}) == 5
    assert len({name for name, _ in told}) < 5
    assert all(meta.startswith("Register event · ") for _, meta in told)


def test_the_tags_that_match_are_named_in_full() -> None:
    tags = parse_highlights(
        f"Managers {HIGHLIGHT_START}of{HIGHLIGHT_END} researchers · Research "
        f"{HIGHLIGHT_START}culture{HIGHLIGHT_END} · Wellbeing · {HIGHLIGHT_START}Leeds"
        f"{HIGHLIGHT_END} · {HIGHLIGHT_START}Culture{HIGHLIGHT_END} change"
    )
    hit = SearchHit("urn:a", "case-study", "A", (("A", False),), tags=tags)
    found = list_matching_tags(hit, "Case study · Leeds")
    assert [strip_highlights(tag) for tag in found] == ["Research culture", "Culture change"]


def test_help_with_all_words_comes_before_results_with_some(shipped_app: Flask) -> None:
    answer = shipped_app.test_client().get(
        "/search?q=add+a+case+study+as+a+file", headers={"Accept": BROWSER}
    )
    headings = [h.text for h in parsed(answer.text).find("h2")]
    assert headings.index("Help") < headings.index("Concepts")


def test_a_question_is_searched_by_its_telling_words(shipped_app: Flask) -> None:
    answer = shipped_app.test_client().get(
        "/search?q=What+is+there+on+the+wellbeing+of+technicians", headers={"Accept": BROWSER}
    )
    notice = parsed(answer.text).one("p", "notice")
    assert notice.one("strong").text == "wellbeing, technicians"


def test_a_mistyped_name_is_corrected(shipped_app: Flask) -> None:
    answer = shipped_app.test_client().get(
        "/search?q=Univercity+of+Leeds", headers={"Accept": BROWSER}
    )
    page = parsed(answer.text)
    assert page.one("p", "notice").one("strong").text == "university of Leeds"
    assert "/organisations/university-of-leeds" in [a.attributes["href"] for a in page.find("a")]


def test_help_is_cut_around_the_word() -> None:
    text = "one two " * 60 + "OpenRefine is here " + "three four " * 60
    short = shorten_around(text, "openrefine")
    assert short.startswith("… ") and short.endswith(" …") and "OpenRefine is here" in short
    assert len(short) < 300
    assert shorten_around("short text", "text") == "short text"


def test_saved_queries_that_answer_a_search_are_listed_once(shipped_app: Flask) -> None:
    answer = shipped_app.test_client().get("/search?q=wellbeing", headers={"Accept": BROWSER})
    page = parsed(answer.text)
    (box,) = [s for s in page.find("section") if s.one("h2").text.startswith("Saved queries about")]
    links = [a.attributes["href"] for a in box.find("a")]
    assert "/queries/practices-by-keyword?keyword=wellbeing" in links
    assert len([h for h in box.find("h3")]) <= 3
    others = [s for s in page.find("section") if s.one("h2").text == "Saved queries"]
    names = {link.split("?")[0] for link in links}
    assert names.isdisjoint(a.attributes["href"] for s in others for a in s.find("a"))
