"""Institutions side by side: how they are named, what they share, and how many there may be."""

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

NAMES = ("university-of-york", "university-of-leeds")
PAIR = "organisation=university-of-york&organisation=university-of-leeds"


@pytest.fixture
def client(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


def get_page(client: FlaskClient, fields: str) -> Element:
    response = client.get(f"/compare?{fields}", headers={"Accept": BROWSER})
    assert response.status_code == 200, response.text[-500:]
    return parsed(response.text)


def list_chosen(page: Element) -> list[str]:
    return [i.attributes["value"] for i in page.find("input") if i.attributes["type"] == "hidden"]


@pytest.mark.parametrize(
    "name",
    [
        "university-of-york",
        "https://w3id.org/concordat-kg/id/organisation/university-of-york",
        "University of York",
        "university of york",
        "https://ror.org/04m01e293",
        "04M01E293",
    ],
)
def test_an_institution_can_be_named_in_several_ways(client: FlaskClient, name: str) -> None:
    page = get_page(client, f"organisation={name}")
    assert list_chosen(page) == ["university-of-york"]


def test_what_all_share_and_what_only_one_has(client: FlaskClient) -> None:
    page = get_page(client, PAIR)
    section = next(
        s
        for s in page.find("section")
        if s.find("h2") and s.find("h2")[0].text == "Memberships today"
    )
    lists = {
        div.find("dt")[0].text: {a.text for a in div.find("a")}
        for div in section.one("dl").child("div")
    }
    assert "N8 Research Partnership" in lists["Shared by all"]
    assert not lists["Shared by all"] & lists["Only University of Leeds"]
    assert "UK Reproducibility Network" in lists["Only University of Leeds"]


def test_a_name_that_fits_several_leaves_the_choice(client: FlaskClient) -> None:
    page = get_page(client, "organisation=Imperial")
    assert not list_chosen(page) and "Which institution do you mean by “Imperial”?" in page.text
    boxes = [
        i.attributes["value"] for i in page.find("input", "") if "checkbox" in i.attributes["type"]
    ]
    assert "imperial-college-london" in boxes


def test_without_institutions_the_page_lets_choose(client: FlaskClient) -> None:
    page = get_page(client, "")
    assert "Choose two to five institutions" in page.text and not page.find("table")
    (example,) = [a for a in page.find("a", "") if a.attributes["href"].startswith("/compare?")]
    names = example.text.split(" and ")
    compared = get_page(client, example.attributes["href"].partition("?")[2])
    assert len(names) == 2 and all(name in compared.text for name in names)


def test_one_institution_has_its_peers_suggested(client: FlaskClient) -> None:
    page = get_page(client, "organisation=university-of-york")
    added = {a.attributes["href"] for a in page.find("a", "chip")}
    assert "/compare?organisation=university-of-york&organisation=university-of-liverpool" in added


def test_more_than_five_are_refused_in_a_sentence(client: FlaskClient) -> None:
    names = "york leeds oxford cambridge bristol exeter".split()
    fields = "&".join(f"organisation=university-of-{name}" for name in names)
    response = client.get(f"/compare?{fields}", headers={"Accept": BROWSER})
    assert response.status_code == 400
    assert "6 institutions are too many to compare. Choose 2 to 5" in response.text


def test_five_institutions_fit_a_page(client: FlaskClient) -> None:
    names = "york leeds oxford cambridge edinburgh".split()
    fields = "&".join(f"organisation=university-of-{name}" for name in names)
    response = client.get(f"/compare?{fields}", headers={"Accept": BROWSER})
    assert response.status_code == 200 and len(response.data) <= 80_000


def test_the_table_has_a_column_for_each_institution(client: FlaskClient) -> None:
    rows = list(csv.reader(io.StringIO(client.get(f"/compare.csv?{PAIR}").text)))
    assert rows[0] == ["aspect", "item", "iri", "University of York", "University of Leeds", "have"]
    group = next(row for row in rows if row[1] == "N8 Research Partnership")
    assert group[0] == "Memberships today" and group[5] == "2"
    assert client.get("/compare.csv?organisation=university-of-york").status_code == 400


def test_institutions_are_ticked_in_their_list(client: FlaskClient) -> None:
    page = parsed(client.get("/organisations?sort=title", headers={"Accept": BROWSER}).text)
    (form,) = (f for f in page.find("form") if f.attributes["action"] == "/compare")
    boxes = [i for i in form.find("input") if i.attributes["name"] == "organisation"]
    assert len(boxes) == 50 and boxes[2].attributes["value"] == "abertay-university"
    tabs = page.one("nav", "tabs").find("a")
    assert [a.text for a in tabs] == ["Institutions", "Groups", "Registers", "Due dates"]
    assert [a.text for a in tabs if "aria-current" in a.attributes] == ["Institutions"]
