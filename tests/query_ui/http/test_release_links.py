"""Links of pages from a kept release."""

import re

import pytest
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.http.release_address import can_name_release

HTML = {"Accept": "text/html"}


def list_inner_links(page: str) -> list[str]:
    """The addresses of the site that a page links to, as a browser reads them."""
    found = re.findall(r'\s(?:href|data-sparql)="(/[^"]*)"', page)
    return [address.replace("&amp;", "&") for address in found]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/case-studies?keyword=wellbeing",
        "/case-studies/quiet-hours",
        "/concepts/keywords",
        "/queries/case-studies-by-keyword?keyword=wellbeing",
        "/search?q=hours",
        "/coverage",
    ],
)
def test_every_link_leads_to_the_same_release_where_that_page_has_one(
    kept_client: FlaskClient, two_releases: tuple[Settings, str, str], address: str
) -> None:
    short = two_releases[1][:12]
    joined = f"{address}{'&' if '?' in address else '?'}release={short}"
    page = kept_client.get(joined, headers=HTML)
    assert page.status_code == 200
    links = list_inner_links(page.text)
    kept = [link for link in links if can_name_release(link.partition("?")[0].partition("#")[0])]
    assert len(kept) > 8
    assert [link for link in kept if link.count(f"release={short}") != 1] == []
    others = {link for link in links if link not in kept and "release=" in link}
    assert {link.partition("?")[0] for link in others} <= {"/embed", "/oembed"}
    forms = re.findall(r'<form[^>]*action="/search"[^>]*>(<input type="hidden"[^>]*>)', page.text)
    assert forms == [f'<input type="hidden" name="release" value="{short}">']


def test_redirects_and_link_headers_lead_to_the_same_release(
    kept_client: FlaskClient, two_releases: tuple[Settings, str, str]
) -> None:
    short = two_releases[1][:12]
    moved = kept_client.get(f"/id/case-study/quiet-hours?release={short}", headers=HTML)
    assert moved.status_code == 303
    assert moved.headers["Location"] == f"/case-studies/quiet-hours?release={short}"
    page = kept_client.get(moved.headers["Location"], headers=HTML)
    assert f"</case-studies/quiet-hours.ttl?release={short}>" in page.headers["Link"]
    assert '<http://localhost/case-studies/quiet-hours>; rel="canonical"' in page.headers["Link"]


def test_a_frame_shows_the_release_of_its_page(
    kept_client: FlaskClient, two_releases: tuple[Settings, str, str]
) -> None:
    short = two_releases[1][:12]
    frame = kept_client.get(f"/embed/case-studies?release={short}", headers=HTML)
    assert "Quiet hours" in frame.text and "not the current one" in frame.text
    dialog = kept_client.get(f"/embed?page=/case-studies%3Frelease%3D{short}", headers=HTML)
    assert f"/embed/case-studies?release={short}" in dialog.text
