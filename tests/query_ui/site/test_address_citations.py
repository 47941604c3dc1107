"""Citations of results by an address that names release and query, and what they keep."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from loader.release.cited_releases import is_cited
from loader.release.kept_releases import list_releases
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine

Releases = tuple[Settings, str, str]
HTML = {"Accept": "text/html"}
QUERY_PAGE = "/queries/case-studies-by-keyword?keyword=wellbeing"


@pytest.fixture
def client(own_releases: Releases) -> FlaskClient:
    """Somebody who asks a site whose build folder the test may change."""
    return create_app(own_releases[0], open_engine(own_releases[0])).test_client()


def press_cite(client: FlaskClient, address: str) -> TestResponse:
    """The page behind the button "Cite" of a page."""
    page = client.get(address, headers=HTML).text
    form = re.search(r'<form method="post" action="/cite">(.*?)</form>', page)
    assert form, "the page has no button to cite it"
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1].replace("&amp;", "&")))
    sent = client.post("/cite", data=fields)
    assert sent.status_code == 303, sent.text
    return client.get(sent.headers["Location"], headers=HTML)


def read_pinned_path(page: str) -> str:
    """The path at the end of the citation on a page."""
    found = re.search(r'<p class="cite">.* http://localhost(/[^ ]*)</p>', page)
    assert found, page
    return found[1].replace("&amp;", "&")


def test_a_cited_result_gives_the_same_bytes_after_a_build_and_a_change_of_the_query(
    client: FlaskClient, own_releases: Releases
) -> None:
    settings, old, new = own_releases
    (settings.out / "current").write_text(f"{old}\n", "ascii")
    cited = press_cite(client, QUERY_PAGE)
    assert f"release {old[:12]} of 5 January 2026" in cited.text
    assert "This release is recorded as cited." in cited.text
    assert cited.headers["Cache-Control"] == "no-store"
    path = read_pinned_path(cited.text).replace("-by-keyword?", "-by-keyword.csv?")
    before = client.get(path, buffered=True)
    assert "Quiet hours" in before.text
    # Another release, and another text of the query.
    (settings.out / "current").write_text(f"{new}\n", "ascii")
    file = settings.queries / "case-studies-by-keyword.rq"
    file.write_text(file.read_text("utf-8").replace("ORDER BY ?study", "ORDER BY DESC(?study)"))
    later = create_app(settings, open_engine(settings)).test_client()
    after = later.get(path, buffered=True)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert after.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    text = re.sub(r"query-hash=\w+", "query-hash=0123456789ab", path)
    lost = later.get(text)
    assert lost.status_code == 410 and "Leave out query-hash" in lost.get_json()["detail"]
    assert later.get(path.replace("query-hash=", "query-hash=x")).status_code == 400


@pytest.mark.parametrize(
    ("address", "title", "path"),
    [
        (
            "/case-studies?keyword=wellbeing",
            "Case studies (keyword: wellbeing)",
            "/case-studies?keyword=wellbeing&release=",
        ),
        ("/coverage", "Coverage", "/coverage?release="),
        ("/case-studies/quiet-hours", "Silent hours", "/case-studies/quiet-hours?release="),
        (
            "/sparql?query=ASK+%7B%7D",
            "Result of a SPARQL query",
            "/sparql?query=ASK+%7B%7D&release=",
        ),
    ],
)
def test_lists_records_and_results_are_cited_with_their_release(
    kept_client: FlaskClient, two_releases: Releases, address: str, title: str, path: str
) -> None:
    page = kept_client.get("/cite", query_string={"address": address}, headers=HTML).text
    assert title in page
    assert read_pinned_path(page) == f"{path}{two_releases[2][:12]}"
    assert "is not recorded as cited" in page


def test_the_formats_name_the_release(kept_client: FlaskClient, two_releases: Releases) -> None:
    fields = {"address": "/case-studies", "release": two_releases[1]}
    texts = {
        form: kept_client.get("/cite", query_string=fields | {"format": form}, buffered=True).text
        for form in ("text", "bibtex", "ris")
    }
    release = f"elease {two_releases[1][:12]} of 5 January 2026"
    address = f"http://localhost/case-studies?release={two_releases[1][:12]}"
    assert all(release in text and address in text for text in texts.values())
    assert texts["bibtex"].startswith("@misc{case-studies,\n")
    assert f"N1  - R{release}\r\n" in texts["ris"]


def test_the_query_in_the_editor_is_cited_from_its_form(
    client: FlaskClient, own_releases: Releases
) -> None:
    sent = client.post("/cite", data={"query": "ASK {}\r\n", "format": ""})
    page = client.get(sent.headers["Location"], headers=HTML).text
    assert read_pinned_path(page).startswith("/sparql?query=ASK+%7B%7D%0A&release=")
    assert is_cited(own_releases[0].out, own_releases[2])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/help", 404),
        ("/case-studies.csv", 404),
        ("/queries/no-such-query", 404),
        ("/initiatives/fair-desks", 404),
        ("/sparql", 404),
        ("//elsewhere.example/x", 400),
        ("https://elsewhere.example/x", 400),
        ("/sparql?query=" + "x" * 8_000, 413),
    ],
)
def test_what_cannot_be_cited_is_refused_and_records_nothing(
    client: FlaskClient, own_releases: Releases, address: str, status: int
) -> None:
    assert client.post("/cite", data={"address": address}).status_code == status
    assert not (own_releases[0].out / "cited").exists()


def test_a_page_of_another_site_records_nothing(
    client: FlaskClient, own_releases: Releases
) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    refused = client.post("/cite", data={"address": "/case-studies"}, headers=origin)
    assert refused.status_code == 403
    assert not (own_releases[0].out / "cited").exists()


def test_a_citation_is_given_where_nothing_can_be_written(
    client: FlaskClient, own_releases: Releases
) -> None:
    (own_releases[0].out / "cited").write_text("in the way", "utf-8")
    cited = press_cite(client, "/case-studies")
    assert "is not recorded as cited" in cited.text
    assert [one.is_cited for one in list_releases(own_releases[0].out)] == [False, False]


def test_the_record_says_nothing_of_people(client: FlaskClient, own_releases: Releases) -> None:
    press_cite(client, QUERY_PAGE)
    folder: Path = own_releases[0].out / "cited" / own_releases[2]
    text, mark = sorted(folder.iterdir())
    assert text.read_text("utf-8").startswith("#+ title: Case studies by keyword")
    assert (mark.name, mark.read_bytes()) == ("recorded", b"")
    press_cite(client, QUERY_PAGE)
    assert sorted(folder.iterdir()) == [text, mark]
