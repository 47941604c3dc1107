"""Concept schemes as nested lists, and concepts with what is tagged with them."""

import csv
import io
from collections.abc import Callable

import openpyxl
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from loader.namespaces import SKOS, scheme
from loader.release.build import BuildResult
from loader.settings import BASE, Settings
from query_ui.graph.page_queries import GRAPH_EXTENSION
from query_ui.graph.search_index.entity_filter import filter_entities
from query_ui.site.practice_counts import PRACTICE_FILTER, rank_entities
from query_ui.site.topic_contents import list_practices_by_evidence
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

Page = Callable[[str], Element]


def outline(tree: Element) -> list[object]:
    """A nested list as nested Python lists of names."""
    found: list[object] = []
    for item in [c for c in tree.children if isinstance(c, Element)]:
        found.append(item.child("span")[0].text)
        found += [outline(branch) for branch in item.child("ul")]
    return found


def test_hierarchy_is_nested_and_a_circle_ends(page: Page) -> None:
    tree = page("/concepts/keywords").one("ul", "outline")
    assert outline(tree) == ["Careers", ["Training"], "Wellbeing", "Egg", ["Hen"]]


def test_obligations_stand_under_their_principle_with_their_code(page: Page) -> None:
    tree = page("/concepts/principles").one("ul", "outline")
    assert outline(tree) == ["Employment", ["ECI1 Make the Concordat known"]]


def test_definitions_are_beside_the_concepts(page: Page) -> None:
    definitions = page("/concepts/keywords").find("span", "definition")
    assert [d.text for d in definitions] == ["Work over a life.", "Learning to do."]


def sections(found: Element) -> dict[str, Element]:
    """The sections of a page by the names of their headings."""
    return {s.attributes["aria-labelledby"]: s for s in found.one("main").find("section")}


def stats(found: Element) -> dict[str, str]:
    """The counts in the head of a page by their words."""
    items = found.one("ul", "stats").find("li")
    return {item.one("span", "note").text: item.one("a", "number").text for item in items}


def test_concept_lists_what_is_tagged_with_it_or_below(page: Page) -> None:
    careers = page("/concepts/keywords/careers")
    assert stats(careers) == {"case studies": "2"}
    found = sections(careers)
    assert [li.text for li in found["narrower"].find("li")] == ["Training 1 case study"]
    assert [li.text for li in found["of-case-study"].find("li")] == [
        "Alpha <b>bold</b> <https://example.org/x> a owl:Thing .",
        "Untitled case study, cards.txt, lines 9–12",
    ]
    assert found["of-case-study"].one("a", "number").text == "2"
    assert "of-initiative" not in found and "practices" not in found
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


def test_the_place_of_a_concept_is_shown_once_as_a_tree(page: Page) -> None:
    found = page("/concepts/keywords/careers")
    side = found.one("nav", "side")
    names = [a.text for a in side.find("ul")[0].find("a")]
    assert names == ["Careers 2", "Training 1", "Wellbeing 1", "Egg"]
    assert [a.text for a in side.find("a") if "aria-current" in a.attributes] == ["Careers 2"]
    assert not found.find("div", "drawing")


def test_topics_show_the_keywords_first_and_the_other_schemes_with_their_size(page: Page) -> None:
    found = page("/concepts")
    assert found.find("p", "note")[0].text == "5 keywords in 3 groups"
    topics = found.one("ul", "topics").child("li")
    assert [(li.one("h3").text, [a.text for a in li.find("a", "chip")]) for li in topics] == [
        ("Careers", ["Training"]),
        ("Wellbeing", []),
        ("Egg", ["Hen"]),
    ]
    items = found.one("ul", "schemes").child("li")
    assert [(i.one("h3").text, i.one("a", "number").text) for i in items] == [("Principles", "2")]


