"""Coverage: each cell with its list and its query, the empty ones as findings, and as CSV."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Store

from loader.namespaces import CKG, RDF, concept
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.search_index.concept_tree import expand_scheme, walk_concepts
from query_ui.site.coverage_table import compute_shade
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed


def cells(page: Element) -> dict[str, list[str]]:
    """The numbers of each row by its name."""
    lines = page.one("table", "heat").one("tbody").find("tr")
    return {
        tr.one("th").find("a")[0].text if tr.find("th")[0].find("a") else tr.one("th").text: [
            td.find("a", "number")[0].text for td in tr.find("td") if td.find("a", "number")
        ]
        for tr in lines
    }


def test_concepts_roll_up_against_organisations(page: Callable[[str], Element]) -> None:
    found = page("/coverage")
    heads = [th.text for th in found.one("thead").find("th")]
    assert heads == ["Keyword", "all", "Durham University"]
    # Alpha carries Training and Wellbeing; the other card, which carries Careers, is nobody's.
    assert cells(found) == {
        "all": ["1"],
        "Careers": ["2", "1"],
        "Training": ["1", "1"],
        "Wellbeing": ["1", "1"],
    }


def test_each_cell_leads_to_its_list_and_its_query(
    page: Callable[[str], Element], client: FlaskClient
) -> None:
    found = page("/coverage?rows=obligation&columns=source")
    links = found.one("table", "heat").find("a", "to-list")
    assert len(links) == 2
    for cell in found.one("table", "heat").find("td"):
        for to in cell.find("a", "to-list"):
            listed = page(to.attributes["href"])
            shown = cell.one("a", "number")
            assert listed.one("p", "shown").one("a", "number").text == shown.text
            answer = client.get(
                shown.attributes["data-sparql"],
                headers={"Accept": "application/json"},
                follow_redirects=True,
            )
            ((value,),) = (r.values() for r in json.loads(answer.data)["results"]["bindings"])
            assert value["value"] == shown.attributes["data-value"] == shown.text


def test_what_nothing_covers_is_told(page: Callable[[str], Element]) -> None:
    found = page("/coverage?of=initiative&rows=principle&columns=organisation")
    sections = [s for s in found.find("section") if "nothing covers" in s.text]
    assert [li.text for s in sections for li in s.find("li")] == ["Employment"]


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
        for a in found.find("a", "to-list")
        if a.attributes["href"].count("keyword=") == 2
        and "wellbeing" in a.attributes["href"]
        and a.attributes["href"].startswith("/case-studies?keyword=careers&")
    )
    assert both.attributes["href"].endswith("&keyword-match=all")


def test_csv_has_a_line_for_each_pair_with_the_empty_ones(client: FlaskClient) -> None:
    lines = list(csv.DictReader(io.StringIO(client.get("/coverage.csv").text)))
    assert [(line["keyword"], line["organisation"], line["things"]) for line in lines] == [
        ("Careers", "Durham University", "1"),
        ("Training", "Durham University", "1"),
        ("Wellbeing", "Durham University", "1"),
    ]
    lines = list(csv.DictReader(io.StringIO(client.get("/coverage.csv?of=initiative").text)))
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
    table = parsed(client.get("/coverage?rows=beneficiary", headers={"Accept": BROWSER}).text)
    (row,) = (
        tr
        for tr in table.one("tbody").find("tr")
        if any("/research-staff" in a.attributes["href"] for a in tr.one("th").find("a"))
    )
    said = row.find("td")[0].one("small", "broadly")
    assert said.text == f"{expected} broad"
    address = said.one("a", "part").attributes["href"]
    answer = client.get(address, headers={"Accept": "application/json"}, follow_redirects=True)
    ((number,),) = (r.values() for r in json.loads(answer.data)["results"]["bindings"])
    assert number["value"] == str(expected)
    text = client.get("/coverage.csv?rows=beneficiary&columns=stakeholder").text
    lines = list(csv.DictReader(io.StringIO(text)))
    assert list(lines[0])[-2:] == ["things", "broadly_tagged"]
    assert all(int(line["broadly_tagged"]) <= int(line["things"]) for line in lines)
    of_group = [line for line in lines if line["beneficiary_iri"] == group.value]
    assert of_group
    for line in of_group:
        value = NamedNode(line["stakeholder_iri"])
        having = {q.subject for q in store.quads_for_pattern(None, CKG.stakeholder, value, None)}
        assert int(line["broadly_tagged"]) == len(broad & studies & tagged & having)


def test_no_number_of_nothing_broad_is_shown(page: Callable[[str], Element]) -> None:
    table = page("/coverage?of=commitment").find("table", "heat")
    assert not [small for one in table for small in one.find("small")]


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("of=sheep", 400, "of is “sheep”, and may be case-study, initiative, commitment."),
        ("rows=type", 400, "rows is “type”"),
        ("below=nothing", 422, "There is no keyword “nothing”, so nothing stands below it."),
        ("row=keyword", 400, "“row” is nothing that coverage reads."),
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
    assert [compute_shade(n, 1000) for n in (0, 1, 10, 1000)] == [0, 1, 2, 5]
    assert [compute_shade(n, 1) for n in (0, 1)] == [0, 5]


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
