"""Reports of errors: the message, and where it goes."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.site.feedback import FEEDBACK_CONFIG, build_href
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import parsed

PATH = "/feedback?about=/case-studies/alpha"


def test_the_message_names_the_page_and_the_release(app: Flask) -> None:
    page = parsed(app.test_client().get(PATH, headers={"Accept": BROWSER}).text)
    message = page.one("textarea").text
    assert message.startswith("Page: http://localhost/case-studies/alpha Data release: ")
    assert "operator of this site has set no address" in page.one("p", "notice").text


@pytest.mark.parametrize(
    ("address", "start", "field"),
    [
        ("data@example.org", "mailto:data@example.org?", "body"),
        ("https://example.org/issues/new", "https://example.org/issues/new?title=", "body"),
        ("https://example.org/new?type=bug", "https://example.org/new?type=bug&title=", "body"),
    ],
)
def test_the_address_opens_with_the_message(
    settings: Settings, address: str, start: str, field: str
) -> None:
    app = create_app(settings, open_engine(settings), feedback_address=address)
    assert app.config[FEEDBACK_CONFIG] == address
    page = parsed(app.test_client().get(PATH, headers={"Accept": BROWSER}).text)
    (href,) = {a.attributes["href"] for a in page.one("main").find("a", "go")}
    assert href.startswith(start)
    assert "/case-studies/alpha" in parse_qs(urlsplit(href).query)[field][0]


def test_a_message_of_mail_has_lines_of_mail() -> None:
    assert build_href("a@b.org", "x & y", "one\ntwo") == (
        "mailto:a@b.org?subject=x%20%26%20y&body=one%0D%0Atwo"
    )


@pytest.mark.parametrize("about", ["//evil.example", "/\\evil.example", "evil", "/" + "x" * 1000])
def test_only_a_path_of_this_site_can_be_reported(app: Flask, about: str) -> None:
    assert app.test_client().get("/feedback", query_string={"about": about}).status_code == 400


def test_every_page_has_the_link(app: Flask) -> None:
    page = parsed(app.test_client().get("/dataset", headers={"Accept": BROWSER}).text)
    links = {a.text: a.attributes for a in page.one("footer").find("a")}
    assert links["Report an error"]["href"] == "/feedback?about=/dataset"
    assert links["Report an error"]["rel"] == "nofollow"
    assert {"About and method", "Help"} <= set(links)
