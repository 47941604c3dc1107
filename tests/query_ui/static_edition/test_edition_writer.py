"""A static edition of the small graph: whole, without dead links, scripts and forms."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from loader.errors import BuildError, UsageError
from query_ui.static_edition.edition_writer import EditionSummary, write_edition
from query_ui.static_edition.page_addresses import NOTE_FILE, ORIGIN, name_file


class Links(HTMLParser):
    """The elements of a page, and the addresses that it links to or loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [
            value for name, value in attrs if name in ("href", "src", "action") and value
        ]


@pytest.fixture(scope="module")
def edition(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, EditionSummary]:
    folder = tmp_path_factory.mktemp("static") / "site"
    return folder, write_edition(app.wsgi_app, folder, "/kg")


def read_pages(folder: Path) -> dict[Path, Links]:
    pages = [page for page in folder.rglob("*.html") if page.name != "404.html"]
    return {page: Links(page.read_text("utf-8")) for page in pages}


def test_every_link_leads_to_a_file_of_the_edition(edition: tuple[Path, EditionSummary]) -> None:
    folder = edition[0]
    followed = 0
    for page, links in read_pages(folder).items():
        for address in links.addresses:
            parts = urlsplit(address)
            if parts.scheme or address.startswith("#"):
                assert not address.startswith(ORIGIN), (page, address)
                continue
            assert not parts.query, (page, address)
            assert not address.startswith("/"), (page, address)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.is_relative_to(folder.resolve()), (page, address)
            assert target.is_file(), (page, address)
            followed += 1
    assert followed > len(read_pages(folder))


def test_no_page_needs_a_script_or_sends_a_form(edition: tuple[Path, EditionSummary]) -> None:
    for page, links in read_pages(edition[0]).items():
        assert not links.tags & {"script", "form", "button"}, page
    assert "Search and forms need the service" in (edition[0] / "index.html").read_text("utf-8")


def test_pages_say_what_those_of_the_service_say(
    edition: tuple[Path, EditionSummary], app: Flask
) -> None:
    page = (edition[0] / "case-studies" / "alpha" / "index.html").read_text("utf-8")
    with app.test_client().get("/case-studies/alpha", buffered=True) as response:
        title = response.get_data(as_text=True).partition("<h1")[2].partition("</h1>")[0]
    assert title
    assert title in page


def test_downloads_are_those_of_the_service(
    edition: tuple[Path, EditionSummary], app: Flask
) -> None:
    for name in ("case-studies/alpha.ttl", "case-studies.csv"):
        with app.test_client().get(f"/{name}", base_url=ORIGIN, buffered=True) as response:
            assert (edition[0] / name).read_bytes() == response.data


def test_the_summary_counts_the_files(edition: tuple[Path, EditionSummary]) -> None:
    folder, summary = edition
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert summary.pages == sum(path.suffix == ".html" for path in files)
    assert summary.pages + summary.downloads == len(files)
    assert summary.size == sum(path.stat().st_size for path in files)
    assert summary.left_out > 0


def test_the_page_for_missing_addresses_links_from_the_base_path(
    edition: tuple[Path, EditionSummary],
) -> None:
    links = Links((edition[0] / "404.html").read_text("utf-8")).addresses
    assert set(links) == {"/kg/", f"/kg/{NOTE_FILE}", "/kg/static/site.css"}


def test_a_folder_with_files_is_refused(tmp_path: Path, app: Flask) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="not an empty folder"):
        write_edition(app.wsgi_app, tmp_path, "/")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_page_that_fails_leaves_no_edition(tmp_path: Path) -> None:
    @Request.application
    def fail_on_second_page(request: Request) -> Response:
        if request.path == "/second":
            return Response("no", status=500)
        return Response('<a href="/second">Next</a>', mimetype="text/html")

    with pytest.raises(BuildError, match="answers 500 at /second"):
        write_edition(fail_on_second_page, tmp_path / "site", "/")
    assert list(tmp_path.iterdir()) == []


def test_redirects_lead_to_the_page_and_its_place(tmp_path: Path) -> None:
    @Request.application
    def redirect_to_place(request: Request) -> Response:
        if request.path == "/id/action/a":
            return Response(status=303, headers={"Location": "/plan#a"})
        text = '<a href="/id/action/a">An action</a><a href="/sparql?query=x">Ask</a>'
        return Response(text, mimetype="text/html")

    write_edition(redirect_to_place, tmp_path / "site", "/")
    links = Links((tmp_path / "site" / "index.html").read_text("utf-8")).addresses
    assert links == ["plan/index.html#a", NOTE_FILE]
    assert Client(redirect_to_place).get("/plan").status_code == 200


@pytest.mark.parametrize(
    ("address", "media_type", "file"),
    [
        ("/", "text/html", "index.html"),
        ("/case-studies?page=2", "text/html", "case-studies/page-2/index.html"),
        ("/case-studies/a.ttl", "text/turtle", "case-studies/a.ttl"),
        ("/a/%2e%2e/%2e%2e/etc.csv", "text/csv", None),
        ("/.well-known/void", "text/turtle", None),
    ],
)
def test_each_address_has_a_file_inside_the_folder(
    address: str, media_type: str, file: str | None
) -> None:
    assert name_file(address, media_type) == file
