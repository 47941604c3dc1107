"""What has appeared, vanished or changed in a result since an earlier release."""

import csv
import re

import pytest
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.graph import comparison_response

Releases = tuple[Settings, str, str]
HTML = {"Accept": "text/html"}
TITLES = (
    "SELECT ?s ?t { ?s a <https://w3id.org/concordat-kg/ontology#Initiative> ; "
    "<http://purl.org/dc/terms/title> ?t }"
)


def test_a_page_of_an_earlier_release_leads_to_what_has_changed(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, new = two_releases
    for path in ("/case-studies?keyword=wellbeing", "/queries/case-studies-by-keyword?a=1"):
        address = f"{path.partition('?a=')[0]}"
        joined = f"{address}{'&' if '?' in address else '?'}release={old[:12]}"
        page = kept_client.get(joined, headers=HTML).text
        link = re.search(r'<a href="(/since/[^"]*)">What has changed since</a>', page)
        assert link, page
        since = kept_client.get(link[1].replace("&amp;", "&"), headers=HTML)
        assert since.status_code == 200 and "What has changed since" in since.text
    assert "/since/" not in kept_client.get(f"/case-studies?release={new}", headers=HTML).text
    assert "/since/" not in kept_client.get("/case-studies", headers=HTML).text


def test_a_changed_row_of_a_list_shows_both_forms_with_links_to_their_releases(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, new = two_releases
    page = kept_client.get(f"/since/case-studies?release={old}", headers=HTML).text
    assert "0 appeared, 0 vanished, 1 changed" in page
    assert f"compared with the current one, <code>{new[:12]}</code>" in page
    before, after = re.findall(r"<tr><td class=\"short\".*?</tr>", page, re.DOTALL)
    assert "Quiet hours" in before and f"/case-studies/quiet-hours?release={old[:12]}" in before
    assert "Silent hours" in after and "http://localhost/case-studies/quiet-hours" in after
    assert "release=" not in after
    for address, media_type in zip(
        re.findall(r'class="btn" href="(/since/[^"]*)"', page),
        ("text/csv", "application/json"),
        strict=True,
    ):
        assert kept_client.get(address.replace("&amp;", "&")).mimetype == media_type


def test_all_rows_can_be_had_as_csv_and_json(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, new = two_releases
    fields = {"query": TITLES, "release": old}
    for answer in (
        kept_client.get("/since/sparql", query_string=fields | {"format": "csv"}),
        kept_client.get("/since/sparql", query_string=fields, headers={"Accept": "text/csv"}),
    ):
        assert answer.mimetype == "text/csv"
        head, *rows = csv.reader(answer.text.splitlines())
        assert head == ["change", "s", "t"]
        assert [row[0] for row in rows] == ["vanished"]
        assert rows[0][1].endswith("/id/initiative/fair-desks")
    found = kept_client.get("/since/sparql", query_string=fields | {"format": "json"}).get_json()
    assert (found["since"], found["current"]) == (old, new)
    assert (found["total"], found["truncated"], found["appeared"]) == (1, False, [])
    assert found["vanished"][0]["s"]["type"] == "uri"
    path = "/since/queries/case-studies-by-keyword"
    saved = kept_client.get(f"{path}.json?release={old}").get_json()
    assert [row["title"]["value"][:5] for row in saved["appeared"]] == ["Silen"]
    assert [row["title"]["value"][:5] for row in saved["vanished"]] == ["Quiet"]
    assert kept_client.get(f"/since/case-studies.csv?release={old}").text.count("changed: ") == 2


def test_of_the_current_release_nothing_has_changed(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    page = kept_client.get(f"/since/case-studies?release={two_releases[2]}", headers=HTML).text
    assert "Nothing has changed: both releases give the same rows." in page
    assert "compared with itself, which is the current one" in page


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/since/case-studies", 400, "Say since which release"),
        ("/since/case-studies?release=abcdef012345", 404, "is not kept"),
        ("/since/queries/case-studies-by-keyword.ttl?release={}", 400, "may be html, csv, json"),
        ("/since/sparql?release={}", 400, "Say which query"),
        ("/since/sparql?query=SELEC&release={}", 400, "SELECT"),
        ("/since/queries/none?release={}", 404, "no saved query"),
        ("/since/coverage?release={}", 404, "nothing at this address"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_reason(
    kept_client: FlaskClient, two_releases: Releases, address: str, status: int, says: str
) -> None:
    refused = kept_client.get(address.format(two_releases[1]))
    assert refused.status_code == status and says in refused.get_json()["detail"]


def test_a_large_result_is_refused_rather_than_compared_in_part(
    kept_client: FlaskClient, two_releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison_response, "MAX_RESULT_BYTES", 100)
    refused = kept_client.get(f"/since/case-studies?release={two_releases[1]}")
    assert refused.status_code == 413 and "up to 100 are" in refused.get_json()["detail"]
