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


def after(text: str, words: str) -> str:
    """What follows some words, as far as the next few tags."""
    start = text.index(f">{words}</a>")
    return text[start : start + len(words) + 60]


def test_what_is_of_low_trust_has_its_badge_in_lists(client: FlaskClient) -> None:
    page = parsed(client.get("/initiatives", headers={"Accept": BROWSER}).text)
    badges = {li.one("h3").text: "Low-trust source" in li.text for li in page.find("li", "card")}
    assert badges["Unsure Thing"]
    assert not badges["Sure Thing"] and not badges["Partly Sure Thing"]


def test_what_is_of_low_trust_has_its_badge_on_other_pages(client: FlaskClient) -> None:
    text = client.get("/organisations/northgate-university").text
    assert "low trust" in after(text, "Unsure Thing")
    assert "low trust" not in after(text, "Sure Thing")
    assert "low trust" not in after(text, "Partly Sure Thing")


def test_the_page_of_a_thing_of_low_trust_says_so(client: FlaskClient) -> None:
    assert "Of low trust." in client.get("/initiatives/unsure").text
    assert "Of low trust." not in client.get("/initiatives/partly").text


def test_a_doubtful_cell_has_a_badge_and_the_others_have_none(client: FlaskClient) -> None:
    assert client.get("/initiatives/partly").text.count("Inferred or doubtful") == 1
    assert client.get("/initiatives/sure").text.count("Inferred or doubtful") == 0


def test_a_doubtful_cell_does_not_make_its_organisation_doubtful(client: FlaskClient) -> None:
    year, row = (client.get(f"/organisations/doubtful-{name}").text for name in ("year", "row"))
    assert "Of low trust." not in year and "Of low trust." in row
    assert year.count("Inferred or doubtful") == 1
    assert year.index("1994") < year.index("Inferred or doubtful")
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
