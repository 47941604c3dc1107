"""Every number on the pages of the shipped data is what the query behind it gives at /sparql."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed
from tests.query_ui.site.test_axe import PATHS

MORE = (
    "/case-studies",
    "/initiatives?sort=-year",
    "/initiatives?type=Pledge&trust=Low",
    "/things/commitment",
    "/graphs",
    "/organisations?consortium=midlands-innovation",
    "/organisations/university-of-liverpool",
    "/coverage?of=initiative&rows=obligation&columns=source",
    "/coverage?rows=beneficiary&columns=keyword",
    "/concepts/beneficiaries/technicians",
    "/concepts/stakeholders/professional-staff",
    "/things/commitment/n8-technical-staff-response-technical-skills-that-last",
)
WITHOUT = re.compile(
    r"(?<![-\d])\b(?!(?:19|20)\d\d )\d[\d,]* "
    r"(case stud|initiative|commitment|organisation|source document)"
)


MAX_ADDRESS_BYTES = 300


@pytest.fixture(scope="module")
def asked(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


def count_listed(client: FlaskClient, address: str) -> int | None:
    """The total of the list at an address; None where it is no list of its own."""
    path, _, query = address.partition("?")
    if path not in LIST_DEFINITION_BY_PATH or "#" in address:
        return None
    total: int = client.get(f"{path}.json?{query}&size=1").get_json()["total"]
    return total


def plain(element: Element) -> str:
    """The text of a page but for its links."""
    quoted = {"snippet", "why", "printed"} & set(element.attributes.get("class", "").split())
    if quoted or element.tag in ("a", "script", "h1", "h3", "blockquote"):
        return "·"
    return " ".join(c if isinstance(c, str) else plain(c) for c in element.children)


@pytest.mark.parametrize("path", [path for path in (*PATHS, *MORE) if path != "/nowhere"])
def test_numbers_of_a_page_are_those_of_their_queries(asked: FlaskClient, path: str) -> None:
    page = parsed(asked.get(path, headers={"Accept": BROWSER}).text)
    numbers = {
        (a.attributes["data-sparql"], a.attributes["data-value"], a.text.replace(",", ""))
        for a in page.find("a", "number")
    } | {(a.attributes["href"], a.attributes["data-value"], a.text) for a in page.find("a", "part")}
    for address, value, shown in numbers:
        assert value == shown
        assert len(address) <= MAX_ADDRESS_BYTES, address
        answer = asked.get(address, headers={"Accept": "application/json"}, follow_redirects=True)
        rows = json.loads(answer.data)["results"]["bindings"]
        first = next(iter(rows[0].values()))
        assert first["value"] == value, address
    for address, value in {
        (a.attributes["href"], a.attributes["data-value"]) for a in page.find("a", "number")
    }:
        listed = count_listed(asked, address)
        assert listed is None or str(listed) == value, address
    assert not WITHOUT.search(" ".join(plain(page.one("main")).split()))
