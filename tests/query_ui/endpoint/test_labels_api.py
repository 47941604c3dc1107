"""Names of the things in an answer."""

import pytest
from flask.testing import FlaskClient

BASE = "https://w3id.org/concordat-kg/"


def test_names_lead_to_pages(client: FlaskClient) -> None:
    iris = [
        f"{BASE}concept/keywords/wellbeing",
        "https://ror.org/01v29qb04",
        "javascript:alert(1)",
        'no "iri" > at all',
    ]
    response = client.post("/sparql/names", json={"iris": iris})
    assert response.json == {
        "names": {
            iris[0]: {
                "label": "Wellbeing",
                "short": "concept:wellbeing",
                "href": "/concepts/keywords/wellbeing",
                "outside": False,
            },
            iris[1]: {"label": "", "short": iris[1], "href": iris[1], "outside": True},
            iris[2]: {"label": "", "short": iris[2], "href": "", "outside": True},
            iris[3]: {"label": "", "short": iris[3], "href": "", "outside": True},
        }
    }


@pytest.mark.parametrize("body", [None, [], {}, {"iris": "x"}, {"iris": [1]}])
def test_what_is_no_list_is_refused(client: FlaskClient, body: object) -> None:
    response = client.post("/sparql/names", json=body)
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["detail"].startswith("Send the IRIs as JSON")


def test_number_is_bounded(client: FlaskClient) -> None:
    response = client.post("/sparql/names", json={"iris": ["x:y"] * 501})
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["detail"] == "Ask for at most 500 names at once: these are 501."
