"""A static edition in a browser, served as plain files from a folder below the root of the host."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pyoxigraph
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pyoxigraph import Literal

from loader.queries.parameter_binding import bind_parameters
from loader.queries.rewrite import strip_annotations
from loader.queries.saved_query import SavedQuery
from query_ui.graph.page_queries import GRAPH_EXTENSION
from query_ui.static_edition.edition_writer import EditionOptions, EditionSource, write_edition
from tests.conftest import PROJECT, Built
from tests.query_ui.site.small import parsed

pytestmark = pytest.mark.browser
BASE_PATH = "/research/kg"
SET_TEXT = "text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    handler = partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{BASE_PATH}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def bundle() -> Path:
    found = PROJECT / "query_ui" / "static" / "bundle"
    if not (found / "engine-worker.js").is_file():
        pytest.skip("the script bundle was not made (`make bundle`, which needs npm)")
    return found


@pytest.fixture(scope="module")
def site(
    app: Flask,
    store: pyoxigraph.Store,
    bundle: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of an edition of the small graph."""
    root = tmp_path_factory.mktemp("host")
    quads = root / "graph.nq"
    store.dump(str(quads), format=pyoxigraph.RdfFormat.N_QUADS)
    source = EditionSource(app.wsgi_app, app.extensions[GRAPH_EXTENSION], quads, bundle)
    write_edition(source, root.joinpath(*BASE_PATH[1:].split("/")), EditionOptions(BASE_PATH))
    with serve_folder(root) as address:
        yield address


