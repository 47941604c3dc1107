"""Embeds: a part of a page for a frame on any site, the HTML to paste, and oEmbed."""

from collections.abc import Callable
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from query_ui.http.content_security import DEFAULT_POLICY
from query_ui.http.embedding import EMBED_POLICY, HEIGHT_BY_PART
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element

FRAMES = (
    ("/embed/case-studies", "2 case studies"),
    ("/embed/case-studies?keyword=wellbeing", "1 case study: Wellbeing"),
    ("/embed/queries/by-keyword", "Case studies by keyword"),
    ("/embed/queries/by-keyword?embed-part=chart", "This result has no chart"),
    ("/embed/queries/members", "This query needs values"),
    ("/embed/queries/members?consortium=n8", "N8"),
    ("/embed/coverage?rows=keyword&columns=organisation", "by keyword"),
    ("/embed/case-studies/alpha", "Staff learn in ten days."),
    ("/embed/case-studies/alpha?embed-part=citation", "Concordat knowledge graph"),
    ("/embed/organisations/durham-university", "Durham University"),
    ("/embed/concepts/keywords/training", "Learning to do."),
)


@pytest.mark.parametrize(("path", "words"), FRAMES)
def test_frame_has_its_part_alone_with_its_source(
    page: Callable[[str], Element], path: str, words: str
) -> None:
    found = page(path)
    assert words in " ".join(found.text.split())
    assert not found.find("form") and not found.find("nav") and not found.find("header")
    footer = found.one("footer")
    plain = path.removeprefix("/embed").partition("?")[0]
    assert footer.find("a")[0].attributes["href"].partition("?")[0] == plain
    assert found.one("base").attributes == {"target": "_blank"}


def test_any_site_may_frame_an_embed_and_no_other_page(client: FlaskClient) -> None:
    assert client.get("/embed/case-studies").headers["Content-Security-Policy"] == EMBED_POLICY
    assert "frame-ancestors *" in EMBED_POLICY and "form-action 'none'" in EMBED_POLICY
    for path in ("/case-studies", "/embed?page=/case-studies", "/oembed", "/"):
        assert client.get(path).headers["Content-Security-Policy"] == DEFAULT_POLICY, path
    assert "frame-ancestors 'none'" in DEFAULT_POLICY


