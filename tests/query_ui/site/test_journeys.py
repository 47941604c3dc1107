"""What an analyst does, from page to page: by mouse, by keyboard, on a phone, without scripts."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.conftest import Built
from tests.query_ui.conftest import answering
from tests.query_ui.watched_page import open_watched_page

pytestmark = pytest.mark.browser

UNIVERSITIES = (
    "University of Liverpool",
    "Uni of York",
    "Imperial",
    "KCL",
    "UCL",
    "Newcastle University",
    "Univ. of Leeds",
    "University of Hull",
    "Cardiff University",
    "Durham",
    "University of Bath",
    "Keele University",
    "Kingston University",
    "University of Stirling",
    "Bournemouth University",
    "University of Portsmouth",
    "Swansea University",
    "University of Exeter",
    "Queen Mary",
    "University of Hertfordshire",
)


@pytest.fixture(params=["desk", "phone", "no-scripts"])
def page(browser: Browser, shipped_address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of each kind of user, which asks no other host and breaks no rule of its own."""
    width = 390 if request.param == "phone" else 1280
    options = {
        "viewport": {"width": width, "height": 844},
        "java_script_enabled": request.param != "no-scripts",
    }
    with open_watched_page(browser, shipped_address, **options) as opened:
        yield opened


@pytest.fixture
def desk(browser: Browser, shipped_address: str) -> Iterator[Page]:
    """A page as wide as a desk, with scripts."""
    options = {"viewport": {"width": 1280, "height": 844}, "accept_downloads": True}
    with open_watched_page(browser, shipped_address, **options) as opened:
        yield opened


def follow(page: Page, name: str) -> None:
    """Go where the first link of that name in the page's body leads."""
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def search(page: Page, text: str) -> None:
    page.locator("#q").fill(text)
    page.locator("#q").press("Enter")


def test_practice_on_a_topic_with_the_obligations_that_mention_it(page: Page) -> None:
    page.goto("/")
    search(page, "wellbeing")
    follow(page, "Wellbeing")
    expect(page.locator("h1")).to_have_text("Wellbeing")
    expect(page.locator("#obligations ~ ul")).to_contain_text("ECI3")
    practices = page.locator(".stats a.number").first
    count = practices.get_attribute("data-value")
    page.locator(".toolbar", has_text="Practices").get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("Practices")
    expect(page.locator("main")).to_contain_text(f"{count} of 318 practices")
    expect(page.locator(".card .badge.ev").first).to_be_visible()


def test_what_was_promised_and_what_is_disputed(page: Page) -> None:
    page.goto("/initiatives/n8-technical-staff-response")
    commitments = page.locator("section", has=page.locator("#commitments"))
    expect(commitments).to_contain_text("Verification status: supported")
    page.get_by_role("link", name="Unverified claims").click()
    expect(page.locator("h1")).to_contain_text("laims")
    whole = page.locator("table.result tbody tr").count()
    for name in ("supported", "unsupported", "false"):
        page.get_by_label(re.compile(rf"^{name} \(")).uncheck()
    page.get_by_role("button", name="Run query").click()
    rows = page.locator("table.result tbody tr")
    expect(rows.first).to_contain_text(re.compile("disputed", re.IGNORECASE))
    assert 0 < rows.count() < whole


def test_keywords_without_practice(page: Page) -> None:
    page.goto("/coverage")
    missing = page.locator("section", has=page.locator("h2", has_text="No practices recorded"))
    follow(page, "Academic careers")
    expect(page.locator("h1")).to_have_text("Academic careers")
    page.go_back()
    expect(missing).to_contain_text("Early career researchers")


def test_from_a_statement_to_the_line_of_its_source(page: Page) -> None:
    page.goto("/initiatives/edinburgh-10-days")
    page.locator("#statements > summary").click()
    page.locator("#statements .document a").first.click()
    expect(page.locator("tr:target td")).to_contain_text("edinburgh-10-days,")


def test_two_institutions_ticked_in_the_list_are_compared(page: Page) -> None:
    page.goto("/organisations?consortium=n8-research-partnership")
    for name in ("University of Leeds", "University of York"):
        page.get_by_label(f"Compare {name}", exact=True).check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("h1")).to_have_text("Compare institutions")
    expect(page.locator("main")).to_contain_text("Only University of York")
    expect(page.locator("main")).to_contain_text("Shared by all")


