"""Named page queries over HTTP: the same number by name and by text, and errors with a way on."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

CASE_STUDIES = "/page-queries/count-of-class?class=ckg:CaseStudy"


def test_name_leads_to_the_text_with_its_values(client: FlaskClient) -> None:
    response = client.get(f"{CASE_STUDIES}&keyword=training")
    target = urlsplit(response.headers["Location"])
    (text,) = parse_qs(target.query)["query"]
    assert (response.status_code, target.path) == (303, "/sparql")
    assert "ontology#CaseStudy>" in text and "concept/keywords/training>" in text


def test_data_are_those_of_the_list(client: FlaskClient) -> None:
    data = client.get(CASE_STUDIES, headers={"Accept": "text/csv"}, follow_redirects=True)
    listed = client.get("/case-studies.json").get_json()["total"]
    assert data.text.split() == ["total", str(listed)]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/page-queries/nothing", 404, "No page of this site uses a query “nothing”."),
        (f"{CASE_STUDIES}&colour=red", 400, "“colour” is neither"),
        ("/page-queries/lift?colour=red", 400, "“colour” is no parameter"),
        ("/page-queries/lift?one=%3E", 404, "valid IRI"),
    ],
)
def test_errors_say_what_is_wrong(client: FlaskClient, path: str, status: int, words: str) -> None:
    response = client.get(path)
    assert (response.status_code, words in response.text) == (status, True), response.text
