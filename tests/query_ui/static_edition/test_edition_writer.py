"""A static edition of the small graph: whole, without dead links, scripts and forms."""

import gzip
import json
import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from loader.errors import BuildError, UsageError
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.page_queries import GRAPH_EXTENSION
from query_ui.static_edition.edition_writer import (
    EditionOptions,
    EditionSource,
    EditionSummary,
    write_edition,
)
from query_ui.static_edition.list_data import sort_offered
from query_ui.static_edition.page_addresses import LISTS, NOTE_FILE, ORIGIN, name_file

SCRIPTS = tuple(
    f"edition-{name}" for name in ("compare", "due", "editor", "fields", "list", "query", "search")
)


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
def quads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("quads") / "graph.nq"
    path.write_text("<urn:s> <urn:p> <urn:o> <urn:g> .\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def edition(
    app: Flask, quads: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, EditionSummary]:
    """An edition with scripts, which are empty files here."""
    bundle = tmp_path_factory.mktemp("bundle")
    for name in SCRIPTS:
        (bundle / f"{name}.js").write_text("", "utf-8")
    (bundle / "editor.css").write_text("", "utf-8")
    folder = tmp_path_factory.mktemp("static") / "site"
    return folder, write_edition(build_source(app, quads, bundle), folder, EditionOptions("/kg"))


@pytest.fixture(scope="module")
def scripted(edition: tuple[Path, EditionSummary]) -> Path:
    return edition[0]


def build_source(app: Flask, quads: Path, bundle: Path | None = None) -> EditionSource:
    return EditionSource(app.wsgi_app, app.extensions[GRAPH_EXTENSION], quads, bundle)


def read_pages(folder: Path) -> dict[Path, Links]:
    pages = [page for page in folder.rglob("*.html") if page.name != "404.html"]
    return {page: Links(page.read_text("utf-8")) for page in pages}


def test_each_page_has_the_icons_that_it_shows(scripted: Path) -> None:
    shown = 0
    for page in scripted.rglob("*.html"):
        text = page.read_text("utf-8")
        used = set(re.findall(r'<use href="([^"]*)"', text))
        symbols = re.findall(r'<symbol id="([^"]+)"', text)
        assert used == {f"#{name}" for name in symbols}, page
        assert len(symbols) == len(set(symbols)), page
        shown += len(used)
    assert shown > 100


def test_every_link_leads_to_a_file_of_the_edition(edition: tuple[Path, EditionSummary]) -> None:
    folder = edition[0]
    followed = 0
    for page, links in read_pages(folder).items():
        for address in links.addresses:
            parts = urlsplit(address)
            if parts.scheme or address.startswith("#"):
                assert not address.startswith(ORIGIN), (page, address)
                continue
            assert not address.startswith("/"), (page, address)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.is_relative_to(folder.resolve()), (page, address)
            assert target.is_file(), (page, address)
            followed += 1
    assert followed > len(read_pages(folder))


def test_without_the_bundle_no_page_has_a_script_or_a_form(
    tmp_path: Path, app: Flask, quads: Path
) -> None:
    @Request.application
    def show_form(request: Request) -> Response:
        text = (
            '<html><head><script src="/static/controls.js"></script></head><body><main class="wrap"'
            ' id="main"><form action="/search"><input name="q"><button>Find</button></form>'
            '<a href="/case-studies?keyword=x">12</a></main></body></html>'
        )
        return Response(text, mimetype="text/html")

    source = replace(build_source(app, quads), application=show_form)
    write_edition(source, tmp_path / "site")
    for page, links in read_pages(tmp_path / "site").items():
        assert not links.tags & {"script", "form", "button"}, page
        assert not any("?" in address for address in links.addresses), page
    text = (tmp_path / "site" / "about" / "index.html").read_text("utf-8")
    assert "This form needs the service" in text
    assert "without the script bundle" in (tmp_path / "site" / NOTE_FILE).read_text("utf-8")


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
    own = [link for link in links if not link.startswith(("#", "https://"))]
    assert {"/kg/index.html", f"/kg/{NOTE_FILE}", "/kg/static/site.css"} <= set(own)
    assert all(link.startswith("/kg/") for link in own), own