def test_a_scheme_is_data_with_all_its_concepts(client: FlaskClient) -> None:
    for suffix, form in (("ttl", RdfFormat.TURTLE), ("jsonld", RdfFormat.JSON_LD)):
        answer = client.get(f"/concepts/keywords.{suffix}")
        found = {
            (quad.subject.value, quad.predicate.value.rpartition("#")[2], quad.object.value)
            for quad in parse(answer.data, form)
            if isinstance(quad.subject, NamedNode) and "value" in dir(quad.object)
        }
        keyword = f"{BASE}concept/keywords/"
        assert {s for s, _, _ in found if s.startswith(keyword)} == {
            keyword + name for name in ("careers", "training", "wellbeing", "egg", "hen")
        }
        assert (f"{keyword}training", "broader", f"{keyword}careers") in found
        assert (f"{keyword}training", "definition", "Learning to do.") in found
        assert (f"{keyword}hen", "prefLabel", "Hen") in found
        assert (f"{BASE}scheme/keywords", "prefLabel", "Keywords") in found
        assert not {s for s, _, _ in found if "/principles/" in s}


def test_the_shipped_keywords_are_whole_as_skos(
    shipped: tuple[Settings, BuildResult], shipped_app: Flask
) -> None:
    answer = shipped_app.test_client().get("/concepts/keywords.ttl")
    assert answer.mimetype == "text/turtle"
    found = {(q.subject, q.predicate, q.object) for q in parse(answer.data, RdfFormat.TURTLE)}
    store = Store.read_only(str(shipped[1].release.store))
    concepts = {
        quad.subject
        for quad in store.quads_for_pattern(None, SKOS.inScheme, scheme("keywords"), None)
    }
    assert len(concepts) > 60
    for concept in concepts:
        for term in ("prefLabel", "altLabel", "broader", "definition", "inScheme"):
            stated = {
                (quad.subject, quad.predicate, quad.object)
                for quad in store.quads_for_pattern(concept, getattr(SKOS, term), None, None)
            }
            assert stated <= found
            assert stated or term in ("altLabel", "broader"), (concept, term)


def test_a_concept_is_data_too_and_its_page_offers_the_whole_scheme(client: FlaskClient) -> None:
    concept = client.get("/concepts/keywords/training", headers={"Accept": "text/turtle"}).text
    assert '"Learning to do."@en' in concept and "Hen" not in concept
    text = client.get("/concepts/keywords/training", headers={"Accept": BROWSER}).text
    assert {"/concepts/keywords.ttl", "/concepts/keywords/training.ttl"} <= {
        a.attributes["href"] for a in parsed(text).find("details", "menu")[0].find("a")
    }


def test_an_unknown_scheme_is_not_found_as_data_either(client: FlaskClient) -> None:
    assert client.get("/concepts/nothing.ttl").status_code == 404


def test_practices_come_with_evidence_first_and_broad_tagging_last(shipped_app: Flask) -> None:
    graph = shipped_app.extensions[GRAPH_EXTENSION]
    index = graph.index
    for name in ("mentorship", "wellbeing", "professional-development"):
        selection = PRACTICE_FILTER.add_value("keyword", f"{BASE}concept/keywords/{name}")
        iris = list_practices_by_evidence(graph, selection)
        ranks = rank_entities(index)
        broad = index.select_entities("broad-tagging", "true")
        order = [(bool(broad[n]), -int(ranks[n])) for n in map(index.number, iris)]
        assert order == sorted(order) and order[0][1] < 0, name
        mask = filter_entities(index, selection)
        assert -order[0][1] == max(ranks[mask & ~broad])


