"""Coverage: each cell with its list and its query, the empty ones as findings, and as CSV."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from query_ui.graph.search_index.concept_tree import expand_scheme, walk_concepts
from query_ui.site.coverage_table import compute_shade
from tests.query_ui.site.small import Element


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
            answer = client.get(shown.attributes["href"], headers={"Accept": "application/json"})
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