@pytest.fixture
def view(browser: Browser) -> Iterator[Page]:
    """A page whose scripts may make no mistake and send nothing to another host."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on(
        "request",
        lambda one: (
            None
            if one.url.startswith(("http://127.0.0.1", "data:", "blob:"))
            else said.append(one.url)
        ),
    )
    yield page
    context.close()
    assert said == []


def test_filters_show_what_the_service_shows(view: Page, site: str, app: Flask) -> None:
    view.goto(f"{site}/case-studies/index.html")
    form = view.get_by_role("form", name="Filters")
    form.get_by_label("Wellbeing", exact=True).check()
    form.get_by_role("button", name="Show results").click()
    assert "/case-studies/filter/index.html?" in view.url
    with app.test_client().get("/case-studies.json?keyword=wellbeing", buffered=True) as response:
        items = response.get_json()["items"]
    expect(view.locator("#results-heading")).to_have_text(f"{len(items)} of 2 case study")
    expect(view.locator("ul.cards > li")).to_have_count(len(items))
    expect(view.locator("ul.cards > li h3 a")).to_have_text([one["label"] for one in items])
    view.locator("ul.cards > li h3 a").first.click()
    expect(view.locator("h1")).to_contain_text(items[0]["label"])
    view.go_back()
    for place, number in enumerate((len(items), 2)):
        view.locator("#results-heading a.number").nth(place).click()
        expect(view.locator("#answer .answer-table tbody td")).to_have_text(f"{number} xsd:integer")
        view.go_back()


def test_fields_in_the_address_of_a_list_or_a_query_are_answered(view: Page, site: str) -> None:
    view.goto(f"{site}/organisations/index.html")
    view.get_by_label("Find in this list").fill("durham")
    view.keyboard.press("Enter")
    expect(view.locator("ul.cards > li")).to_have_count(1)
    typed = view.locator("#results").inner_text()
    view.goto(f"{site}/organisations/?q=durham&utm_source=letter")
    expect(view.locator("#results-heading")).to_contain_text("1 of")
    assert view.locator("#results").inner_text() == typed
    expect(view.get_by_label("Find in this list")).to_have_value("durham")
    view.goto(f"{site}/queries/members/?consortium=n8")
    expect(view.locator("#answer .answer-table tbody tr").first).to_be_visible()
    assert "/queries/members/values/index.html?consortium=n8" in view.url


def test_a_phone_opens_the_filters_of_a_list_by_a_button(view: Page, site: str) -> None:
    view.set_viewport_size({"width": 390, "height": 800})
    view.goto(f"{site}/case-studies/filter/index.html?keyword=wellbeing")
    form = view.get_by_role("form", name="Filters")
    expect(view.locator("#results-heading")).to_be_visible()
    expect(form).to_be_hidden()
    view.get_by_role("link", name="Filters", exact=True).click()
    expect(form).to_be_visible()
    form.get_by_role("link", name="Close").click()
    expect(form).to_be_hidden()


def test_an_unknown_filter_is_told_and_shows_no_list(view: Page, site: str) -> None:
    view.goto(f"{site}/case-studies/filter/index.html?keyword=no-such-thing")
    expect(view.get_by_role("alert")).to_contain_text("has no value “no-such-thing”")
    expect(view.locator("ul.cards")).to_have_count(0)


@pytest.mark.parametrize("path", ["organisations", "organisations/filter"])
def test_institutions_ticked_in_a_list_are_compared(view: Page, site: str, path: str) -> None:
    view.goto(f"{site}/{path}/index.html")
    boxes = view.locator(".compare input")
    boxes.nth(0).check()
    boxes.nth(1).check()
    labels = view.locator(".compare label").all_inner_texts()
    names = [one.removeprefix("Compare").strip() for one in labels[:2]]
    view.get_by_role("button", name="Compare", exact=True).click()
    assert "/compare/index.html?organisation=" in view.url
    heads = view.get_by_role("region", name="Table of numbers").locator("tbody th")
    expect(heads).to_have_text(names)


def test_search_from_any_page_leads_to_the_page_of_what_is_found(view: Page, site: str) -> None:
    view.goto(f"{site}/case-studies/alpha/index.html")
    view.locator("#q").fill("durham")
    view.keyboard.press("Enter")
    expect(view.locator("#search-results h1")).to_have_text("Results for “durham”")
    view.locator("#search-results h3 a", has_text="Durham University").first.click()
    expect(view.locator("h1")).to_contain_text("Durham University")


def test_a_number_leads_to_its_query_whose_result_is_the_number(view: Page, site: str) -> None:
    view.goto(
        f"{site}/sparql/index.html?page-query=count-of-class&class=ckg:CaseStudy&keyword=wellbeing"
    )
    expect(view.locator("#answer .answer-table tbody td")).to_have_text("1 xsd:integer")
    expect(view.locator("form.editor")).to_contain_text("COUNT")


def test_a_saved_query_runs_with_values(view: Page, site: str, app: Flask) -> None:
    view.goto(f"{site}/queries/members/index.html")
    form = view.get_by_role("form", name="Values")
    form.locator("[name=consortium]").fill("n8")
    form.get_by_role("button", name="Run query").click()
    assert "/queries/members/values/index.html?consortium=n8" in view.url
    with app.test_client().get("/queries/members.nt?consortium=n8", buffered=True) as response:
        rows = response.get_data(as_text=True).splitlines()
    expect(view.locator("#answer .answer-table tbody tr")).to_have_count(len(rows))
    expect(form.locator("[name=consortium]")).to_have_value("n8")
    assert rows


def test_a_mistake_is_told_with_its_place_and_the_next_query_runs(view: Page, site: str) -> None:
    view.goto(f"{site}/sparql/index.html?query=SELECT+*+%7B")
    expect(view.get_by_role("alert")).to_contain_text("line 1, column 11")
    view.goto(f"{site}/sparql/index.html?query=ASK+%7B%7D")
    expect(view.locator("#answer")).to_contain_text("Yes (true)")


def test_without_scripts_no_page_shows_a_wrong_list_or_result(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    view = context.new_page()
    for path in (
        "case-studies/filter/index.html?keyword=wellbeing",
        "queries/members/values/index.html?consortium=n8",
        "search/index.html?q=alpha",
        "due/index.html?from=2020-01-01",
        "compare/index.html?organisation=a&organisation=b",
        "sparql/index.html?query=ASK+%7B%7D",
    ):
        view.goto(f"{site}/{path}")
        expect(view.locator("#needs-scripts")).to_contain_text("python -m http.server")
        expect(view.locator("ul.cards, table")).to_have_count(0)
    context.close()


def answer_only(application: WSGIApplication, prefixes: tuple[str, ...]) -> WSGIApplication:
    """The application for some paths alone: an edition of these is made in seconds."""

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> object:
        path = environ["PATH_INFO"]
        is_page = path.startswith(prefixes) and "." not in path
        is_needed = path in ("/", "/about", "/sparql/terms.json") or path.startswith("/static/")
        if is_page or is_needed:
            return application(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]

    return respond  # type: ignore[return-value]


@pytest.fixture(scope="module")
def shipped_site(
    shipped: Built, shipped_app: Flask, bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of an edition of some pages of the project's own data, with all statements."""
    root = tmp_path_factory.mktemp("shipped-host")
    graph = shipped_app.extensions[GRAPH_EXTENSION]
    quads = shipped[1].release.graph
    paths = ("/queries/", "/sparql", "/due", "/compare")
    source = EditionSource(answer_only(shipped_app.wsgi_app, paths), graph, quads, bundle)
    write_edition(source, root.joinpath(*BASE_PATH[1:].split("/")), EditionOptions(BASE_PATH))
    with serve_folder(root) as address:
        yield address


def read_rows(html: str) -> list[list[str]]:
    """The cells of all rows in the bodies of the tables of a page."""
    rows = [row for body in parsed(html).find("tbody") for row in body.find("tr")]
    return [[cell.text for cell in row.find() if cell.tag in ("td", "th")] for row in rows]


