"""What an analyst does, from page to page: by mouse, by keyboard, on a phone, without scripts."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.query_ui.watched_page import open_watched_page

pytestmark = pytest.mark.browser


@pytest.fixture(params=["desk", "phone", "no-scripts"])
def page(browser: Browser, shipped_address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of each kind of visitor, which asks no other host and breaks no rule of its own."""
    width = 390 if request.param == "phone" else 1280
    options = {
        "viewport": {"width": width, "height": 844},
        "java_script_enabled": request.param != "no-scripts",
    }
    with open_watched_page(browser, shipped_address, **options) as opened:
        yield opened


def follow(page: Page, name: str) -> None:
    """Go where the first link of that name in the page's body leads."""
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def test_from_home_to_a_concept_to_a_related_thing_to_its_source_lines(page: Page) -> None:
    page.goto("/")
    follow(page, "Keywords")
    expect(page.locator("h1")).to_have_text("Keywords")
    if page.locator("button", has_text="Open all").count():
        page.locator("button", has_text="Open all").click()
    follow(page, "Mentorship")
    expect(page.locator("h1")).to_have_text("Mentorship")
    follow(page, "Network of Women+ Professors' Mentoring Scheme")
    related = page.locator("section.related li").first
    expect(related).to_contain_text("of 100")
    expect(related).to_contain_text("both")
    related.locator("h3 a").click()
    sources = page.locator("table.statements td.sources").first
    expect(sources).to_contain_text(re.compile(r"lines? \d+"))
    why = sources.locator("summary").first
    why.click()
    expect(sources.locator("details").first).to_contain_text(re.compile(r"in the document|by a"))
    sources.locator(".document a").first.click()
    expect(page.locator("h2", has_text="What this document states")).to_be_visible()


def test_from_a_narrowed_list_to_its_sparql_and_back(page: Page) -> None:
    page.goto("/case-studies")
    with_jump = page.locator("a.jump")
    if with_jump.is_visible():
        with_jump.click()
    page.locator("aside").get_by_role("link", name="Culture and conduct").click()
    page.locator("aside").get_by_role("link", name="Wellbeing").click()
    expect(page.locator(".shown")).to_contain_text("4 case studies")
    narrowed = page.url
    page.get_by_role("link", name="open it as SPARQL").click()
    expect(page.locator("h1")).to_contain_text("SPARQL")
    assert "wellbeing" in page.url
    expect(page.locator("#answer tbody tr")).to_have_count(4)
    page.go_back()
    assert page.url == narrowed
    expect(page.locator(".cards li")).to_have_count(4)


def test_from_an_empty_cell_to_the_query_and_the_list(page: Page) -> None:
    page.goto("/coverage")
    empty = page.locator("td.shade-0").first
    expect(empty.locator(".number")).to_have_text("0")
    empty.locator(".to-list").click()
    expect(page.locator(".shown")).to_contain_text("0 case studies")
    expect(page.locator(".notice")).to_contain_text("a finding too")
    page.locator(".shown .number").click()
    expect(page.locator("#answer tbody td").first).to_contain_text("0")


def test_search_finds_what_was_misspelt(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).fill("reseracher voise")
    page.locator("form.search button").click()
    expect(page.locator(".notice")).to_contain_text("researcher voice")
    page.locator(".hits a").first.click()
    expect(page.locator("h1")).to_have_text("Researcher voice")


@pytest.fixture
def keyboard(browser: Browser, shipped_address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=shipped_address, viewport={"width": 1280, "height": 844})
    yield context.new_page()
    context.close()


def tab_to(page: Page, test: Callable[[str], bool], most: int = 120) -> str:
    """Press the tab key until what has the focus passes a test; it can always be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        text: str = page.evaluate("document.activeElement.textContent.trim()")
        if test(text):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", text
            return text
    raise AssertionError("the tab key does not lead there")


def test_a_journey_by_keyboard_alone(keyboard: Page) -> None:
    page = keyboard
    page.goto("/")
    tab_to(page, lambda text: text == "Skip to the content", 2)
    page.keyboard.press("Enter")
    tab_to(page, lambda text: text == "Keywords")
    page.keyboard.press("Enter")
    page.wait_for_url("**/concepts/keywords")
    tab_to(page, lambda text: text.startswith("Careers and progression"))
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "End", "Home", "c"):
        page.keyboard.press(key)
    focus = "document.activeElement.querySelector('.node').textContent.trim()"
    assert page.evaluate(focus) == "Culture and conduct"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    page.keyboard.press("*")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/concepts/keywords/equality-diversity-and-inclusion")
    tab_to(page, lambda text: text == "narrow and sort them")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case-studies?keyword=*")
    tab_to(page, lambda text: text == "open it as SPARQL")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sparql?query=**")


def test_suggestions_by_keyboard(keyboard: Page) -> None:
    page = keyboard
    page.goto("/")
    box = page.get_by_role("combobox", name="Search")
    box.focus()
    page.keyboard.type("rese cult")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Research culture")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    active = box.get_attribute("aria-activedescendant")
    assert active and page.locator(f"#{active}").inner_text().startswith("Research culture")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("u")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/concepts/keywords/research-culture")


def test_the_list_of_a_concept_is_filtered_on_the_spot(keyboard: Page) -> None:
    keyboard.goto("/concepts/keywords/training")
    box = keyboard.get_by_label("Show only those with").first
    box.fill("york fest")
    shown = keyboard.locator("#of-case-study ~ ul li:visible")
    expect(shown).to_have_text(["York Researcher Festival"])
    box.fill("")
    expect(shown).to_have_count(10)


def test_print_leaves_out_what_paper_cannot_use(keyboard: Page) -> None:
    keyboard.goto("/case-studies?keyword=training")
    keyboard.emulate_media(media="print")
    for css in (".banner nav", "form.search", "aside", ".crumbs"):
        assert not keyboard.locator(css).first.is_visible(), css
    expect(keyboard.locator(".cards li").first).to_be_visible()