def test_from_a_filtered_list_to_its_sparql_and_back(page: Page) -> None:
    page.goto("/case-studies")
    if page.locator("a[href='#filters']").is_visible():
        page.locator("a[href='#filters']").click()
    page.locator(".filters input[value=training]").check()
    page.get_by_role("button", name="Show results").click()
    expect(page.locator(".cards > li")).to_have_count(10)
    filtered = page.url
    page.get_by_role("link", name="Show the query").click()
    expect(page.locator("h1")).to_have_text("Query editor")
    assert "training" in page.url
    expect(page.locator("#answer tbody tr")).to_have_count(10)
    page.go_back()
    assert page.url == filtered
    expect(page.locator(".cards > li")).to_have_count(10)


def test_a_search_corrects_a_spelling(page: Page) -> None:
    page.goto("/")
    search(page, "reseracher voise")
    expect(page.locator(".notice").first).to_contain_text("researcher voice")
    page.locator(".hits a").first.click()
    expect(page.locator("h1")).to_have_text("Researcher voice")


def test_twenty_universities_are_joined(desk: Page) -> None:
    desk.goto("/link")
    desk.get_by_label("A column of names or a table").fill("\n".join(UNIVERSITIES))
    desk.get_by_label("It is one column without a heading").check()
    desk.get_by_role("button", name="Continue").click()
    imperial = desk.locator("fieldset", has=desk.locator("legend", has_text="Imperial"))
    expect(imperial).to_contain_text("Imperial College London")
    desk.get_by_label("a score of at least").fill("30")
    desk.get_by_role("button", name="Accept all").click()
    expect(desk.locator("main [role=status]")).to_contain_text("accepted")
    with desk.expect_download() as waiting:
        desk.get_by_role("button", name="Joined table").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert len(rows) == len(UNIVERSITIES)
    first = {name: value for name, value in rows[0].items() if "stud" in name.lower()}
    assert "4" in first.values(), rows[0]
    found = [row for row in rows if any("ror.org" in value for value in row.values())]
    assert len(found) >= 15


def test_case_studies_with_ror_as_a_spreadsheet(desk: Page) -> None:
    desk.goto("/queries?q=ror")
    follow(desk, "Identifiers of institutions")
    desk.locator("summary", has_text="Download").click()
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name="CSV", exact=False).first.click()
    assert "ror.org/" in waiting.value.path().read_text("utf-8")


def test_from_a_principle_to_practice_elsewhere(desk: Page) -> None:
    desk.goto("/concepts/principles")
    follow(desk, "PCD Professional and career development")
    expect(desk.locator("h1")).to_have_text("Professional and career development")
    expect(desk.locator(".card").first).to_be_visible()


def test_a_mistake_in_a_query_is_corrected_with_one_click(desk: Page) -> None:
    desk.goto("/sparql?query=SELECT%20%3Fs%2C%20%3Fo%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%203")
    desk.get_by_role("button", name="Correct it and run the query").last.click()
    expect(desk.locator("#answer tbody tr")).to_have_count(3)


def test_a_chart_of_a_saved_query_is_shared(desk: Page) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto("/queries/obligation-coverage")
    desk.get_by_role("link", name="Edit in SPARQL").first.click()
    desk.wait_for_selector("form[data-ready]")
    desk.get_by_role("button", name="Chart", exact=True).click()
    expect(desk.locator(".chart svg")).to_be_visible()
    bars = desk.locator(".chart svg .mark-rect.role-mark path").count()
    assert bars > 1
    desk.get_by_role("button", name="Share link").click()
    expect(desk.locator(".status")).to_contain_text("#view=chart")
    link = desk.evaluate("navigator.clipboard.readText()")
    desk.goto("/")
    desk.goto(link)
    expect(desk.locator(".chart svg .mark-rect.role-mark path")).to_have_count(bars)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_why_service_was_refused(browser: Browser, shipped: Built, has_scripts: bool) -> None:
    text = "SELECT * { SERVICE <https://query.wikidata.org/sparql> { ?s ?p ?o } } LIMIT 3"
    inner = open_engine(shipped[0])
    visitors = inner.isolate()
    site = create_app(shipped[0], inner, visitors)
    with (
        answering(site) as address,
        open_watched_page(browser, address, java_script_enabled=has_scripts) as page,
    ):
        page.goto(f"/sparql?query={quote(text)}")
        main = page.locator("main")
        expect(main).to_contain_text("SERVICE is not allowed here")
        expect(main).to_contain_text("Its allow-list is empty")
        expect(main).to_contain_text("--allow-service URL")
    visitors.close()
    inner.close()


