"""WCAG 2.2 AA as far as axe can tell: nothing is found on any kind of page, however it is seen.

https://github.com/dequelabs/axe-core
"""

from pathlib import Path

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
    "/coverage",
    "/coverage?columns=beneficiary",
    "/search?q=mentoring",
    "/search?q=reseracher",
    "/graphs/organisations",
    "/things/claim/midlands-innovation-pledge-1",
    "/changes",
    "/about/related",
    "/about/linking",
    "/link",
    "/lookup",
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


def problems(page: Page, axe: str, what: dict[str, object] = EVERYTHING) -> list[str]:
    """What axe finds, each with the elements it is about."""
    page.evaluate(axe)
    found = page.evaluate(RUN, what)["violations"]
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}" for one in found]


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing(browser: Browser, shipped_address: str, axe: str, mode: str) -> None:
    width, dark, what = MODES[mode]
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = {}
    for path in PATHS:
        page.goto(shipped_address + path)
        some = problems(page, axe, what)
        if some:
            found[path] = some
    context.close()
    assert not found, "\n".join(f"{path} {one}" for path, some in found.items() for one in some)


def test_candidates_to_decide_on_have_no_violation(
    browser: Browser, shipped_address: str, axe: str
) -> None:
    page = browser.new_page()
    page.goto(f"{shipped_address}/link")
    page.get_by_label("A column of names or a table").fill("Name\nKCL\nUniversity of Hull\nX\n")
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_role("radio").count() > 1
    assert problems(page, axe) == []
    page.close()


def test_axe_finds_what_is_wrong(browser: Browser, shipped_address: str, axe: str) -> None:
    page = browser.new_page()
    page.goto(shipped_address)
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=/x>')")
    assert [one.partition(":")[0] for one in problems(page, axe)] == ["image-alt"]
    page.close()