def test_each_count_of_a_topic_is_that_of_its_list(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    page = parsed(client.get("/concepts/keywords/wellbeing", headers={"Accept": BROWSER}).text)
    counts = page.one("ul", "stats").find("a", "number")
    assert len(counts) == 5
    for number in counts:
        href, value = number.attributes["href"], int(number.attributes["data-value"])
        path, _, fragment = href.partition("#")
        if fragment:
            (listed,) = (
                s for s in page.find("section") if s.attributes.get("aria-labelledby") == fragment
            )
            assert len(listed.find("li")) == value
        else:
            assert len(client.get(path.replace("?", ".csv?", 1)).text.splitlines()) == value + 1


def test_kinds_and_framework_elements_list_their_practices(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    for path, facet in (
        ("practice-kinds/mentoring", "kind=mentoring"),
        ("evidence-levels/before-and-after", "evidence=before-and-after"),
        ("technician-commitment/tc-v", "technician-commitment%2Ftc-v"),
    ):
        page = parsed(client.get(f"/concepts/{path}", headers={"Accept": BROWSER}).text)
        first = page.one("ul", "stats").find("a", "number")[0]
        assert int(first.text) > 0 and facet in first.attributes["href"], path


def test_scheme_counts_what_carries_each_concept_or_one_below(page: Page) -> None:
    tree = page("/concepts/keywords").one("ul", "outline")
    shown = [c.text for c in tree.find("span", "tagged")]
    assert shown == ["2 case studies", "1 case study", "1 case study", *["none recorded"] * 2]


def test_scheme_has_an_index(page: Page) -> None:
    index = page("/concepts/keywords").one("dl", "alphabet")
    assert [dt.text for dt in index.find("dt")] == ["C", "E", "H", "T", "W"]
    assert [a.attributes["href"] for a in index.find("a")][0] == "/concepts/keywords/careers"


def test_concept_shows_its_place_and_what_nothing_is_tagged_with(page: Page) -> None:
    side = page("/concepts/keywords/training").one("nav", "side")
    (careers,) = (li for li in side.find("li") if li.find("ul"))
    assert careers.child("a")[0].text == "Careers 2"
    assert careers.child("ul")[0].one("a").attributes["aria-current"] == "page"
    hen = page("/concepts/keywords/hen")
    (current,) = (a for a in hen.one("nav", "side").find("a") if "aria-current" in a.attributes)
    assert current.text == "Hen"
    (egg,) = sections(hen)["narrower"].find("li")
    assert egg.text == "Egg none recorded"


def test_a_scheme_is_a_table_with_all_its_concepts(client: FlaskClient, shipped_app: Flask) -> None:
    response = shipped_app.test_client().get("/concepts/keywords.csv")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert response.mimetype == "text/csv" and len({row["concept"] for row in rows}) == len(rows)
    turtle = shipped_app.test_client().get("/concepts/keywords.nt").text
    typed = "<http://www.w3.org/2004/02/skos/core#Concept> ."
    assert len(rows) == sum(typed in line for line in turtle.splitlines()) > 60
    row = next(row for row in rows if row["label"] == "Academic careers")
    assert row["otherLabels"] == "Careers in academia"
    assert row["broader"].endswith("/keywords/careers-and-progression")
    small = list(csv.DictReader(io.StringIO(client.get("/concepts/keywords.csv").text)))
    found = {row["label"]: row["narrower"].rpartition("/")[2] for row in small}
    assert found["Careers"] == "training" and found["Wellbeing"] == ""


def test_a_scheme_is_a_workbook(client: FlaskClient) -> None:
    response = client.get("/concepts/keywords.xlsx")
    assert response.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    lines = client.get("/concepts/keywords.csv").text.splitlines()
    assert book["Results"].max_row == len(lines)
    about = {row[0].value: row[1].value for row in book["About"]}
    assert about["Title"] == "Keywords"
    assert about["Address"] == "http://localhost/concepts/keywords"
    for suffix in ("csv", "xlsx"):
        assert client.get(f"/concepts/nothing.{suffix}").status_code == 404


def test_topics_can_be_found_by_words_in_their_names(shipped_app: Flask) -> None:
    client = shipped_app.test_client()

    def read(address: str) -> Element:
        return parsed(client.get(address, headers={"Accept": BROWSER}, buffered=True).text)

    (form,) = (
        one
        for one in read("/concepts").find("form")
        if one.attributes.get("aria-label") == "Topics"
    )
    assert form.one("input").attributes["name"] == "q"
    path = form.attributes["action"]
    assert form.one("a").attributes["href"] == path
    assert int(form.one("a").text) == client.get(f"{path}.json").get_json()["total"]
    found = read(f"{path}?q=Mentor")
    cards = found.one("ul", "cards").find("li")
    table = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv?q=Mentor").text)))
    assert [card.one("h3").text for card in cards] == [row["title"] for row in table]
    assert "Mentorship" in {row["title"] for row in table}
    assert all("Scheme: " in card.text for card in cards)
    moved = client.get("/concepts?q=Mentor")
    assert (moved.status_code, moved.headers["Location"]) == (302, f"{path}?q=Mentor")
    assert read("/concepts?q=").one("h1").text == "Topics"
