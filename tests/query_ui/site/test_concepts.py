"""Concept schemes as nested lists, and concepts with what carries them."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.query_ui.site.small import Element

Page = Callable[[str], Element]


def outline(tree: Element) -> list[object]:
    """A nested list as nested Python lists of names."""
    found: list[object] = []
    for item in [c for c in tree.children if isinstance(c, Element)]:
        found.append(item.child("span")[0].text)
        found += [outline(branch) for branch in item.child("ul")]
    return found


def test_hierarchy_is_nested_and_a_circle_ends(page: Page) -> None:
    tree = page("/concepts/keywords").find("ul", "tree")[0]
    assert outline(tree) == ["Careers", ["Training"], "Wellbeing", "Egg", ["Hen"]]


def test_obligations_stand_under_their_principle_with_their_code(page: Page) -> None:
    tree = page("/concepts/principles").find("ul", "tree")[0]
    assert outline(tree) == ["Employment", ["ECI1 Make the Concordat known"]]


def test_definitions_are_beside_the_concepts(page: Page) -> None:
    definitions = page("/concepts/keywords").find("span", "definition")
    assert [d.text for d in definitions] == ["Work over a life.", "Learning to do."]


def sections(found: Element) -> dict[str, Element]:
    """The sections of a page by the names of their headings."""
    return {s.attributes["aria-labelledby"]: s for s in found.one("main").find("section")}


def test_concept_lists_what_is_tagged_with_it_or_below(page: Page) -> None:
    found = sections(page("/concepts/keywords/careers"))
    assert [li.text for li in found["narrower"].find("li")] == ["Training 1 case study"]
    assert [li.text for li in found["of-case-study"].find("li")] == [
        "Alpha <b>bold</b> <https://example.org/x> a owl:Thing .",
        "Untitled case study, cards.txt, lines 9–12",
    ]
    assert found["of-case-study"].one("a", "number").text == "2"
    assert found["of-initiative"].one("a", "number").text == "0"
    assert [li.text for li in found["of-commitment"].find("li")] == ["Collect data unsupported"]


def test_principle_lists_what_serves_each_obligation(page: Page) -> None:
    found = sections(page("/concepts/principles/employment"))
    (obligation,) = found["narrower"].find("li")
    assert obligation.text == "ECI1 Make the Concordat known 1 case study"
    assert [li.text for li in found["of-case-study"].find("li")] == [
        "Alpha <b>bold</b> <https://example.org/x> a owl:Thing ."
    ]


def test_concept_begins_with_what_it_means(page: Page) -> None:
    assert page("/concepts/keywords/training").one("p", "lead").text == "Learning to do."


def test_the_place_of_a_concept_is_drawn(page: Page) -> None:
    drawing = page("/concepts/keywords/careers").one("div", "drawing").one("svg")
    words = [a.text for a in drawing.find("a") if a.attributes["href"].startswith("/concepts")]
    assert words == ["Training broader"]
    numbers = {a.text for a in drawing.find("a", "number")}
    assert numbers == {"1", "2"}
    assert {a.attributes["href"] for a in drawing.find("a")} >= {"#of-case-study", "#of-commitment"}


def test_schemes_are_listed_with_their_size(page: Page) -> None:
    items = page("/concepts").one("ul", "cards").find("li")
    assert [(i.one("h2").text, i.one("a", "number").text) for i in items] == [
        ("Keywords", "5"),
        ("Principles", "2"),
    ]


def test_scheme_and_concept_are_data_too(client: FlaskClient) -> None:
    scheme = client.get("/concepts/keywords.nt").text
    assert "<https://w3id.org/concordat-kg/scheme/keywords>" in scheme
    concept = client.get("/concepts/keywords/training", headers={"Accept": "text/turtle"}).text
    assert '"Learning to do."@en' in concept


def test_scheme_counts_what_carries_each_concept_or_one_below(page: Page) -> None:
    tree = page("/concepts/keywords").find("ul", "tree")[0]
    shown = [c.text for c in tree.find("span", "carried")]
    assert shown == ["2 case studies", "1 case study", "1 case study", *["0 case studies"] * 2]


def test_scheme_has_an_index(page: Page) -> None:
    index = page("/concepts/keywords").one("dl", "alphabet")
    assert [dt.text for dt in index.find("dt")] == ["C", "E", "H", "T", "W"]
    assert [a.attributes["href"] for a in index.find("a")][0] == "/concepts/keywords/careers"


def test_concept_says_where_it_stands_and_what_nothing_carries(page: Page) -> None:
    assert [
        li.text for li in page("/concepts/keywords/training").one("ul", "ways-up").find("li")
    ] == ["Careers › Training"]
    hen = page("/concepts/keywords/hen")
    assert [li.text for li in hen.one("ul", "ways-up").find("li")] == ["Egg › Hen"]
    (egg,) = hen.find("ul", "tree")[0].find("li")
    assert egg.text.endswith("nothing is tagged with it")
