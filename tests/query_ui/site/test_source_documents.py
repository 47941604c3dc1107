"""The sources and what they state."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from query_ui.site import source_documents
from tests.query_ui.site.small import Element

Page = Callable[[str], Element]


def test_sources_are_listed_with_trust_and_file(page: Page) -> None:
    items = page("/graphs").one("ul", "cards").find("li")
    assert [i.text for i in items] == [
        "An article trust Low file article.txt",
        "Curated trust Curated file curated.md",
        "Organisations trust Curated file organisations.csv",
        "Three cards trust Curated reader cards file cards.txt",
    ]


def test_document_tells_its_file_hash_reader_and_problems(page: Page) -> None:
    cards = page("/graphs/cards")
    assert cards.one("h1").text == "Three cards"
    table = cards.one("table", "statements").text
    for told in ("cards.txt", "00ff", "Curated", "line count"):
        assert told in table
    assert "Bogus words" in cards.one("section", "issues").text
    stated = cards.find("section")[1]
    assert [n.text for n in stated.find("a", "number")] == ["12", "2", "1"]
    assert [li.text for li in stated.find("li")] == [
        "Alpha <b>bold</b> <https://example.org/x> a owl:Thing .",
        "Untitled case study, cards.txt, lines 9–12",
    ]


def test_all_statements_of_a_document_can_be_had(client: FlaskClient, page: Page) -> None:
    stated = page("/graphs/cards").find("section")[1]
    (address,) = [a.attributes["href"] for a in stated.find("a") if "statements" in a.text]
    assert len(client.get(f"{address}&format=nt", follow_redirects=True).text.splitlines()) == 12


def test_graph_that_no_document_made_has_a_page(page: Page) -> None:
    issues = page("/graphs/issues")
    assert issues.one("h1").text == "issues"
    assert "issue/untitled-1" in str([a.attributes["href"] for a in issues.find("a")])


def test_graph_too_large_is_not_listed(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_documents, "MAX_LISTED_STATEMENTS", 11)
    stated = page("/graphs/cards").find("section")[1]
    assert "too many to be listed" in stated.text
    assert not stated.find("li")
    assert [n.text for n in stated.find("a", "number")] == ["12", "1"]


def test_low_trust_document_is_marked_where_it_is_the_source(page: Page) -> None:
    statements = page("/initiatives/pledge").by_id("statements")
    sources = [section.one("h3") for section in statements.find("section")]
    assert sources
    assert all(s.one("span", "badge").text == "Low-trust source" for s in sources)