def test_the_keyword_scheme_is_downloaded_from_its_page(desk: Page) -> None:
    desk.goto("/concepts/keywords")
    desk.locator("summary", has_text="Download").first.click()
    link = desk.locator("a[href$='/concepts/keywords.ttl']").first
    expect(link).to_be_visible()
    text = desk.request.get("/concepts/keywords.ttl").text()
    assert text.count("skos:prefLabel") >= 67


def test_changes_of_a_keyword_can_be_subscribed_to(desk: Page) -> None:
    desk.goto("/concepts/keywords/wellbeing")
    follow(desk, "Subscribe to changes")
    expect(desk.locator("h1")).to_have_text("Changes: Wellbeing")
    feed = desk.get_by_role("link", name="Subscribe to changes").get_attribute("href")
    assert feed == "/changes.atom?keyword=wellbeing"
    assert "<feed" in desk.request.get(feed).text()


def test_a_case_study_is_added_without_programming(desk: Page) -> None:
    desk.goto("/contribute")
    desk.locator("#f-title").fill("A quiet room for writing")
    desk.locator("#f-institution").fill("University of York")
    desk.locator("#f-text").fill("A room was set aside for researchers who write.")
    desk.get_by_role("button", name="Check").click()
    with desk.expect_download() as waiting:
        desk.get_by_role("button", name="Download the file").click()
    text = waiting.value.path().read_text("utf-8")
    assert "A quiet room for writing" in text and "university-of-york" in text.lower().replace(
        " ", "-"
    )


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


def test_a_journey_by_keyboard_alone(desk: Page) -> None:
    desk.goto("/concepts/keywords")
    tab_to(desk, lambda text: text == "Skip to content", 2)
    desk.keyboard.press("Enter")
    tab_to(desk, lambda text: text.startswith("Careers and progression"))
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/concepts/keywords/careers-and-progression")
    tab_to(desk, lambda text: text.startswith("All ") and "with filters" in text)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/practices?keyword=careers-and-progression")
    tab_to(desk, lambda text: text == "Show the query")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/sparql?query=**")


def test_a_scheme_is_a_tree_by_keyboard(desk: Page) -> None:
    desk.goto("/concepts/keywords")
    desk.locator("[data-tree] [role=treeitem]").first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "End", "Home", "c"):
        desk.keyboard.press(key)
    focus = "document.activeElement.querySelector('.node').textContent.trim()"
    assert desk.evaluate(focus) == "Culture and conduct"
    desk.keyboard.press("ArrowLeft")
    assert desk.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    desk.keyboard.press("*")
    for _ in range(3):
        desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/concepts/keywords/equality-diversity-and-inclusion")


def test_the_list_of_a_concept_is_filtered_on_the_spot(desk: Page) -> None:
    desk.goto("/concepts/keywords/training")
    box = desk.get_by_label("Show only those with").first
    box.fill("york fest")
    shown = desk.locator("[aria-labelledby=of-case-study] .columns li:visible")
    expect(shown).to_have_text(["York Researcher Festival"])
    box.fill("")
    expect(shown).to_have_count(10)


def test_suggestions_by_keyboard(desk: Page) -> None:
    desk.goto("/coverage")
    desk.keyboard.press("/")
    box = desk.locator("#q")
    expect(box).to_be_focused()
    desk.keyboard.type("rese cult")
    options = desk.locator("#suggestions [role=option]")
    expect(options.first).to_contain_text("Research culture")
    expect(box).to_have_attribute("aria-expanded", "true")
    desk.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    active = box.get_attribute("aria-activedescendant")
    assert active and desk.locator(f"#{active}").inner_text().startswith("Research culture")
    desk.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    desk.keyboard.type("u")
    expect(options.first).to_be_visible()
    desk.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/concepts/keywords/research-culture")


def test_print_leaves_out_what_paper_cannot_use(desk: Page) -> None:
    desk.goto("/practices?keyword=training")
    desk.emulate_media(media="print")
    for css in (".nav", "form.find", ".filters", ".crumbs"):
        assert not desk.locator(css).first.is_visible(), css
    expect(desk.locator(".cards li").first).to_be_visible()
