"""Every page that a visitor can reach: it is there, whole, and its numbers are true."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin

import pytest
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

LOADING = {"img": "src", "script": "src", "iframe": "src", "source": "src", "video": "src"}


@pytest.fixture(scope="module")
def crawled(app) -> dict[str, Element]:  # type: ignore[no-untyped-def]
    """Every page reached from the home page by links, queries with an answer left out."""
    client: FlaskClient = app.test_client()
    pages: dict[str, Element] = {}
    downloads: set[tuple[str, ...]] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        kind = name_download(path)
        if path in pages or kind in downloads:
            continue
        downloads |= {kind} if kind else set()
        response = client.get(path, headers={"Accept": BROWSER})
        assert response.status_code == 200, (path, response.text[:300])
        if response.mimetype == "text/html":
            pages[path] = parsed(response.text)
            waiting += [link for link in links(path, pages[path]) if not asks(link)]
        else:
            pages[path] = Element("data", {})
    return pages


def name_download(path: str) -> tuple[str, ...]:
    """What tells the files of a narrowed list apart except its values; () of anything else.

    One file is fetched of each: there are more than a thousand, and ``test_list_downloads.py``
    holds them against their lists.
    """
    file, _, query = path.partition("?")
    if not query or "." not in file.rpartition("/")[2]:
        return ()
    return file, *sorted({name for name, _ in parse_qsl(query)})


def links(path: str, page: Element) -> Iterator[str]:
    """The links of a page that stay on the site, without fragments.

    Of narrowed lists those that narrow them further are left out: there is no end of them. The
    guides link to the shipped data, which ``test_help.py`` follows.
    """
    for a in page.find("a"):
        if "?" in path and a.attributes.get("rel") == "nofollow":
            continue
        address = urljoin(path, a.attributes["href"]).partition("#")[0]
        is_of_guide = path.startswith("/help/") and not address.startswith("/help")
        if address.startswith("/") and not is_of_guide:
            yield address


def asks(link: str) -> bool:
    return link.startswith(("/sparql?", "/page-queries/"))


def test_crawl_reaches_every_kind_of_page(crawled: dict[str, Element]) -> None:
    reached = {path.partition("?")[0] for path in crawled}
    assert {
        "/case-studies/alpha",
        "/case-studies/cards-2",
        "/initiatives/pledge",
        "/organisations/icr",
        "/things/commitment/pledge-data",
        "/things/claim/pledge-1",
        "/things/issue/untitled-1",
        "/things/membership/durham-n8",
        "/concepts/keywords/training",
        "/concepts/principles/eci1",
        "/graphs/catalogue",
        "/queries/by-keyword",
        "/sparql",
        "/ontology",
        "/case-studies/alpha.ttl",
        "/queries/by-keyword.csv",
    } <= reached


def test_every_number_is_what_its_query_gives(
    crawled: dict[str, Element], client: FlaskClient
) -> None:
    numbers = {
        (a.attributes["data-sparql"], a.attributes["data-value"], a.text.replace(",", ""))
        for page in crawled.values()
        for a in page.find("a", "number")
    }
    assert len(numbers) > 30
    for address, value, shown in numbers:
        assert value == shown
        response = client.get(
            address, headers={"Accept": "application/json"}, follow_redirects=True
        )
        (row,) = json.loads(response.data)["results"]["bindings"]
        ((_, cell),) = row.items()
        assert cell["value"] == shown, address


def test_every_fragment_leads_to_a_place(crawled: dict[str, Element]) -> None:
    ontology = {e.attributes["id"] for e in crawled["/ontology"].find() if "id" in e.attributes}
    wanted = {
        a.attributes["href"].partition("#")[2]
        for page in crawled.values()
        for a in page.find("a")
        if a.attributes["href"].startswith("/ontology#")
    }
    assert "CaseStudy" in wanted & ontology


def test_pages_load_nothing_from_elsewhere(crawled: dict[str, Element]) -> None:
    loaded: list[str] = []
    for path, page in crawled.items():
        loaded += [
            e.attributes[at]
            for tag, at in LOADING.items()
            for e in page.find(tag)
            if not e.attributes.get("type", "").endswith("json")
        ]
        loaded += [
            e.attributes["href"]
            for e in page.find("link")
            if e.attributes["rel"] in ("stylesheet", "icon", "preload")
        ]
        assert not page.find("style")
        if any("bundle" in s.attributes.get("src", "") for s in page.find("script")):
            assert page.find("form", "editor"), path
        assert not [e for e in page.find() if "style" in e.attributes or "onclick" in e.attributes]
    bundle = {"/static/bundle/editor.css", "/static/bundle/editor.js"}
    names = ("search", "tree", "filter", "controls", "contribute", "coverage")
    small = {f"/static/{name}.js" for name in names}
    inside = ("/help/pictures/", "/embed/")
    loaded = [path.partition("?")[0] for path in loaded if not path.startswith(inside)]
    sheets = {"/static/site.css", "/static/embed.css"}
    assert set(loaded) - bundle - small == {*sheets, "/static/mark.svg"}


def test_every_page_has_a_title_one_heading_and_labelled_fields(
    crawled: dict[str, Element],
) -> None:
    for path, page in crawled.items():
        if page.tag == "data":
            continue
        assert page.one("title").text, path
        assert len(page.find("h1")) == 1, path
        labels = page.find("label")
        labelled = {label.attributes["for"] for label in labels if "for" in label.attributes}
        inside = {id(one) for label in labels for one in label.find()}
        fields = [*page.find("input"), *page.find("select"), *page.find("textarea")]
        for field in fields:
            is_hidden = field.attributes.get("type") == "hidden"
            is_labelled = (
                id(field) in inside
                or field.attributes.get("id") in labelled
                or "aria-label" in field.attributes
            )
            assert is_hidden or is_labelled, (path, field.attributes)
        ids = [e.attributes["id"] for e in page.find() if "id" in e.attributes]
        assert len(ids) == len(set(ids)), path


def test_text_of_a_source_never_becomes_markup(crawled: dict[str, Element]) -> None:
    for path, page in crawled.items():
        assert not [b for b in page.find("b") if "bold" in b.text], path


def test_every_page_is_small_on_its_way(crawled: dict[str, Element], client: FlaskClient) -> None:
    pages = [path for path, page in crawled.items() if page.tag != "data"]
    for path in pages:
        answer = client.get(path, headers={"Accept": BROWSER, "Accept-Encoding": "gzip"})
        assert len(answer.data) < 100_000, path
