"""The sources and what they state."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.site import source_documents
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

Page = Callable[[str], Element]


def find_section(page: Element, name: str) -> Element:
    """The section of a page that a heading names."""
    (found,) = (s for s in page.find("section") if s.attributes.get("aria-labelledby") == name)
    return found


def test_sources_are_listed_with_trust_and_file(page: Page) -> None:
    items = page("/graphs").one("ul", "cards").find("li")
    assert [i.text for i in items] == [
        "An article Trust: Low File: article.txt",
        "Curated Trust: Curated File: curated.md",
        "Organisations Trust: Curated File: organisations.csv",
        "Three cards Trust: Curated Reader: cards File: cards.txt",
    ]


def test_document_tells_its_file_hash_reader_and_problems(page: Page) -> None:
    cards = page("/graphs/cards")
    assert cards.one("h1").text == "Three cards"
    table = cards.by_id("statements").text
    for told in ("cards.txt", "00ff", "Curated", "line count"):
        assert told in table
    assert "Bogus words" in cards.one("section", "issues").text
    stated = find_section(cards, "stated")
    assert [n.text for n in stated.find("a", "number")] == ["12", "2", "1"]
    assert [li.text for li in stated.find("li")] == [
        "Alpha <b>bold</b> <https://example.org/x> a owl:Thing .",
        "Untitled case study, cards.txt, lines 9–12",
    ]


def test_all_statements_of_a_document_can_be_had(client: FlaskClient, page: Page) -> None:
    stated = find_section(page("/graphs/cards"), "stated")
    (address,) = [a.attributes["href"] for a in stated.find("a") if "statements" in a.text]
    assert len(client.get(f"{address}&format=nt", follow_redirects=True).text.splitlines()) == 12


def test_graph_that_no_document_made_has_a_page(page: Page) -> None:
    issues = page("/graphs/issues")
    assert issues.one("h1").text == "issues"
    assert "issue/untitled-1" in str([a.attributes["href"] for a in issues.find("a")])


def test_graph_too_large_is_not_listed(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_documents, "MAX_LISTED_STATEMENTS", 11)
    stated = find_section(page("/graphs/cards"), "stated")
    assert "too many to be listed" in stated.text
    assert not stated.find("li")
    assert [n.text for n in stated.find("a", "number")] == ["12", "1"]


def test_low_trust_document_is_marked_where_it_is_the_source(page: Page) -> None:
    statements = page("/initiatives/pledge").by_id("statements")
    sources = [section.one("h3") for section in statements.find("section")]
    assert sources
    assert all(s.one("span", "badge").text == "Low-trust source" for s in sources)


def test_statement_leads_to_the_line_that_made_it(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    page = parsed(client.get("/initiatives/edinburgh-10-days", headers={"Accept": BROWSER}).text)
    (address,) = {a.attributes["href"] for s in page.find("span", "document") for a in s.find("a")}
    path, _, anchor = address.partition("#")
    document = parsed(client.get(path, headers={"Accept": BROWSER}).text)
    assert document.by_id(anchor).one("td").text.startswith("edinburgh-10-days,")


@pytest.mark.parametrize(("line", "status"), [("1", 200), ("0", 400), ("x", 400), ("99999", 404)])
def test_lines_that_a_document_does_not_have(shipped_app: Flask, line: str, status: int) -> None:
    response = shipped_app.test_client().get(
        f"/graphs/practices-practices?line={line}", headers={"Accept": BROWSER}
    )
    assert response.status_code == status


def test_text_without_a_stated_licence_is_not_shown(page: Page) -> None:
    assert "The text is not shown here" in page("/graphs/curated").text