@pytest.mark.long
@pytest.mark.parametrize(
    "fields",
    [
        "",
        "organisation=University+of+Liverpool&from=2000-01-01",
        "register=researcher-development-concordat&from=2024-02-01&to=2031-06-30",
        "group=n8-research-partnership&from=2015-01-01",
        "from=2010-01-01&page=2",
    ],
)
def test_what_falls_due_is_what_the_service_lists(
    view: Page, shipped_site: str, shipped_app: Flask, fields: str
) -> None:
    with shipped_app.test_client().get(f"/due?{fields}", buffered=True) as response:
        expected = read_rows(response.get_data(as_text=True))
    view.goto(f"{shipped_site}/due/index.html?{fields}")
    expect(view.get_by_role("heading", name="Dates without a later record")).to_be_visible()
    assert read_rows(view.content()) == expected
    assert len(expected) > 3
    if not fields:
        view.get_by_role("searchbox", name="Institution").fill("no such place")
        view.get_by_role("button", name="Show results").click()
        expect(view.get_by_role("alert")).to_contain_text("No institution is called")
        expect(view.locator("table")).to_have_count(0)


@pytest.mark.long
def test_institutions_are_compared_as_by_the_service(
    view: Page, shipped_site: str, shipped_app: Flask
) -> None:
    fields = "organisation=university-of-york&organisation=university-of-leeds"
    client = shipped_app.test_client()
    with client.get(f"/compare?{fields}", buffered=True) as response:
        expected = read_comparison(response.get_data(as_text=True))
    with client.get(f"/compare.csv?{fields}", buffered=True) as response:
        table = response.get_data(as_text=True)
    view.goto(f"{shipped_site}/compare/index.html?{fields}")
    expect(view.get_by_role("heading", name="In numbers")).to_be_visible(timeout=120_000)
    rows, shared = read_comparison(view.content())
    assert (rows, shared) == expected
    assert len(rows) > 10 and len(sum(shared, [])) > 20
    with view.expect_download() as saved:
        view.get_by_role("button", name="Download .csv").click()
    found = Path(saved.value.path()).read_bytes().decode()
    assert sorted(found.splitlines()) == sorted(table.splitlines())
    view.get_by_role("searchbox", name="Add an institution").fill("leeds")
    view.get_by_role("button", name="Compare").click()
    expect(view.get_by_role("alert")).to_contain_text("Which institution do you mean by “leeds”?")


def read_comparison(html: str) -> tuple[list[list[str]], list[list[str]]]:
    """The cells of the tables of a comparison, and the items that all or only one have."""
    page = parsed(html)
    rows = [
        [" ".join(cell.text.split()) for cell in row.find() if cell.tag in ("td", "th")]
        for body in page.find("tbody")
        for row in body.find("tr")
    ]
    chips = [
        [one.text for one in dd.find() if one.attributes.get("class") == "chip"]
        for dd in page.find("dd")
    ]
    return rows, chips


@pytest.mark.long
def test_every_saved_query_has_the_result_of_the_service(
    shipped_site: str, shipped_app: Flask, browser: Browser
) -> None:
    graph = shipped_app.extensions[GRAPH_EXTENSION]
    context = browser.new_context(accept_downloads=True)
    view = context.new_page()
    different = []
    view.goto(f"{shipped_site}/sparql/index.html?query=ASK+%7B%7D")
    expect(view.locator("#answer")).to_contain_text("Yes (true)", timeout=120_000)
    for name, query in graph.saved_queries.items():
        text = strip_annotations(bind_examples(query))
        expected = graph.engine.query(text)
        form = "nt" if expected.kind == "graph" else "json"
        view.evaluate(SET_TEXT, text)
        view.get_by_role("button", name="Run query").click()
        view.locator("form.editor[aria-busy=false]").wait_for(timeout=60_000)
        with view.expect_download() as saved:
            view.locator("#answer").get_by_role("button", name=form, exact=True).dispatch_event(
                "click"
            )
        found = Path(saved.value.path()).read_text("utf-8")
        if parse(found, form) != parse(expected.body.decode(), form):
            different.append(name)
    context.close()
    assert len(graph.saved_queries) > 90
    assert different == []


def bind_examples(query: SavedQuery) -> str:
    """The query with its defaults as values, which those that are required do not take alone."""
    values = {
        parameter.name: [
            one.value if isinstance(one, Literal) else str(one) for one in parameter.defaults
        ]
        for parameter in query.parameters
    }
    return bind_parameters(query, values)


def parse(result: str, form: str) -> object:
    return sorted(result.splitlines()) if form == "nt" else json.loads(result)
