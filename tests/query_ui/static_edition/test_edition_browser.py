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
        if is_page or path in ("/", "/about", "/static/icons.svg", "/sparql/terms.json"):
            return application(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]

    return respond  # type: ignore[return-value]


@pytest.mark.long
def test_every_saved_query_has_the_result_of_the_service(
    shipped: Built, shipped_app: Flask, bundle: Path, browser: Browser, tmp_path: Path
) -> None:
    graph = shipped_app.extensions[GRAPH_EXTENSION]
    quads = shipped[1].release.graph
    paths = ("/queries/", "/sparql")
    source = EditionSource(answer_only(shipped_app.wsgi_app, paths), graph, quads, bundle)
    write_edition(source, tmp_path.joinpath(*BASE_PATH[1:].split("/")), EditionOptions(BASE_PATH))
    context = browser.new_context(accept_downloads=True)
    view = context.new_page()
    different = []
    with serve_folder(tmp_path) as site:
        view.goto(f"{site}/sparql/index.html?query=ASK+%7B%7D")
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
