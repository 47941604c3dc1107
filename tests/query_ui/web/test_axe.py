"""WCAG 2.2 AA as far as axe can tell: nothing is found on any kind of page, however it is seen.

https://github.com/dequelabs/axe-core
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from loader.build import Outcome
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.web.test_browser import FLAGS

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
PATHS = (
    "/",
    "/case-studies?keyword=training&keyword=wellbeing",
    "/case-studies?keyword=wellbeing&keyword=mentorship&keyword-match=all",
    "/case-studies/succeeding-in-industry-programme",
    "/initiatives/technician-commitment",
    "/initiatives/midlands-innovation-pledge",
    "/organisations",
    "/organisations/n8-research-partnership",
    "/concepts",
    "/concepts/keywords",
    "/concepts/keywords/training",
    "/concepts/principles/professional-and-career-development",
    "/coverage",
    "/search?q=mentoring",
    "/search?q=reseracher",
    "/graphs/organisations",
    "/things/claim/midlands-innovation-pledge-1",
    "/changes",
    "/about/related",
    "/dataset",
    "/ontology",
    "/queries",
    "/queries/case-studies-by-keyword",
    "/nowhere",
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "(what) => axe.run(document, {runOnly: what, resultTypes: ['violations']})"
EVERYTHING: dict[str, object] = {"type": "tag", "values": TAGS}
COLOURS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What the colours change; the other rules need no second look."""
MODES = {
    "desk-light": (1280, False, EVERYTHING),
    "phone-dark": (390, True, EVERYTHING),
    "desk-dark": (1280, True, COLOURS),
    "phone-light": (390, False, COLOURS),
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe."""
    if not AXE.is_file():
        pytest.skip("axe is not installed (it needs npm: `npm ci`)")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def address(shipped: tuple[Settings, Outcome]) -> Iterator[str]:
    """Where the site over the shipped data answers."""
    settings, _ = shipped
    server = make_server("127.0.0.1", 0, create_app(settings, open_engine(settings)), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


def problems(page: Page, axe: str, what: dict[str, object] = EVERYTHING) -> list[str]:
    """What axe finds, each with the elements it is about."""
    page.evaluate(axe)
    found = page.evaluate(RUN, what)["violations"]
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}" for one in found]


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing(browser: Browser, address: str, axe: str, mode: str) -> None:
    width, dark, what = MODES[mode]
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = {}
    for path in PATHS:
        page.goto(address + path)
        some = problems(page, axe, what)
        if some:
            found[path] = some
    context.close()
    assert not found, "\n".join(f"{path} {one}" for path, some in found.items() for one in some)


def test_axe_finds_what_is_wrong(browser: Browser, address: str, axe: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=/x>')")
    assert [one.partition(":")[0] for one in problems(page, axe)] == ["image-alt"]
    page.close()
