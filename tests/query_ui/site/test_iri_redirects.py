"""The IRIs of things lead on to pages and data."""

import pytest
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER


@pytest.mark.parametrize(
    ("path", "accept", "location"),
    [
        ("/id/case-study/alpha", BROWSER, "/case-studies/alpha"),
        ("/id/case-study/alpha", "text/turtle", "/case-studies/alpha.ttl"),
        ("/id/case-study/alpha", "application/ld+json", "/case-studies/alpha.jsonld"),
        ("/id/case-study/alpha.rdf", BROWSER, "/case-studies/alpha.rdf"),
        ("/id/organisation/icr", "*/*", "/organisations/icr"),
        ("/id/claim/pledge-1", BROWSER, "/things/claim/pledge-1"),
        ("/id/claim/pledge-1", "application/n-triples", "/things/claim/pledge-1.nt"),
        ("/concept/keywords/training", BROWSER, "/concepts/keywords/training"),
        ("/scheme/keywords", "text/turtle", "/concepts/keywords.ttl"),
        ("/graph/cards", BROWSER, "/graphs/cards"),
    ],
)
def test_see_other(client: FlaskClient, path: str, accept: str, location: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.headers["Location"]) == (303, location)
    assert "Accept" in response.headers["Vary"]
    assert client.get(location).status_code == 200


def test_kind_with_pages_of_its_own_is_sent_there(client: FlaskClient) -> None:
    response = client.get("/things/case-study/alpha")
    assert (response.status_code, response.headers["Location"]) == (301, "/case-studies/alpha")
