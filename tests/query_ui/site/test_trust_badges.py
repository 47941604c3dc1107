"""Badges: a thing of low trust says so wherever it is listed, and a doubtful cell at its place."""

import json

import pytest
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER, build_tiny_site
from tests.query_ui.site.small import parsed

TABLES = {
    "practices.csv": (
        "id,title,institution,kind,evidence_level,start,low_trust\n"
        "sure,Sure Thing,{org},Fund,None reported,2020,\n"
        "unsure,Unsure Thing,{org},Fund,None reported,2020,row\n"
        "partly,Partly Sure Thing,{org},Fund,None reported,2020,start\n"
    ),
    "more-organisations.csv": (
        "name,kind,ror,founded,low_trust\n"
        "Doubtful Year,higher education institution,,1994,founded\n"
        "Doubtful Row,higher education institution,,1995,row\n"
    ),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The site over the miniature project with three practices and two organisations."""
    return build_tiny_site(tmp_path_factory.mktemp("badges"), TABLES)


def find_low_trust_values(client: FlaskClient, path: str) -> list[str]:
    """Return the values in "Data and sources" whose source has a badge of low trust."""
    page = parsed(client.get(path, headers={"Accept": BROWSER}).text)
    return [
        value.text
        for group in page.by_id("statements").find("section")
        if "Low-trust source" in group.one("h3").text
        for value in group.find("td", "value")
    ]


def test_what_is_of_low_trust_has_its_badge_in_lists(client: FlaskClient) -> None:
    page = parsed(client.get("/initiatives", headers={"Accept": BROWSER}).text)
    badges = {li.one("h3").text: "Low-trust source" in li.text for li in page.find("li", "card")}
    assert badges["Unsure Thing"]
    assert not badges["Sure Thing"] and not badges["Partly Sure Thing"]


def test_what_is_of_low_trust_has_its_badge_on_other_pages(client: FlaskClient) -> None:
    page = parsed(client.get("/organisations/northgate-university").text)
    items = [li for li in page.find("li") if "Thing" in li.text]
    badges = {li.find("a")[0].text: "Low-trust source" in li.text for li in items}
    assert badges == {"Unsure Thing": True, "Sure Thing": False, "Partly Sure Thing": False}


def test_the_page_of_a_thing_of_low_trust_says_so(client: FlaskClient) -> None:
    unsure = parsed(client.get("/initiatives/unsure").text)
    assert unsure.one("p", "notice").text.startswith("Low trust.")
    assert "Low-trust source" in unsure.one("header", "entity").text
    partly = parsed(client.get("/initiatives/partly").text)
    assert not partly.find("p", "notice")
    assert "Low-trust source" not in partly.one("header", "entity").text


def test_a_doubtful_cell_has_a_badge_and_the_others_have_none(client: FlaskClient) -> None:
    assert find_low_trust_values(client, "/initiatives/partly") == ["2020 xsd:gYear"]
    assert find_low_trust_values(client, "/initiatives/sure") == []


def test_a_doubtful_cell_does_not_make_its_organisation_doubtful(client: FlaskClient) -> None:
    year, row = (
        parsed(client.get(f"/organisations/doubtful-{name}").text) for name in ("year", "row")
    )
    assert not year.find("p", "notice")
    assert row.one("p", "notice").text.startswith("Low trust.")
    assert find_low_trust_values(client, "/organisations/doubtful-year") == ["1994 xsd:gYear"]
    names = client.get("/organisations.json?trust=Low").json
    assert names is not None and [item["label"] for item in names["items"]] == ["Doubtful Row"]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/organisations/doubtful-year", {"name"}),
        ("/organisations/doubtful-row", set()),
        ("/initiatives/sure", {"name", "startDate"}),
        ("/initiatives/partly", {"name"}),
        ("/initiatives/unsure", set()),
    ],
)
def test_what_is_doubtful_is_not_stated_in_terms_of_schema_org(
    client: FlaskClient, path: str, keys: set[str]
) -> None:
    page = client.get(path, headers={"Accept": "text/html"}).text
    script = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(script).keys() & {"name", "startDate", "foundingDate"} == keys
