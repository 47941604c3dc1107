"""What a page tells machines: schema.org, canonical and other addresses."""

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

ID = "https://w3id.org/concordat-kg/"


@pytest.fixture(scope="module")
def asked(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


def told(client: FlaskClient, path: str) -> dict[str, object]:
    page = parsed(client.get(path, headers={"Accept": BROWSER}).text)
    (script,) = (s for s in page.find("script") if s.attributes["type"] == "application/ld+json")
    found: dict[str, object] = json.loads(script.children[0])  # type: ignore[arg-type]
    return found


def test_an_organisation_in_the_words_of_schema_org(asked: FlaskClient) -> None:
    found = told(asked, "/organisations/durham-university")
    assert (found["@type"], found["name"]) == ("CollegeOrUniversity", "Durham University")
    assert found["@id"] == f"{ID}id/organisation/durham-university"
    assert {"@id": "https://ror.org/01v29qb04", "name": "https://ror.org/01v29qb04"} in found[
        "sameAs"
    ]  # type: ignore[operator]


def test_types_say_the_most_they_can(asked: FlaskClient) -> None:
    types = {
        path: told(asked, path)["@type"]
        for path in (
            *("/case-studies/fellowship-fortnight", "/initiatives/talent-commission-report"),
            *("/initiatives/talent-programme", "/organisations/institute-of-cancer-research"),
            *("/concepts/keywords/training", "/concepts/keywords", "/graphs/organisations"),
        )
    }
    assert list(types.values()) == [
        *("Article", "Report", "Project", "ResearchOrganization"),
        *("DefinedTerm", "DefinedTermSet", "CreativeWork"),
    ]


def test_what_only_a_source_of_low_trust_says_is_not_handed_on(
    page: Callable[[str], Element], client: FlaskClient
) -> None:
    assert not [
        s
        for s in page("/things/claim/pledge-1").find("script")
        if s.attributes["type"].endswith("json")
    ]
    assert "name" not in told(client, "/initiatives/pledge")
    assert told(client, "/case-studies/alpha")["name"]


def test_a_title_cannot_end_the_script(client: FlaskClient) -> None:
    text = client.get("/case-studies/alpha", headers={"Accept": BROWSER}).text
    inside = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert "<" not in inside and "Alpha \\u003cb\\u003e" in inside


@pytest.mark.parametrize(
    "address",
    [
        "/case-studies/alpha",
        "/things/issue/untitled-1",
        "/things?iri=https://w3id.org/concordat-kg/ontology%23CaseStudy",
    ],
)
def test_every_alternate_is_there(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept": BROWSER})
    found = re.findall(r'<([^>]*)>; rel="alternate"', answer.headers["Link"])
    links = parsed(answer.text).find("link")
    found += [e.attributes["href"] for e in links if e.attributes["rel"] == "alternate"]
    assert len(found) == 9
    for href in found:
        data = client.get(href)
        assert (data.status_code, data.mimetype) != (200, "text/html"), href
        assert data.status_code == 200, href


def test_links_lead_to_the_data_and_to_what_describes_it(client: FlaskClient) -> None:
    answer = client.get("/case-studies/alpha", headers={"Accept": BROWSER})
    header = answer.headers["Link"]
    assert header.startswith('<http://localhost/case-studies/alpha>; rel="canonical", ')
    assert '</case-studies/alpha.jsonld>; rel="alternate"; type="application/ld+json"' in header
    assert header.endswith('</.well-known/void>; rel="describedby"')
    page = parsed(answer.text)
    links = [(e.attributes["rel"], e.attributes["href"]) for e in page.find("link")]
    assert ("canonical", "http://localhost/case-studies/alpha") in links


def test_breadcrumbs_lead_up(page: Callable[[str], Element]) -> None:
    crumbs = page("/concepts/keywords/training").one("nav", "crumbs")
    assert [(a.text, a.attributes["href"]) for a in crumbs.find("a")] == [
        *(("Topics", "/concepts"), ("Keywords", "/concepts/keywords"))
    ]
    assert not page("/").find("nav", "crumbs")


def test_the_head_of_a_page_has_one_canonical_address_and_the_description_of_its_entity(
    client: FlaskClient,
) -> None:
    for path, address, words in (
        ("/case-studies/alpha", "/case-studies/alpha", "Staff learn in ten days. The ICR helped."),
        (
            "/things?iri=https%3A%2F%2Fw3id.org%2Fconcordat-kg%2Fconcept%2Fkeywords%2Ftraining",
            "/concepts/keywords/training",
            "Learning to do.",
        ),
        ("/concepts/keywords/hen", "/concepts/keywords/hen", "Concept: Hen"),
    ):
        response = client.get(path, headers={"Accept": BROWSER}, follow_redirects=True)
        page = parsed(response.text)
        canonical = [
            link.attributes["href"]
            for link in page.find("link")
            if link.attributes["rel"] == "canonical"
        ]
        assert canonical == [f"http://localhost{address}"]
        described = [
            one.attributes["content"]
            for one in page.find("meta")
            if "description" in (one.attributes.get("name"), one.attributes.get("property", "")[3:])
        ]
        assert described == [words, words]
