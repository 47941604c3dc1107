"""Pages by date: TimeGate, Mementos and TimeMaps of RFC 7089."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from flask.testing import FlaskClient

from loader.errors import UsageError
from loader.settings import Settings
from query_ui.engine.release_lookup import NamedRelease
from query_ui.http.memento import choose_release, list_memento_links, parse_accept_datetime

Releases = tuple[Settings, str, str]
STUDY = "/case-studies/quiet-hours"
BUILT = "Mon, 05 Jan 2026 09:00:00 GMT"
BASE = datetime(2026, 1, 5, 9, tzinfo=UTC)
THREE = [NamedRelease(c * 64, BASE + timedelta(days=n), c == "c") for n, c in enumerate("abc")]


@pytest.mark.parametrize(
    ("days", "chosen"), [(-9, "a"), (0, "a"), (0.9, "a"), (1, "b"), (2, "c"), (99, "c")]
)
def test_the_release_is_the_newest_at_that_time(days: float, chosen: str) -> None:
    assert choose_release(THREE, BASE + timedelta(days=days)).name[0] == chosen


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-01-05", "Mon, 05 Jan 2026 09:00:00", "9" * 99]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="send a date such as"):
        parse_accept_datetime(text)


def test_links_of_a_memento_name_its_neighbours_once() -> None:
    names = ["a" * 12, "b" * 12, "c" * 12]
    for place, relations in enumerate(
        (
            ["first memento", "next memento", "last memento"],
            ["first prev memento", "memento", "next last memento"],
            ["first memento", "prev memento", "last memento"],
        )
    ):
        links = list_memento_links("/queries?tag=x", THREE, THREE[place])
        assert [re.findall(r'rel="([^"]*)"', one)[0] for one in links] == relations
        assert [re.findall(r"<(.*)>", one)[0] for one in links] == [
            f"/queries?tag=x&release={name}" for name in names
        ]


def test_a_page_is_found_by_date(kept_client: FlaskClient, two_releases: Releases) -> None:
    _, old, new = two_releases
    now = format_datetime(datetime.now(UTC), usegmt=True)
    for date, name in ((BUILT, old), ("Tue, 20 Jan 2026 12:00:00 GMT", old), (now, new)):
        found = kept_client.get(f"{STUDY}?open=x", headers={"Accept-Datetime": date})
        assert found.status_code == 302
        assert found.headers["Location"] == f"{STUDY}?open=x&release={name[:12]}"
        assert found.headers["Vary"] == "Accept-Datetime"
        assert "Memento-Datetime" not in found.headers
        assert f'<{STUDY}?open=x>; rel="original timegate"' in found.headers["Link"]
        assert f'</timemap{STUDY}?open=x>; rel="timemap"' in found.headers["Link"]


def test_a_memento_has_its_date_and_leads_to_the_others(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, new = two_releases
    page = kept_client.get(f"{STUDY}?release={old}", headers={"Accept": "text/html"})
    assert page.headers["Memento-Datetime"] == BUILT
    assert "Accept-Datetime" not in page.headers["Vary"]
    links = ", ".join(page.headers.getlist("Link"))
    assert f'<{STUDY}>; rel="original timegate"' in links
    assert f'<{STUDY}?release={old[:12]}>; rel="first memento"; datetime="{BUILT}"' in links
    assert f'<{STUDY}?release={new[:12]}>; rel="next last memento"' in links
    # The state before the page was there is a Memento too.
    gone = kept_client.get(f"/initiatives/fair-desks?release={new}")
    assert gone.status_code == 410 and "Memento-Datetime" in gone.headers


def test_an_original_says_that_it_can_be_had_by_date(kept_client: FlaskClient) -> None:
    page = kept_client.get(STUDY, headers={"Accept": "text/html"})
    assert "Accept-Datetime" in page.headers["Vary"]
    assert f'<{STUDY}>; rel="original timegate"' in ", ".join(page.headers.getlist("Link"))
    assert "Memento-Datetime" not in page.headers
    assert "Accept-Datetime" not in kept_client.get("/help").headers["Vary"]


def test_a_date_that_cannot_be_read_is_refused(kept_client: FlaskClient) -> None:
    refused = kept_client.get(STUDY, headers={"Accept-Datetime": "yesterday"})
    assert refused.status_code == 400 and "“yesterday”" in refused.get_json()["detail"]
    # A named release is what the address says, whatever the date.
    assert kept_client.get("/help", headers={"Accept-Datetime": "yesterday"}).status_code == 200


def test_a_time_map_lists_a_page_in_all_releases(
    kept_client: FlaskClient, two_releases: Releases
) -> None:
    _, old, new = two_releases
    answer = kept_client.get("/timemap/case-studies?keyword=wellbeing")
    assert answer.mimetype == "application/link-format"
    original, own, first, last = answer.text.rstrip("\n").split(",\n")
    root = "http://localhost"
    assert original == f'<{root}/case-studies?keyword=wellbeing>; rel="original timegate"'
    assert own.startswith(f'<{root}/timemap/case-studies?keyword=wellbeing>; rel="self"')
    assert f'from="{BUILT}"' in own
    assert first == (
        f'<{root}/case-studies?keyword=wellbeing&release={old[:12]}>; rel="first memento"; '
        f'datetime="{BUILT}"'
    )
    assert new[:12] in last and 'rel="last memento"' in last
    for line in (first, last):
        address = re.findall(f"<{root}([^>]*)>", line)[0]
        assert kept_client.get(address).headers["Memento-Datetime"] in line
    assert kept_client.get("/timemap/").status_code == 200
    assert kept_client.get("/timemap/help").status_code == 404
