"""Pages of frameworks and their elements: crosswalk, who signed, and gaps."""

import pytest
from flask import Flask

from loader.settings import BASE
from query_ui.graph.page_queries import GRAPH_EXTENSION
from query_ui.site.concept_counts import count_tagged_entities
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed


def load_page(app: Flask, path: str) -> Element:
    """Return a page of the shipped data."""
    return parsed(app.test_client().get(path, headers={"Accept": BROWSER}).text)


def find_section(page: Element, name: str) -> Element:
    """Return the section with a heading of that identifier."""
    (found,) = (s for s in page.find("section") if s.attributes.get("aria-labelledby") == name)
    return found


def test_an_obligation_says_who_is_responsible_and_its_words_once(shipped_app: Flask) -> None:
    page = load_page(shipped_app, "/concepts/principles/eci3")
    facts = find_section(page, "about")
    assert [dd.text for dd in facts.find("dd")] == [
        "Institutions",
        "Environment and culture",
        "Verified",
    ]
    assert not page.find("p", "lead")


def test_an_element_lists_related_elements_and_says_that_we_linked_them(
    shipped_app: Flask,
) -> None:
    page = load_page(shipped_app, "/concepts/principles/eci3")
    items = [li.text for li in find_section(page, "crosswalk").find("li")]
    assert len(items) == 4
    assert all("Linked by us, not printed in a source" in item for item in items)
    assert [item.startswith("Part of the broader") for item in items].count(True) == 2


def test_a_broader_element_covers_the_narrower_from_the_other_side(shipped_app: Flask) -> None:
    page = load_page(shipped_app, "/concepts/european-charter-2023/ecr23-p3")
    items = [li.text for li in find_section(page, "crosswalk").find("li")]
    assert any(item.startswith("Covers the narrower ECI3") for item in items)


@pytest.mark.parametrize("name", ["principles", "technician-commitment", "dora"])
def test_the_gaps_of_a_framework_are_the_elements_that_its_tree_shows_without_practice(
    shipped_app: Flask, name: str
) -> None:
    page = load_page(shipped_app, f"/concepts/{name}")
    graph = shipped_app.extensions[GRAPH_EXTENSION]
    elements = [
        str(row["concept"].value)
        for row in graph.select_rows("scheme-concepts", scheme=f"{BASE}scheme/{name}")
    ]
    counts = count_tagged_entities(graph, set(elements))
    without = [iri for iri, one in counts.items() if not one.practices.value]
    gaps = [s for s in page.find("section") if s.attributes.get("aria-labelledby") == "gaps"]
    shown = [li for s in gaps for li in s.find("li")]
    assert len(shown) == len(without) > 0
    assert gaps[0].find("a", "number")[0].attributes["data-value"] == str(len(without))


def test_a_framework_names_its_registers_with_their_institutions(shipped_app: Flask) -> None:
    signed = find_section(load_page(shipped_app, "/concepts/technician-commitment"), "signed")
    assert signed.one("a", "number").text == "31"
    assert signed.find("a")[0].attributes["href"] == "/registers/technician-commitment"


def test_a_list_of_keywords_has_neither_register_nor_gaps(shipped_app: Flask) -> None:
    page = load_page(shipped_app, "/concepts/keywords")
    names = {s.attributes.get("aria-labelledby") for s in page.find("section")}
    assert not names & {"signed", "gaps"}
