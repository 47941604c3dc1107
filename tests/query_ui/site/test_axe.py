"""WCAG 2.2 AA as far as axe can tell: nothing is found on any kind of page, however it is seen.

https://github.com/dequelabs/axe-core
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

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
    "/coverage?rows=element&columns=kind",
    "/search?q=mentoring",
    "/search?q=reseracher",
    "/graphs/organisations",
    "/things/claim/midlands-innovation-pledge-1",
    "/changes",
    "/about/related",
    "/about/linking",
    "/link",
    "/about",
    "/help",
    "/help/linking",
    "/feedback?about=/dataset",
    "/contribute",
    "/contribute?record=practice",
    "/changes?keyword=wellbeing",
    "/lookup",
    "/dataset",
    "/ontology",
    "/queries",
    "/queries/case-studies-by-keyword",
    "/practices?keyword=wellbeing",
    "/initiatives/edinburgh-10-days",
    "/organisations/university-of-york",
    "/compare?organisation=university-of-york&organisation=university-of-leeds",
    "/due",
    "/ask?q=What+do+Scottish+universities+do+for+technicians+and+volcanoes",
    "/queries/claims",
    "/nowhere",
)
LARGE_PATHS = ("/coverage", "/coverage?columns=beneficiary")
"""Tables of thousands of cells, whose colours take axe a quarter of a minute."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "(what) => axe.run(document, {runOnly: what, resultTypes: ['violations']})"
EVERYTHING: dict[str, object] = {"type": "tag", "values": TAGS}
COLOURS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What the colours change; the other rules need no second look."""
MODES: tuple[tuple[int, Literal["light", "dark"], dict[str, object]], ...] = (
    (1280, "light", EVERYTHING),
    (1280, "dark", COLOURS),
    (390, "dark", EVERYTHING),
    (390, "light", COLOURS),
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe."""
    if not AXE.is_file():
        pytest.skip("axe is not installed (it needs npm: `npm ci`)")
    return AXE.read_text("utf-8")


def problems(page: Page, axe: str, what: dict[str, object] = EVERYTHING) -> list[str]:
    """What axe finds, each with the elements it is about."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found = page.evaluate(RUN, what)["violations"]
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}" for one in found]


@pytest.fixture(scope="module")
def view(browser: Browser) -> Iterator[Page]:
    """One tab for all pages: a new one costs a second, and would load style and scripts anew."""
    page = browser.new_page(reduced_motion="reduce")
    yield page
    page.close()


@pytest.mark.parametrize(
    "path", [*PATHS, *(pytest.param(path, marks=pytest.mark.long) for path in LARGE_PATHS)]
)
def test_axe_finds_nothing(view: Page, shipped_address: str, axe: str, path: str) -> None:
    """The page is loaded once, and looked at in each width and colour scheme."""
    view.set_viewport_size({"width": MODES[0][0], "height": 900})
    view.goto(shipped_address + path)
    found = []
    for width, scheme, what in MODES:
        view.set_viewport_size({"width": width, "height": 900})
        view.emulate_media(color_scheme=scheme)
        found += [f"{width} {scheme} {one}" for one in problems(view, axe, what)]
    assert found == []


def test_candidates_to_decide_on_have_no_violation(
    browser: Browser, shipped_address: str, axe: str
) -> None:
    page = browser.new_page()
    page.goto(f"{shipped_address}/link")
    page.get_by_label("A column of names or a table").fill("Name\nKCL\nUniversity of Hull\nX\n")
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_role("radio").count() > 1
    assert problems(page, axe) == []
    page.close()


def test_axe_finds_what_is_wrong(browser: Browser, shipped_address: str, axe: str) -> None:
    page = browser.new_page()
    page.goto(shipped_address)
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=/x>')")
    assert [one.partition(":")[0] for one in problems(page, axe)] == ["image-alt"]
    page.close()
