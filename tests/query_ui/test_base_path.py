"""The site under a base path: every page is as at ``/``, but for the paths of its links."""

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.http.public_address import PublicAddress
from tests.conftest import PROJECT
from tests.query_ui.conftest import BROWSER, answering
from tests.query_ui.site.small import parsed
from tests.query_ui.watched_page import open_watched_page

BASE_PATH = "/kg"
ROOT = "https://public.example/kg"
ADDRESSES = ("href", "src", "action", "formaction", "data-sparql")
VARYING_HEADERS = ("Content-Length", "ETag", "X-Request-ID")
PAGES = (
    *("/", "/case-studies", "/case-studies/alpha", "/case-studies?keyword=training&sort=newest"),
    *("/initiatives", "/initiatives/pledge", "/organisations", "/organisations/icr"),
    *("/concepts", "/concepts/keywords", "/concepts/keywords/training", "/coverage"),
    *("/graphs", "/graphs/catalogue", "/queries", "/queries/by-keyword", "/sparql", "/ontology"),
    *("/sparql?query=SELECT+*+%7B+?s+a+?c+%7D+LIMIT+3", "/sparql?query=SELECT", "/dataset"),
    *("/search?q=training", "/search?q=a&kind=concept", "/lookup", "/link", "/about/linking"),
    *("/about/related", "/things/issue/untitled-1", "/things?iri=https://example.org/x"),
    *("/things/membership/durham-n8", "/nothing-here", "/case-studies/nothing-here"),
)
DATA = (
    *("/queries.json", "/case-studies.json?size=1", "/search.json?q=training"),
    *("/search/suggestions?q=tr", "/robots.txt", "/queries/nothing"),
    *("/sitemap-9.xml", "/changes/x", "/q/0123456789", "/things"),
)
ABSOLUTE = (
    *("/sitemap.xml", "/sitemap-1.xml", "/openapi.json", "/reconcile", "/robots.txt"),
    "/changes.atom",
    "/sparql",
)


@pytest.fixture(scope="module")
def public(settings: Settings) -> Iterator[FlaskClient]:
    """Somebody who asks the site behind a proxy, under a base path."""
    engine = open_engine(settings)
    address = PublicAddress("https", "public.example", BASE_PATH)
    yield create_app(settings, engine, public_address=address).test_client()
    engine.close()


def without_base_path(text: str) -> str:
    """The text of a page or header with the base path taken away from its paths and addresses."""
    text = text.replace(f' data-base-path="{BASE_PATH}"', "").replace(ROOT, "http://localhost")
    return re.sub(r'(["<>“ ])/kg/', r"\1/", text)


@pytest.mark.parametrize("path", PAGES)
def test_page_differs_in_the_paths_of_its_links_alone(
    client: FlaskClient, public: FlaskClient, path: str
) -> None:
    headers = {"Accept": BROWSER}
    plain, moved = client.get(path, headers=headers), public.get(BASE_PATH + path, headers=headers)
    assert moved.status_code == plain.status_code
    assert without_base_path(moved.text) == plain.text
    assert {k: without_base_path(v) for k, v in moved.headers if k not in VARYING_HEADERS} == {
        k: v for k, v in plain.headers if k not in VARYING_HEADERS
    }
    values = [
        element.attributes[name]
        for element in parsed(moved.text).find()
        for name in ADDRESSES
        if element.attributes.get(name, "").startswith("/")
    ]
    assert len(values) > 15
    assert [value for value in values if not value.startswith(f"{BASE_PATH}/")] == []


@pytest.mark.parametrize("path", DATA)
def test_data_differs_in_its_paths_alone(
    client: FlaskClient, public: FlaskClient, path: str
) -> None:
    plain, moved = client.get(path), public.get(BASE_PATH + path)
    assert moved.text != plain.text
    assert without_base_path(moved.text) == plain.text
    assert without_base_path(moved.headers.get("Link", "")) == plain.headers.get("Link", "")


@pytest.mark.parametrize("path", ABSOLUTE)
def test_addresses_are_the_public_ones(public: FlaskClient, path: str) -> None:
    text = public.get(BASE_PATH + path).text
    assert ROOT in text
    assert "localhost" not in text
    assert re.findall(r"https?://public\.example(?!/kg\b)[^\s\"<]*", text) == []


def test_descriptions_name_the_public_address(public: FlaskClient) -> None:
    assert public.get("/kg/openapi.json").json["servers"] == [{"url": ROOT}]  # type: ignore[index]
    manifest = json.loads(public.get("/kg/reconcile").data)
    assert manifest["view"] == {"url": f"{ROOT}/{{{{id}}}}"}
    assert manifest["suggest"]["entity"]["service_url"] == f"{ROOT}/reconcile"
    description = public.get("/kg/sparql", headers={"Accept": "application/n-triples"}).text
    assert f"<{ROOT}/sparql> <http://www.w3.org/ns/sparql-service-description#endpoint>" in (
        description
    )