def test_frame_shows_as_many_rows_as_the_page_and_says_so(client: FlaskClient) -> None:
    text = client.get("/embed/case-studies?page=2&size=1").text
    assert "2 to 2; <a href" in text and ">all 2</a>" in text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/embed/about", 404, "/about cannot be embedded. Lists, saved queries"),
        ("/embed/sparql?query=ASK{}", 404, "cannot be embedded"),
        ("/embed/embed/case-studies", 404, "cannot be embedded"),
        ("/embed/case-studies/alpha.ttl", 404, "cannot be embedded"),
        ("/embed/queries/by-keyword.rq", 404, "cannot be embedded"),
        ("/embed/queries/by-keyword?format=csv", 404, "cannot be embedded"),
        ("/embed/case-studies?embed-part=chart", 400, "the first can be list"),
        ("/embed/case-studies?embed-theme=pink", 400, "the second auto, light, dark"),
        ("/embed/case-studies/nothing", 404, "The graph says nothing about"),
        ("/embed/queries/by-keyword?colour=red", 400, "colour"),
        ("/embed/case-studies?keyword=%FF", 400, "not UTF-8"),
        ("/embed?page=/about", 404, "cannot be embedded"),
        ("/embed", 404, "cannot be embedded"),
        ("/embed?page=/case-studies&embed-part=map", 400, "the first can be list"),
        ("/oembed?url=https://example.org/case-studies", 404, "is no address of this site"),
        ("/oembed?url=http://localhost/about", 404, "cannot be embedded"),
        ("/oembed?url=http://localhost/case-studies&format=pdf", 400, "can be json or xml"),
        ("/oembed?url=http://localhost/case-studies&maxwidth=9", 400, "pixels from 240"),
        ("/oembed?url=http://localhost/case-studies&maxheight=-1", 400, "pixels from 100"),
    ],
)
def test_what_cannot_be_embedded_is_told(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == status
    assert words in unescape(response.text)
    assert response.headers["Cache-Control"] == "no-store"
    if path.startswith("/embed/"):
        assert response.headers["Content-Security-Policy"] == EMBED_POLICY


def test_frames_are_only_read(client: FlaskClient) -> None:
    assert client.post("/embed/case-studies").status_code == 405
    with client.head("/embed/case-studies") as response:
        assert (response.status_code, response.data) == (200, b"")


def test_colours_can_be_those_of_one_theme(client: FlaskClient) -> None:
    assert '"light dark"' in client.get("/embed/case-studies").text
    text = client.get("/embed/case-studies?embed-theme=dark").text
    assert '<meta name="color-scheme" content="dark">' in text
    assert "/static/theme-dark.css" in text
    dark, light = (client.get(f"/static/theme-{name}.css").text for name in ("dark", "light"))
    assert "--bg: #0e121a" in dark and "--bg: #f5f7fa" in light
    for sheet, name in ((dark, "dark"), (light, "light")):
        assert sheet.count("{") == sheet.count("}") and "@media" not in sheet
        assert sheet.rstrip().endswith(f":root {{ color-scheme: {name} }}")
    assert client.get("/static/theme-pink.css").status_code == 404


def test_dialog_has_the_html_to_paste_and_a_preview(page: Callable[[str], Element]) -> None:
    found = page("/embed?page=/queries/by-keyword%3Fkeyword%3Dwellbeing&embed-part=chart")
    frame = found.one("iframe").attributes["src"]
    assert frame == "/embed/queries/by-keyword?keyword=wellbeing&embed-part=chart"
    html = found.one("pre").text
    assert f'<iframe src="http://localhost{frame.replace("&", "&amp;")}"' in html
    assert 'title="Case studies by keyword – Concordat knowledge graph"' in html
    assert f'height="{HEIGHT_BY_PART["chart"]}"' in html
    assert '<script async src="http://localhost/static/embed-size.js">' in html


def test_titles_are_escaped_in_the_html_to_paste(client: FlaskClient) -> None:
    answer = client.get("/oembed?url=http://localhost/case-studies/alpha").json
    assert answer is not None
    assert answer["title"].startswith("Alpha <b>bold</b>")
    assert "<b>" not in answer["html"] and "&lt;b&gt;bold" in answer["html"]


@pytest.mark.parametrize(
    "path",
    [
        "/case-studies?keyword=wellbeing",
        "/queries/by-keyword",
        "/coverage",
        "/organisations/durham-university",
        "/graphs/cards",
        "/things?iri=https://w3id.org/concordat-kg/id/case-study/alpha",
    ],
)
def test_pages_lead_to_their_oembed(
    page: Callable[[str], Element], client: FlaskClient, path: str
) -> None:
    links = [one.attributes for one in page(path).find("link")]
    found = next(one["href"] for one in links if one.get("type") == "application/json+oembed")
    answer = client.get(found).json
    assert answer is not None and (answer["type"], answer["version"]) == ("rich", "1.0")
    source = unescape(answer["html"]).partition('src="')[2].partition('"')[0]
    assert source.startswith(f"http://localhost/embed{path.partition('?')[0]}")
    assert client.get(source).status_code == 200
    assert answer["title"] != "Saved query"


def test_oembed_keeps_to_the_greatest_size_and_writes_xml(client: FlaskClient) -> None:
    path = "/oembed?url=http://localhost/embed/case-studies&maxwidth=300&maxheight=200"
    answer = client.get(path).json
    assert answer is not None and (answer["width"], answer["height"]) == (300, 200)
    assert 'width="300" height="200"' in answer["html"]
    root = ElementTree.fromstring(client.get(f"{path}&format=xml").data)
    assert {one.tag: one.text for one in root} == {name: str(v) for name, v in answer.items()}


def test_tags_of_a_page_and_its_frame_differ(client: FlaskClient) -> None:
    paths = ("/case-studies", "/embed/case-studies", "/embed/case-studies?embed-theme=dark")
    headers = {"Accept": "text/html"}
    tags = [client.get(path, headers=headers).headers["ETag"] for path in paths]
    assert len(set(tags)) == 3
    again = client.get(paths[1], headers={**headers, "If-None-Match": tags[1]})
    assert again.status_code == 304


@pytest.mark.browser
def test_frames_on_another_site_are_shown_and_as_high_as_their_content(
    browser: Browser, address: str, client: FlaskClient, tmp_path: Path
) -> None:
    paths = [path for path, _ in FRAMES if "nothing" not in path]
    snippets = []
    for path in paths:
        url = quote(f"http://localhost{path}", safe="")
        answer = client.get(f"/oembed?url={url}&maxheight=100").json
        assert answer is not None
        snippets.append(answer["html"].replace("http://localhost", address))
    eager = "\n".join(snippets).replace(' loading="lazy"', "")
    (tmp_path / "index.html").write_text(f"<!doctype html><meta charset=utf-8>{eager}", "utf-8")
    handler = partial(QuietHandler, directory=str(tmp_path))
    other = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=other.serve_forever).start()
    context = browser.new_context()
    view = context.new_page()
    errors: list[str] = []
    view.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)
    # The frames are looked at one by one, so that the page need not wait for all of them.
    view.goto(f"http://localhost:{other.server_port}/", wait_until="commit")
    for place, (path, words) in enumerate(FRAMES):
        frame = view.locator("iframe").nth(place)
        frame.scroll_into_view_if_needed()
        content = frame.content_frame
        expect(content.locator("main")).to_contain_text(words.partition(":")[0])
        height = content.locator("html").evaluate("it => it.getBoundingClientRect().height")
        expect(frame, path).to_have_attribute("height", str(-int(-height // 1)))
    context.close()
    other.shutdown()
    other.server_close()
    assert errors == []


@pytest.mark.browser
def test_button_opens_the_dialog(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)
    view = context.new_page()
    view.goto("/case-studies?keyword=wellbeing")
    view.get_by_role("link", name="Embed").click()
    dialog = view.get_by_role("dialog")
    expect(dialog.locator("pre")).to_contain_text("/embed/case-studies?keyword=wellbeing")
    expect(dialog.locator("iframe").content_frame.locator("h1")).to_contain_text("1 case study")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    context.close()


class QuietHandler(SimpleHTTPRequestHandler):
    """A handler of files that writes no log."""

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""