def test_a_folder_with_files_is_refused(tmp_path: Path, app: Flask, quads: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="not an empty folder"):
        write_edition(build_source(app, quads), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_page_that_fails_leaves_no_edition(tmp_path: Path, app: Flask, quads: Path) -> None:
    @Request.application
    def fail_on_second_page(request: Request) -> Response:
        if request.path == "/second":
            return Response("no", status=500)
        return Response('<a href="/second">Next</a>', mimetype="text/html")

    source = replace(build_source(app, quads), application=fail_on_second_page)
    with pytest.raises(BuildError, match="answers 500 at /second"):
        write_edition(source, tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_redirects_lead_to_the_page_and_its_place(tmp_path: Path, app: Flask, quads: Path) -> None:
    @Request.application
    def redirect_to_place(request: Request) -> Response:
        if request.path == "/id/action/a":
            return Response(status=303, headers={"Location": "/plan#a"})
        text = '<a href="/id/action/a">An action</a><a href="/sparql?query=x">Ask</a>'
        return Response(text, mimetype="text/html")

    source = replace(build_source(app, quads), application=redirect_to_place)
    write_edition(source, tmp_path / "site")
    links = Links((tmp_path / "site" / "index.html").read_text("utf-8")).addresses
    assert links == ["plan/index.html#a", NOTE_FILE]
    assert Client(redirect_to_place).get("/plan").status_code == 200


CITED = """<main class="wrap" id="main"><a href="/a b">A</a><p class="small cite">“A &amp; B”, data
version 1. http://127.0.0.1:8000{path}</p><pre>curl http://127.0.0.1:8000/sparql</pre></main>"""


@pytest.mark.parametrize(
    ("public_url", "path", "expected"),
    [
        ("https://example.org/kg", "/about", "https://example.org/kg/about/</p>"),
        ("https://example.org/kg", "/doctor", "[address of this page]</p>"),
        ("", "/about", "[address of this page]</p>"),
    ],
)
def test_a_citation_names_the_public_address_or_asks_for_it(  # noqa: PLR0913 (fixtures)
    tmp_path: Path, app: Flask, quads: Path, public_url: str, path: str, expected: str
) -> None:
    @Request.application
    def cite(request: Request) -> Response:
        return Response(CITED.format(path=path), mimetype="text/html")

    source = replace(build_source(app, quads), application=cite)
    write_edition(source, tmp_path / "site", EditionOptions(public_url=public_url))
    text = (tmp_path / "site" / "about" / "index.html").read_text("utf-8")
    assert f"version 1. {expected}" in text
    assert ("does not know its own address" in text) == expected.startswith("[")
    assert f"curl {ORIGIN}/sparql" in text
    sitemap = tmp_path / "site" / "sitemap.xml"
    assert sitemap.exists() == bool(public_url)
    if public_url:
        found = re.findall("<loc>(.*?)</loc>", sitemap.read_text("utf-8"))
        assert {f"{public_url}/", f"{public_url}/a%20b/", f"{public_url}/about/"} <= set(found)


def test_links_with_a_question_lead_to_the_page_whose_script_answers(scripted: Path) -> None:
    found: dict[str, set[str]] = {}
    for page, links in read_pages(scripted).items():
        for address in links.addresses:
            parts = urlsplit(address)
            if parts.query and not parts.scheme:
                target = (page.parent / unquote(parts.path)).resolve()
                name = target.relative_to(scripted.resolve()).as_posix()
                found.setdefault(name, set()).add(parts.query)
    assert "type=CaseStudy" in " ".join(found.get("case-studies/filter/index.html", set())) or any(
        "keyword=" in query for query in found["case-studies/filter/index.html"]
    )
    assert any(query.startswith("page-query=") for query in found["sparql/index.html"])
    assert all(
        name.endswith(("filter/index.html", "values/index.html"))
        or name in [f"{one}/index.html" for one in ("sparql", "search", "due", "compare")]
        for name in found
    ), sorted(found)


def test_each_list_has_its_filters_and_no_count_leads_to_what_is_missing(scripted: Path) -> None:
    lists = [path[1:] for path in LISTS if (scripted / path[1:] / "index.html").is_file()]
    assert {"practices", "case-studies", "organisations"} <= set(lists)
    followed = 0
    for name in lists:
        assert (scripted / name / "filter" / "index.html").is_file(), name
        text = (scripted / name / "index.html").read_text("utf-8")
        for link in re.findall(r'<a class="number"[^>]* href="([^"]*)"', text):
            assert "static-edition" not in link, (name, link)
            followed += 1
    assert followed > 0


def test_evidence_and_years_keep_their_order() -> None:
    evidence, year, kind = (FACET_BY_NAME[name] for name in ("evidence", "year", "kind"))
    levels = [evidence.value(level) for level in ("take-up-figures", "control-group")]
    assert sort_offered(evidence, levels, [0, 1]) == [1, 0]
    assert sort_offered(year, ["2019", "2024", "2020"], [0, 1, 2]) == [1, 2, 0]
    assert sort_offered(kind, ["b", "a"], [1, 0]) == [1, 0]


def test_a_page_that_cannot_answer_the_fields_of_its_address_leads_to_one_that_does(
    scripted: Path,
) -> None:
    pages = {
        page.relative_to(scripted).as_posix(): found[1]
        for page in scripted.rglob("*.html")
        if (found := re.search('name="answering-page" content="([^"]*)"', page.read_text("utf-8")))
    }
    assert pages["organisations/index.html"] == "filter/index.html"
    assert pages["queries/members/index.html"] == "values/index.html"
    for name, target in pages.items():
        assert (scripted / name).parent.joinpath(target).is_file(), name
    assert not any("filter" in name or "values" in name or "page-2" in name for name in pages)
    assert "about/index.html" not in pages


def test_pages_with_scripts_say_what_they_need_without(scripted: Path) -> None:
    pages = ["search/index.html", "sparql/index.html", "case-studies/filter/index.html"]
    pages += ["due/index.html", "compare/index.html"]
    pages += [str(one.relative_to(scripted)) for one in scripted.glob("queries/*/values/*.html")]
    assert len(pages) > 4
    for name in pages:
        text = (scripted / name).read_text("utf-8")
        assert "python -m http.server" in text, name
        assert "'wasm-unsafe-eval'" in text, name


def test_a_list_as_data_has_the_cards_and_counts_of_the_service(scripted: Path, app: Flask) -> None:
    data = json.loads((scripted / "static-edition" / "lists" / "case-studies.json").read_text())
    with app.test_client().get("/case-studies.json?size=1000", buffered=True) as response:
        items = response.get_json()["items"]
    assert len(data["items"]) == len(items) > 1
    ordered = [data["items"][place] for place in data["orders"][data["defaultSort"]]]
    for card, item in zip(ordered, items, strict=True):
        assert escape(item["label"]) in card
    keyword = next(facet for facet in data["facets"] if facet["name"] == "keyword")
    column = data["columns"][keyword["column"]]
    for place in keyword["offered"]:
        key = column["values"][place].removeprefix(keyword["namespace"])
        address = f"/case-studies.json?keyword={key}&size=1000"
        with app.test_client().get(address, buffered=True) as response:
            assert response.get_json()["total"] == sum(place in one for one in column["items"])


def test_search_documents_have_files_and_the_data_its_quads(scripted: Path, quads: Path) -> None:
    documents = json.loads((scripted / "static-edition" / "search.json").read_text("utf-8"))
    for document in documents:
        assert (scripted / document["path"][1:].partition("#")[0]).is_file(), document
    assert {"Case studies", "Saved queries"} <= {one["kind"] for one in documents}
    packed = (scripted / "static-edition" / "graph.nq.gz").read_bytes()
    assert gzip.decompress(packed) == quads.read_bytes()


def test_the_page_of_what_falls_due_has_no_day_of_its_writing(scripted: Path) -> None:
    text = (scripted / "due" / "index.html").read_text("utf-8")
    assert re.search('<input[^>]* id="from"|<input id="from"', text)
    assert not re.search(r'value="\d{4}-\d\d-\d\d"', text)
    tabs = Links((scripted / "organisations" / "index.html").read_text("utf-8")).addresses
    assert "../due/index.html" in tabs


@pytest.mark.parametrize(
    ("address", "media_type", "file"),
    [
        ("/", "text/html", "index.html"),
        ("/case-studies?page=2", "text/html", "case-studies/page-2/index.html"),
        ("/initiatives?size=20&page=2", "text/html", "initiatives/size-20_page-2/index.html"),
        ("/case-studies/a.ttl", "text/turtle", "case-studies/a.ttl"),
        (
            "/coverage?rows=kind&columns=year",
            "text/html",
            "coverage/rows-kind_columns-year/index.html",
        ),
        ("/coverage.csv?rows=kind", "text/csv", "rows-kind/coverage.csv"),
        ("/a/%2e%2e/%2e%2e/etc.csv", "text/csv", None),
        ("/.well-known/void", "text/turtle", None),
    ],
)
def test_each_address_has_a_file_inside_the_folder(
    address: str, media_type: str, file: str | None
) -> None:
    assert name_file(address, media_type) == file
