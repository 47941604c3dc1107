"""Pages, lists, saved queries and data from the kept release that an address names."""

import json
import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine.remote import RemoteEngine
from tests.query_ui.http.test_release_links import list_inner_links

HTML = {"Accept": "text/html"}
STUDY = "/case-studies/quiet-hours"
IMMUTABLE = "public, max-age=31536000, immutable"
Releases = tuple[Settings, str, str]


def test_a_page_is_given_from_the_release_and_says_so(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, new = two_releases
    page = kept_client.get(f"{STUDY}?release={old[:12]}", headers=HTML)
    assert "Quiet hours" in page.text and "Silent hours" not in page.text
    assert f'data-release="{old}"' in page.text
    assert f"Release <code>{old[:12]}</code> of 5 January 2026, not the current one." in page.text
    assert f'<a href="http://localhost{STUDY}">Open the current one</a>' in page.text
    assert 'content="noindex"' in page.text
    current = kept_client.get(f"{STUDY}?release={new}", headers=HTML)
    assert "Silent hours" in current.text and "the current one." in current.text
    plain = kept_client.get(STUDY, headers=HTML)
    assert "Silent hours" in plain.text and "Release <code>" not in plain.text
    # The same path and headers, and yet three responses.
    assert len({one.headers["ETag"] for one in (page, current, plain)}) == 3
    assert {one.headers["Cache-Control"] for one in (page, current, plain)} == {"public, no-cache"}


def test_what_was_removed_is_there_in_the_release_that_has_it(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, new = two_releases
    path = "/initiatives/fair-desks"
    statuses = [
        kept_client.get(f"{path}{field}", headers=HTML).status_code
        for field in ("", f"?release={old}", f"?release={new}")
    ]
    assert statuses == [410, 200, 410]


@pytest.mark.parametrize("suffix", [".json", ".csv", ".ttl", ".xlsx"])
def test_lists_and_their_downloads_are_of_the_release(
    kept_client: FlaskClient, two_releases: Releases, suffix: str
) -> None:
    _, old, _ = two_releases

    def read(address: str) -> str:
        response = kept_client.get(address, buffered=True)
        assert response.status_code == 200
        if suffix != ".xlsx":
            return response.text
        book = load_workbook(BytesIO(response.data), read_only=True)
        return str([[*sheet.values] for sheet in book])

    assert "Silent hours" in read(f"/case-studies{suffix}")
    text = read(f"/case-studies{suffix}?release={old}")
    assert "Quiet hours" in text and "Silent hours" not in text
    if suffix == ".json":
        items = json.loads(text)["items"]
        assert f"{STUDY}?release={old[:12]}" in [item["url"] for item in items]
    if suffix == ".xlsx":
        assert f"?release={old[:12]}" in text


def test_a_saved_query_is_answered_from_the_release(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, _ = two_releases
    path = "/queries/case-studies-by-keyword"
    assert "Silent hours" in kept_client.get(f"{path}.csv", buffered=True).text
    kept = kept_client.get(f"{path}.csv?release={old[:8]}", buffered=True)
    assert "Quiet hours" in kept.text
    # The text of a saved query may change with the site, so the address does not fix it yet.
    assert kept.headers["Cache-Control"] == "public, no-cache"
    page = kept_client.get(f"{path}?keyword=wellbeing&release={old[:12]}", headers=HTML).text
    assert "Quiet hours" in page and "not the current one" in page
    csv = next(h for h in list_inner_links(page) if f"{path}.csv?" in h and "labels" not in h)
    fixed = kept_client.get(csv, buffered=True)
    assert fixed.text == kept.text
    assert fixed.headers["Cache-Control"] == IMMUTABLE
    known = {"If-None-Match": fixed.headers["ETag"]}
    again = kept_client.get(csv, headers=known, buffered=True)
    assert (again.status_code, again.headers["Cache-Control"]) == (304, IMMUTABLE)


def test_numbers_of_a_page_lead_to_lists_and_queries_of_the_same_release(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, _ = two_releases
    page = kept_client.get(f"/initiatives?release={old}", headers=HTML).text
    total = re.search(r'class="number" href="([^"]*)"[^>]*data-sparql="([^"]*)"[^>]*>(\d+)', page)
    assert total, page
    listed, query, number = (text.replace("&amp;", "&") for text in total.groups())
    assert f"release={old[:12]}" in listed and f"release={old[:12]}" in query
    shown = kept_client.get(query, headers=HTML, follow_redirects=True)
    assert f"release={old[:12]}" in shown.request.query_string.decode() or "not the current" in (
        shown.text
    )
    assert re.search(rf">\s*{number}\s*<", shown.text), "the query gives another number"


def test_the_editor_runs_queries_on_the_release_without_scripts(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, _ = two_releases
    query = "SELECT ?t { ?s <http://purl.org/dc/terms/title> ?t FILTER(CONTAINS(?t, 'hours')) }"
    fields = {"query": query, "release": old}
    for page in (
        kept_client.get("/sparql", query_string=fields, headers=HTML, buffered=True),
        kept_client.post("/sparql", data=fields, headers=HTML, buffered=True),
    ):
        assert "Quiet hours" in page.text and "Silent hours" not in page.text
        assert "not the current one" in page.text and "bundle/editor.js" not in page.text
        assert f'<input type="hidden" name="release" value="{old[:12]}">' in page.text


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        (f"{STUDY}?release={'c' * 12}", 404, "is not kept. Kept are: "),
        (f"{STUDY}?release=abc", 400, "8 to 64 of 0-9 and a-f"),
        (f"{STUDY}?release={'a' * 8}&release={'b' * 8}", 400, "given 2 times"),
        (f"/help?release={'a' * 8}", 400, "“/help” is not given from a kept release"),
        (f"/metrics?release={'a' * 8}", 400, "is not given from a kept release"),
    ],
)
def test_what_cannot_be_given_is_refused_with_a_reason(
    kept_client: FlaskClient, address: str, status: int, says: str
) -> None:
    problem = kept_client.get(address)
    assert (problem.status_code, problem.mimetype) == (status, "application/problem+json")
    assert says in problem.get_json()["detail"]
    page = kept_client.get(address, headers=HTML)
    assert page.status_code == status and says in page.text and page.mimetype == "text/html"


def test_an_empty_release_is_none(kept_client: FlaskClient) -> None:
    page = kept_client.get(f"{STUDY}?release=", headers=HTML)
    assert "Silent hours" in page.text and "Release <code>" not in page.text


def test_a_form_for_another_release_is_refused(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    refused = kept_client.post(f"/lookup?release={two_releases[1]}", data="")
    assert refused.status_code == 400 and "leave out release" in refused.text


def test_a_remote_endpoint_has_no_releases(two_releases: Releases) -> None:
    remote = RemoteEngine("http://127.0.0.1:9/sparql", {})
    client = create_app(two_releases[0], remote).test_client()
    refused = client.get(f"{STUDY}?release={two_releases[1]}")
    assert refused.status_code == 400 and "has no kept releases" in refused.text
