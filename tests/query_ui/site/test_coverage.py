"""Coverage: each cell with its list and its query, the empty ones as findings, and as CSV."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from pyoxigraph import NamedNode, Store

from loader.namespaces import CKG, RDF, concept
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.facets import EVIDENCE_LEVELS
from query_ui.graph.search_index.concept_tree import expand_scheme, walk_concepts
from query_ui.site.coverage_table import compute_shade, list_shade_ranges
from tests.query_ui.conftest import BROWSER, PROJECT
from tests.query_ui.site.small import Element, parsed


def cells(page: Element) -> dict[str, list[str]]:
    """The numbers of each row by its name, with a dash for none."""
    lines = page.one("div", "heat").one("tbody").find("tr")
    return {
        tr.one("th").text: [
            td.find("a", "number")[0].text if td.find("a", "number") else "–"
            for td in tr.find("td")
            if td.find()
        ]
        for tr in lines
    }


def test_concepts_roll_up_against_organisations(page: Callable[[str], Element]) -> None:
    found = page("/coverage?columns=organisation")
    heads = [th.text for th in found.one("thead").find("th")]
    assert heads == ["Keyword", "All", "Durham University"]
    # Alpha has Training and Wellbeing; the other card, which has Careers, is nobody's.
    assert cells(found) == {
        "All": ["1"],
        "Careers": ["2", "1"],
        "Training": ["1", "1"],
        "Wellbeing": ["1", "1"],
    }


def test_each_cell_leads_to_its_list_and_its_query(
    page: Callable[[str], Element], client: FlaskClient
) -> None:
    found = page("/coverage?rows=obligation&columns=source")
    links = [a for td in found.one("div", "heat").find("td") for a in td.find("a")]
    # The total of the column, that of the row, and the one cell.
    assert len(links) == 3
    for shown in links:
        listed = client.get(shown.attributes["href"].replace("?", ".json?", 1)).get_json()
        assert str(listed["total"]) == shown.text
        answer = client.get(
            shown.attributes["data-sparql"],
            headers={"Accept": "application/json"},
            follow_redirects=True,
        )
        ((value,),) = (r.values() for r in json.loads(answer.data)["results"]["bindings"])
        assert value["value"] == shown.attributes["data-value"] == shown.text


def test_what_nothing_covers_is_told(page: Callable[[str], Element]) -> None:
    found = page("/coverage?of=initiative&rows=principle&columns=organisation")
    (section,) = (
        s for s in found.find("section") if s.attributes.get("aria-labelledby") == "uncovered"
    )
    assert section.one("h2").text == "No initiatives recorded"
    assert [li.text for li in section.find("li")] == ["Employment"]


def test_keywords_against_each_other_count_what_carries_both(
    page: Callable[[str], Element],
) -> None:
    found = page("/coverage?columns=keyword")
    heads = [th.text for th in found.one("thead").find("th")][2:]
    assert heads == ["Careers", "Training", "Wellbeing"]
    assert cells(found)["Careers"] == ["2", "2", "1", "1"]
    assert cells(found)["Wellbeing"] == ["1", "1", "1", "1"]
    (both,) = (
        a
        for a in found.find("a", "number")
        if a.attributes["href"].count("keyword=") == 2
        and "wellbeing" in a.attributes["href"]
        and a.attributes["href"].startswith("/case-studies?keyword=careers&")
    )
    assert both.attributes["href"].endswith("&keyword-match=all")


def test_csv_has_a_line_for_each_pair_with_the_empty_ones(client: FlaskClient) -> None:
    lines = list(csv.DictReader(io.StringIO(client.get("/coverage.csv?columns=organisation").text)))
    assert [(line["keyword"], line["organisation"], line["things"]) for line in lines] == [
        ("Careers", "Durham University", "1"),
        ("Training", "Durham University", "1"),
        ("Wellbeing", "Durham University", "1"),
    ]
    lines = list(
        csv.DictReader(
            io.StringIO(client.get("/coverage.csv?of=initiative&columns=organisation").text)
        )
    )
    assert {(line["organisation_iri"].rpartition("/")[2], line["things"]) for line in lines} == {
        ("n8", "0")
    }


def test_each_number_says_how_many_of_it_are_broadly_tagged(
    shipped: tuple[Settings, BuildResult],
) -> None:
    settings, outcome = shipped
    client = create_app(settings, open_engine(settings)).test_client()
    store = Store.read_only(str(outcome.release.store))
    group = concept("beneficiaries", "research-staff")
    broad, tagged, studies = (
        {quad.subject for quad in store.quads_for_pattern(None, prop, value, None)}
        for prop, value in (
            (CKG.broadlyTagged, None),
            (CKG.beneficiary, group),
            (RDF.type, CKG.CaseStudy),
        )
    )
    expected = len(broad & studies & tagged)
    assert 0 < expected < len(studies & tagged)
    table = parsed(
        client.get(
            "/coverage?of=case-study&rows=beneficiary&columns=organisation",
            headers={"Accept": BROWSER},
        ).text
    )
    (row,) = (
        tr
        for tr in table.one("tbody").find("tr")
        if any("/research-staff" in a.attributes["href"] for a in tr.one("th").find("a"))
    )
    said = row.find("td")[0].one("span", "broad")
    assert said.text == f"broadly tagged: {expected}"
    address = said.attributes["data-sparql"]
    answer = client.get(address, headers={"Accept": "application/json"}, follow_redirects=True)
    ((number,),) = (r.values() for r in json.loads(answer.data)["results"]["bindings"])
    assert number["value"] == str(expected)
    text = client.get("/coverage.csv?of=case-study&rows=beneficiary&columns=stakeholder").text
    lines = list(csv.DictReader(io.StringIO(text)))
    assert list(lines[0])[-3:] == ["things", "broadly_tagged", "strongest_evidence"]
    assert all(int(line["broadly_tagged"]) <= int(line["things"]) for line in lines)
    of_group = [line for line in lines if line["beneficiary_iri"] == group.value]
    assert of_group
    for line in of_group:
        value = NamedNode(line["stakeholder_iri"])
        having = {q.subject for q in store.quads_for_pattern(None, CKG.stakeholder, value, None)}
        assert int(line["broadly_tagged"]) == len(broad & studies & tagged & having)


def test_no_number_of_nothing_broad_is_shown(page: Callable[[str], Element]) -> None:
    table = page("/coverage?of=commitment&columns=source").one("div", "heat")
    assert table.find("a", "number") and not table.find("span", "broad")


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("of=sheep", 400, "of is “sheep”. It may be practice, case-study, initiative, commitment."),
        ("rows=type", 400, "rows is “type”"),
        ("below=nothing", 422, "There is no keyword “nothing”."),
        ("row=keyword", 400, "Coverage has no field “row”."),
        ("page=x", 400, "page is “x”"),
    ],
)
def test_what_cannot_be_covered_is_refused(
    client: FlaskClient, query: str, status: int, detail: str
) -> None:
    answer = client.get(f"/coverage?{query}")
    assert answer.status_code == status
    assert answer.json is not None and answer.json["detail"].startswith(detail)


def test_pages_past_the_end_lead_back(page: Callable[[str], Element]) -> None:
    assert "go back" in page("/coverage?across=9").one("p", "notice").text
    assert "Go back" in page("/coverage?page=9").one("p", "notice").text


def test_shades_are_even_steps_of_the_logarithm() -> None:
    assert [compute_shade(n, 1000) for n in (0, 1, 10, 1000, 2000)] == [0, 1, 2, 4, 4]
    assert [compute_shade(n, 1) for n in (0, 1)] == [0, 4]
    assert list_shade_ranges(40) == [(1, "1"), (2, "2–6"), (3, "7–21"), (4, "22 or more")]
    assert list_shade_ranges(1) == [(4, "1 or more")]


def test_a_large_scheme_opens_step_by_step() -> None:
    class Few:
        concepts_by_scheme = {"s": tuple(f"c{n}" for n in range(60))}
        broader_by_concept = {f"c{n}": ("c0",) for n in range(1, 60)} | {
            "c5": ("c0", "c1"),
            "c1": ("c5",),
        }
        narrower_by_concept = {
            "c0": tuple(f"c{n}" for n in range(2, 60)),
            "c1": ("c5",),
            "c5": ("c1",),
        }

    found: object = Few()
    assert expand_scheme(found, "s", "", 45) == [(0, "c0")]  # type: ignore[arg-type]
    assert expand_scheme(found, "s", "c1", 45) == [(0, "c1"), (1, "c5")]  # type: ignore[arg-type]
    ends = [c for _, c in walk_concepts(found, ["c1"])]  # type: ignore[arg-type]
    assert ends == ["c1", "c5"]


MAPS = (
    "/coverage",
    "/coverage?columns=keyword",
    "/coverage?rows=obligation&columns=organisation",
    "/coverage?rows=element&columns=kind",
    "/coverage?of=case-study&columns=beneficiary",
)


def see(app: Flask, address: str) -> Element:
    """A page of the shipped data."""
    return parsed(app.test_client().get(address, headers={"Accept": BROWSER}).text)


def test_the_list_of_every_cell_has_its_number(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    heat = see(shipped_app, "/coverage").one("div", "heat")
    filled = [a for td in heat.find("td") for a in td.find("a")]
    assert len(filled) > 300
    for a in filled:
        path, _, query = a.attributes["href"].partition("?")
        total = client.get(f"{path}.json?{query}&size=1").get_json()["total"]
        assert str(total) == a.text == a.attributes["data-value"], a.attributes["href"]


def test_the_query_of_every_cell_returns_its_number(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    heat = see(shipped_app, "/coverage?rows=element&columns=kind").one("div", "heat")
    counted = [e for e in heat.find() if "data-sparql" in e.attributes]
    empty = [e for e in counted if e.attributes["data-value"] == "0"]
    assert len(empty) > 10 and len(counted) - len(empty) > 10
    assert not [a for gap in heat.find("span", "gap") for a in gap.find("a")]
    for element in counted:
        answer = client.get(
            element.attributes["data-sparql"],
            headers={"Accept": "application/json"},
            follow_redirects=True,
        )
        ((value,),) = (r.values() for r in json.loads(answer.data)["results"]["bindings"])
        assert value["value"] == element.attributes["data-value"]


@pytest.mark.parametrize("address", MAPS)
def test_a_map_is_small_and_has_one_link_a_cell(shipped_app: Flask, address: str) -> None:
    answer = shipped_app.test_client().get(address, headers={"Accept": BROWSER})
    assert len(answer.data) <= 300_000
    cells = parsed(answer.text).one("div", "heat").find("td")
    assert all(len(td.find("a")) <= 1 for td in cells)
    assert all(
        len(e.attributes["data-sparql"]) <= 300
        for td in cells
        for e in td.find()
        if "data-sparql" in e.attributes
    )


def test_the_mark_of_a_cell_is_its_strongest_evidence(
    shipped: tuple[Settings, BuildResult], shipped_app: Flask
) -> None:
    store = Store.read_only(str(shipped[1].release.store))
    rank: dict[object, int] = {
        concept("evidence-levels", level): place for place, level in enumerate(EVIDENCE_LEVELS)
    }
    levels: dict[object, int] = {
        quad.subject: rank[quad.object]
        for quad in store.quads_for_pattern(None, CKG.evidenceLevel, None, None)
    }
    of_practice: dict[object, int] = {}
    for quad in store.quads_for_pattern(None, CKG.evaluation, None, None):
        of_practice[quad.subject] = max(
            of_practice.get(quad.subject, 0), levels.get(quad.object, 0)
        )
    text = shipped_app.test_client().get("/coverage.csv?rows=beneficiary&columns=kind").text
    found = {}
    for line in csv.DictReader(io.StringIO(text)):
        group, kind = NamedNode(line["beneficiary_iri"]), NamedNode(line["kind_iri"])
        both = {q.subject for q in store.quads_for_pattern(None, CKG.beneficiary, group, None)} & {
            q.subject for q in store.quads_for_pattern(None, CKG.practiceKind, kind, None)
        }
        assert len(both) == int(line["things"])
        strongest = max((of_practice.get(practice, 0) for practice in both), default=0)
        word = EVIDENCE_LEVELS[strongest].replace("-", " ") if strongest else ""
        assert line["strongest_evidence"].lower().replace("-", " ") == word
        found[group, kind] = strongest
    assert len(set(found.values())) > 3


def test_findings_are_those_of_the_table(shipped_app: Flask) -> None:
    page = see(shipped_app, "/coverage?rows=beneficiary&columns=kind")
    text = shipped_app.test_client().get("/coverage.csv?rows=beneficiary&columns=kind").text
    lines = list(csv.DictReader(io.StringIO(text)))
    empty = sum(line["things"] == "0" for line in lines)
    first, gaps, *_ = page.find("div", "finding")
    assert first.text == f"{empty} of {len(lines)} cells are empty"
    by_row = {line["beneficiary"]: 0 for line in lines if line["things"] != "0"}
    for line in lines:
        if line["beneficiary"] in by_row:
            by_row[line["beneficiary"]] += line["things"] == "0"
    worst = gaps.one("p").one("a").text
    assert by_row[worst] == max(by_row.values())
    assert gaps.one("a", "big").text == f"{by_row[worst]} of 12 kinds"


def test_rows_without_evidence_stand_out(shipped_app: Flask) -> None:
    page = see(shipped_app, "/coverage")
    outs = {s.one("h3").text: s for s in page.find("section", "panel")}
    listed = outs["Recorded, without evidence"].find("li")
    assert listed
    marks = {
        tr.one("th").text: tr.find("td")[0].find("svg")
        for tr in page.one("div", "heat").one("tbody").find("tr")
    }
    for li in listed:
        assert not marks[li.find("a")[0].text]
    assert any(marks.values())
    filled = [int(li.one("span").text) for li in outs["Found in few groups"].find("li")]
    assert filled == sorted(filled) and filled[0] >= 1


@pytest.mark.parametrize("address", MAPS)
def test_the_picture_has_the_numbers_of_the_page(shipped_app: Flask, address: str) -> None:
    heat = see(shipped_app, address).one("div", "heat")
    rows = heat.one("tbody").find("tr")[1:]
    shown = [td.find()[0].attributes["data-value"] for tr in rows for td in tr.find("td")]
    answer = shipped_app.test_client().get(address.replace("/coverage", "/coverage.svg"))
    assert answer.mimetype == "image/svg+xml"
    picture = ElementTree.fromstring(answer.data)
    texts = picture.findall(".//{http://www.w3.org/2000/svg}text[@class='value']")
    assert [text.text.replace("–", "0") for text in texts if text.text] == shown
    assert not [e for e in picture.iter() if "style" in e.attrib or e.tag.endswith("script")]


def test_a_picture_names_its_axes_in_the_colours_of_the_site(client: FlaskClient) -> None:
    answer = client.get("/coverage.svg?columns=organisation")
    assert "Case studies by keyword and institution" in answer.text
    tokens = (PROJECT / "query_ui" / "static" / "css" / "tokens.css").read_text("utf-8")
    used = set(re.findall(r"#[0-9a-f]{6}", answer.text))
    assert used and all(colour in tokens for colour in used)


def test_a_row_is_one_stop_of_the_tab_key(shipped_address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{shipped_address}/coverage")
    page.wait_for_selector(".heat a[tabindex='-1']")
    stops = page.eval_on_selector_all(
        ".heat tr",
        "rows => rows.map(r => [...r.querySelectorAll('a')].filter(a => !a.tabIndex).length)",
    )
    assert set(stops) == {1}
    page.focus(".heat tbody tr:nth-child(3) a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    where = """() => {
      const cell = document.activeElement.closest('td, th');
      return [cell.parentElement.rowIndex, cell.cellIndex];
    }"""
    row, column = page.evaluate(where)
    assert row == 4 and column >= 2
    page.keyboard.press("ArrowDown")
    below, same = page.evaluate(where)
    assert below > row and same == column
    page.keyboard.press("Home")
    assert page.evaluate(where) == [below, 0]
    page.close()


def test_the_picture_can_be_saved_as_png(shipped_address: str, browser: Browser) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.goto(f"{shipped_address}/coverage?rows=element&columns=kind")
    page.click("summary:has-text('Download')")
    with page.expect_download() as waiting:
        page.click("a:has-text('.png')")
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\x89PNG") and len(content) > 5_000
    assert not errors
    page.close()