def test_openapi_without_a_public_address_names_the_server_that_was_asked(app: Flask) -> None:
    assert app.test_client().get("/openapi.json").json["servers"] == [{"url": "/"}]  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/id/case-study/alpha", "/kg/case-studies/alpha"),
        ("/things/case-study/alpha", "/kg/case-studies/alpha"),
        ("/.well-known/sparql-examples/by-keyword", "/kg/queries/by-keyword"),
        ("/lookup?id=https://ror.org/01v29qb04", "/kg/organisations/durham-university"),
    ],
)
def test_redirects_stay_under_the_base_path(public: FlaskClient, path: str, target: str) -> None:
    response = public.get(BASE_PATH + path, headers={"Accept": BROWSER})
    assert response.headers["Location"] == target
    assert re.findall(r'href="(.*?)"', response.text) == [target]
    assert public.get(target, headers={"Accept": BROWSER}).status_code == 200


def test_short_address_leads_back_to_its_query(public: FlaskClient) -> None:
    made = public.post("/kg/q", data={"query": "ASK {}"})
    assert made.status_code == 201
    path = made.json["path"]  # type: ignore[index]
    assert made.headers["Location"] == path
    assert public.get(path).headers["Location"] == "/kg/sparql?query=ASK+%7B%7D"
    page = public.post("/kg/q", data={"query": "ASK {}"}, headers={"Accept": "text/html"})
    assert f'<a href="{path}">https://public.example{path}</a>' in page.text


def test_short_address_is_refused_to_a_page_of_another_site(public: FlaskClient) -> None:
    for origin, status in (("https://public.example", 201), ("http://localhost", 403)):
        response = public.post("/kg/q", data={"query": "ASK {}"}, headers={"Origin": origin})
        assert response.status_code == status


def test_names_of_the_editor_are_linked_under_the_base_path(public: FlaskClient) -> None:
    iri = "https://w3id.org/concordat-kg/id/case-study/alpha"
    found = public.post("/kg/sparql/names", json={"iris": [iri]}).json
    assert found["names"][iri]["href"] == "/kg/case-studies/alpha"  # type: ignore[index]


def test_path_outside_is_a_page_with_links_to_the_site(public: FlaskClient) -> None:
    response = public.get("/case-studies", headers={"Accept": BROWSER})
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert f"The site is at {ROOT}/, and nothing is outside it." in response.text
    assert '<a class="brand" href="/kg/">' in response.text
    assert public.get("/sparql?query=ASK+{}").status_code == 404


def test_probes_of_health_answer_without_the_base_path(public: FlaskClient) -> None:
    assert public.get("/health/live").text == "alive\n"
    assert public.get("/health/ready").text == "ready: 0123abcd\n"


@pytest.mark.browser
def test_scripts_work_under_the_base_path(settings: Settings, browser: Browser) -> None:
    if not (PROJECT / "query_ui" / "static" / "bundle" / "editor.js").is_file():
        pytest.skip("the front end is not bundled (npm ci && npm run bundle)")
    site = create_app(
        settings, open_engine(settings), public_address=PublicAddress(base_path=BASE_PATH)
    )
    with answering(site) as host, open_watched_page(browser, f"{host}{BASE_PATH}/") as page:
        root = f"{host}{BASE_PATH}"
        page.goto(f"{root}/sparql?query=ASK%7B%7D")
        page.wait_for_selector("form[data-ready]")
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+A")
        page.keyboard.type("SELECT ?study { ?study a <https://w3id.org/concordat-kg/ontology#CaseS")
        page.keyboard.type("tudy> } LIMIT 1")
        page.keyboard.press("Control+Enter")
        link = page.locator("#answer td a")
        expect(link).to_have_attribute("href", re.compile("^/kg/case-studies/"))
        assert page.url.startswith(f"{root}/sparql?query=SELECT")
        page.locator("summary", has_text="Use in other tools").click()
        expect(page.locator("details.elsewhere pre")).to_contain_text(f"{root}/sparql")
        page.get_by_role("button", name="Share link").click()
        short = page.locator(".status a")
        expect(short).to_have_attribute("href", re.compile(f"^{root}/q/[0-9a-f]+$"))
        link.click()
        page.locator("#q").press_sequentially("train")
        expect(page.locator("#suggestions li").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{root}/concepts/keywords/training")
