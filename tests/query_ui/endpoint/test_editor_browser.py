"""The editor as an analyst uses it, in a real browser, by keyboard."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PROJECT
from tests.query_ui.watched_page import open_watched_page

pytestmark = pytest.mark.browser

TABLE = """PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?study ?keyword WHERE { ?study a ckg:CaseStudy ; dcterms:subject ?keyword }
ORDER BY ?study ?keyword"""
MANY = """SELECT ?n ?m ?day WHERE {
  VALUES ?n { 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 }
  VALUES ?m { 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 }
  BIND ("2020-01-02"^^<http://www.w3.org/2001/XMLSchema#date> AS ?day)
}"""
GRAPH = """PREFIX org: <http://www.w3.org/ns/org#>
CONSTRUCT { ?s ?p ?o } WHERE { ?s a org:Membership ; ?p ?o }"""
WRONG_LANGUAGE = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?concept WHERE { ?concept skos:prefLabel "Wellbeing" }"""


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Browser:
    """The browser, where there is an editor to be shown in it."""
    if not (PROJECT / "query_ui" / "static" / "bundle" / "editor.js").is_file():
        pytest.skip("the front end is not bundled (npm ci && npm run bundle)")
    return browser


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that asks no other host, breaks no policy and throws nothing."""
    options = {
        "viewport": {"width": 1280, "height": 900},
        "permissions": ["clipboard-read", "clipboard-write"],
    }
    with open_watched_page(browser, address, **options) as opened:
        yield opened


def open_editor(page: Page, query: str = "") -> None:
    page.goto(f"/sparql?{urlencode({'query': query})}" if query else "/sparql")
    page.wait_for_selector("form[data-ready]")


def write(page: Page, text: str) -> None:
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def text_of(page: Page) -> str:
    lines: list[str] = page.locator(".CodeMirror-line").all_inner_texts()
    return "\n".join(lines).replace("\u200b", "")


def column(page: Page, number: int) -> list[str]:
    return page.locator(f"#answer tbody td:nth-child({number})").all_inner_texts()


def test_query_is_written_with_completion_and_asked_by_keyboard(page: Page) -> None:
    open_editor(page)
    write(page, "SELECT ?study { ?study dcterms:subject wellb")
    expect(page.locator(".CodeMirror-hint-active")).to_contain_text("Wellbeing")
    page.keyboard.press("Enter")
    page.keyboard.type(" }")
    assert "PREFIX concept: <https://w3id.org/concordat-kg/concept/keywords/>" in text_of(page)
    assert "PREFIX dcterms: <http://purl.org/dc/terms/>" in text_of(page)
    assert "dcterms:subject concept:wellbeing }" in text_of(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".status")).to_have_text(re.compile(r"^1 row in \d+\.\d\d s\.$"))
    link = page.locator("#answer td a")
    expect(link).to_have_text("Alpha <b>bold</b> <https://example.org/x> a owl:Thing .")
    link.click()
    assert page.url.endswith("/case-studies/alpha")


def test_list_opens_on_request_with_the_kind_that_fits_first(page: Page) -> None:
    open_editor(page)
    write(page, "SELECT * { ?x a pled")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint-active")).to_contain_text("ckg:Pledge")


def test_table_is_sorted_filtered_and_shown_by_label(page: Page) -> None:
    open_editor(page, TABLE)
    assert [cell.split()[0] for cell in column(page, 2)] == ["Training", "Wellbeing", "Careers"]
    heading = page.get_by_role("button", name="keyword")
    heading.focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("keyword")
    assert [cell.split()[0] for cell in column(page, 2)] == ["Careers", "Training", "Wellbeing"]
    assert page.evaluate("document.activeElement.textContent") == "keyword"
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("keyword")
    assert [cell.split()[0] for cell in column(page, 2)] == ["Wellbeing", "Training", "Careers"]
    page.get_by_label("Filter rows").fill("alpha well")
    expect(page.locator(".count")).to_have_text("1 row, filtered from 3")
    assert [cell.split()[0] for cell in column(page, 2)] == ["Wellbeing"]


def test_hundred_rows_at_first_and_all_on_request(page: Page) -> None:
    open_editor(page, MANY)
    expect(page.locator(".count")).to_have_text("First 100 of 225 rows")
    assert len(column(page, 1)) == 100
    page.get_by_role("button", name="Show all 225").click()
    expect(page.locator(".count")).to_have_text("225 rows")
    assert len(column(page, 1)) == 225


def test_error_is_marked_in_its_line_and_said(page: Page) -> None:
    open_editor(page, "SELECT * {\n  ?s ?p ?o .\n  FILTR (?o > 1)\n}")
    notice = page.locator("#answer .notice")
    expect(notice.get_by_text("The query could not be read")).to_be_visible()
    expect(page.locator(".faulty-line")).to_contain_text("FILTR")
    write(page, "ASK {\n  ?s nowhere:p ?o }")
    assert page.locator(".faulty-line").count() == 0
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer [role=alert]")).to_contain_text("nowhere:")
    expect(page.locator(".faulty-line")).to_contain_text("?s nowhere:p")
    page.get_by_role("button", name="Go to line 2").click()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_repair_of_an_error_is_applied_and_asked(page: Page) -> None:
    open_editor(page, "SELECT ?name {\n  ?c skos:prefLabel ?name . ?c skos:notation ?n\n}")
    notice = page.locator("#answer .notice")
    expect(notice).to_contain_text("skos:")
    notice.get_by_role("button", name="Correct it and run the query").click()
    expect(page.locator("#answer td")).to_have_text("Make the Concordat known en")
    assert "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>" in text_of(page)
    expect(page.locator("h1")).to_have_text("Query editor")


def test_dataset_of_the_address_is_shown_and_kept(page: Page) -> None:
    graph = "https://w3id.org/concordat-kg/graph/catalogue"
    query = "PREFIX dcterms: <http://purl.org/dc/terms/>\nSELECT ?t { ?g dcterms:title ?t }"
    page.goto(f"/sparql#{urlencode({'query': query, 'default-graph-uri': graph})}")
    page.wait_for_url("**/sparql?**")
    page.wait_for_selector("form[data-ready]")
    assert page.get_by_label("Default graph").input_value() == graph
    titles = ["An article", "Curated", "Organisations", "Three cards"]
    assert sorted(column(page, 1)) == titles
    page.get_by_role("button", name="Run query", exact=True).click()
    expect(page.locator(".status")).to_contain_text("4 rows in")
    assert sorted(column(page, 1)) == titles


def test_grammar_is_checked_while_writing(page: Page) -> None:
    open_editor(page)
    write(page, "SELECT * {\n?s ?p } }")
    expect(page.locator(".grammar")).to_have_attribute("title", re.compile("Expected"))
    write(page, "ASK { ?s ?p ?o }")
    expect(page.locator(".grammar")).to_have_count(0)


def test_tab_is_not_trapped_after_escape(page: Page) -> None:
    open_editor(page)
    write(page, "ASK { }")
    page.keyboard.press("Escape")
    focused = "document.activeElement.id || document.activeElement.textContent"
    assert page.evaluate(focused) == "Run query"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Share link"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.locator(".CodeMirror-focused").count() == 1
    assert text_of(page) == "ASK { }"


def test_lines_are_commented_by_keyboard(page: Page) -> None:
    open_editor(page)
    write(page, "ASK { }")
    page.keyboard.press("Control+/")
    assert text_of(page) == "#ASK { }"
    page.keyboard.press("Control+/")
    assert text_of(page) == "ASK { }"
    page.get_by_text("Keys:").click()
    expect(page.locator(".keys dl")).to_contain_text("leave the editor")


def test_chart_has_its_values_as_a_table(page: Page) -> None:
    counted = TABLE.replace(
        "DISTINCT ?study ?keyword WHERE", "?keyword (COUNT(DISTINCT ?study) AS ?n) WHERE"
    )
    open_editor(page, counted.replace("ORDER BY ?study ?keyword", "GROUP BY ?keyword"))
    page.get_by_role("button", name="Chart", exact=True).click()
    expect(page.locator(".chart svg")).to_be_visible()
    expect(page.locator(".chart")).to_have_attribute(
        "aria-label", "keyword, n; the table below holds the same values."
    )
    assert page.locator(".chart svg .mark-rect.role-mark path").count() == 3
    page.get_by_text("The values of the chart").click()
    values = page.locator(".answer-chart tbody tr").all_inner_texts()
    assert sorted(values) == ["Careers\t1", "Training\t1", "Wellbeing\t1"]


@pytest.mark.parametrize(
    ("chart", "mark"),
    [
        ("line", "mark-line"),
        ("scatter", "mark-symbol"),
        ("bar", "mark-rect"),
        ("heat", "mark-rect"),
    ],
)
def test_charts_by_the_types_of_the_columns(page: Page, chart: str, mark: str) -> None:
    names = 'SELECT ?a ?b { VALUES (?a ?b) { ("x" "u") ("y" "u") ("x" "v") } }'
    query = names if chart in ("bar", "heat") else MANY
    open_editor(page, query)
    page.get_by_role("button", name="Chart", exact=True).click()
    page.get_by_label("Chart", exact=True).select_option(chart)
    expect(page.locator(f".chart svg .{mark}.role-mark")).to_have_count(1)


def test_graph_is_drawn_and_listed(page: Page) -> None:
    open_editor(page, GRAPH)
    expect(page.locator(".count")).to_have_text("3 triples")
    page.get_by_role("button", name="Graph").click()
    expect(page.locator("svg.network")).to_contain_text("Durham University")
    assert page.locator("svg.network line").count() == 3
    expect(page.locator("svg.network a").first).to_be_visible()
    whole = page.locator("svg.network").get_attribute("viewBox") or ""
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("region", name="Graph").focus()
    page.keyboard.press("ArrowRight")
    seen = page.locator("svg.network").get_attribute("viewBox") or ""
    assert float(seen.split()[2]) == pytest.approx(float(whole.split()[2]) / 1.4, abs=0.1)
    assert float(seen.split()[0]) > 0
    page.keyboard.press("0")
    expect(page.locator("svg.network")).to_have_attribute("viewBox", whole)


def test_boolean_is_said(page: Page) -> None:
    open_editor(page)
    write(page, "ASK { }")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer .answer")).to_have_text("Yes (true)")


def test_doctor_tells_why_there_are_no_rows_and_mends_it(page: Page) -> None:
    open_editor(page, WRONG_LANGUAGE)
    page.get_by_role("button", name="Why no rows?").click()
    expect(page.locator(".doctor")).to_contain_text('"Wellbeing"@en')
    page.get_by_role("button", name="Correct it and run the query").first.click()
    expect(page.locator("#answer td a")).to_have_text("Wellbeing")
    assert 'skos:prefLabel "Wellbeing"@en' in text_of(page)


def test_short_address_opens_the_same_query_and_answer(page: Page) -> None:
    open_editor(page)
    write(page, "SELECT (1 AS ?one) { }")
    page.get_by_role("button", name="Share link").click()
    expect(page.locator(".status")).to_contain_text("Share link, copied:")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"/q/[0-9a-f]{10}$", copied)
    page.goto(copied)
    page.wait_for_selector("form[data-ready]")
    assert text_of(page) == "SELECT (1 AS ?one) { }"
    assert column(page, 1) == ["1 xsd:integer"]


def test_address_of_yasgui_opens_its_query(page: Page) -> None:
    query = 'SELECT ?x { ?x ?y "a&b" }'
    page.goto(f"/sparql#query={quote(query)}&endpoint=elsewhere")
    page.wait_for_selector("form[data-ready]")
    assert text_of(page) == query


def test_asking_puts_the_query_into_the_address(page: Page) -> None:
    open_editor(page)
    write(page, "SELECT (2 AS ?two) { }")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer td")).to_have_text("2 xsd:integer")
    page.reload()
    page.wait_for_selector("form[data-ready]")
    assert text_of(page) == "SELECT (2 AS ?two) { }"
    assert column(page, 1) == ["2 xsd:integer"]


def test_saved_query_is_at_hand(page: Page) -> None:
    open_editor(page)
    page.get_by_label("Start from a saved query").select_option("by-keyword")
    assert "VALUES ?keyword { concept:training }" in text_of(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".count")).to_have_text("1 row")


def test_query_can_be_asked_from_elsewhere_and_downloaded(page: Page) -> None:
    open_editor(page, "SELECT (1 AS ?one) { }")
    page.get_by_text("Use in other tools").click()
    page.get_by_label("In", exact=True).select_option("Python, pandas")
    page.get_by_role("button", name="Copy", exact=True).click()
    assert "pandas.read_csv" in page.evaluate("navigator.clipboard.readText()")
    link = page.get_by_role("link", name="csv").get_attribute("href")
    assert link is not None
    assert page.request.get(link).text() == "one\r\n1\r\n"


def test_no_query_is_lost_by_leaving_the_page(page: Page) -> None:
    open_editor(page)
    write(page, "ASK { 1 }")
    page.get_by_role("button", name="New tab").click()
    write(page, "SELECT (3 AS ?three) { }")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer td")).to_have_text("3 xsd:integer")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name of the tab").fill("Three")
    page.keyboard.press("Enter")
    page.goto("/queries")
    open_editor(page)
    tabs = page.get_by_role("navigation", name="Query tabs")
    assert text_of(page) == "SELECT (3 AS ?three) { }"
    expect(tabs.locator("[aria-current]")).to_have_text("Three")
    page.get_by_role("button", name="Close tab").click()
    assert text_of(page) == "ASK { 1 }"
    page.get_by_text("History", exact=True).click()
    entry = page.get_by_role("button", name="SELECT (3 AS ?three) { }")
    expect(page.get_by_label("Queries run before")).to_contain_text("closed")
    entry.click()
    assert text_of(page) == "SELECT (3 AS ?three) { }"


def test_schema_and_prefixes_are_at_hand(page: Page) -> None:
    open_editor(page)
    write(page, "SELECT * { ?s a  ; skos:prefLabel ?l }")
    page.get_by_role("button", name="Add prefixes").click()
    assert "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>" in text_of(page)
    page.locator("summary", has_text="Classes and properties").click()
    page.get_by_label("Filter", exact=True).fill("case study")
    page.keyboard.press("Tab")
    expect(page.locator(".schema .lines li").first).to_contain_text("case study · ")
    page.get_by_role("button", name="ckg:CaseStudy", exact=True).click()
    assert "ckg:CaseStudy" in text_of(page)
    assert "PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>" in text_of(page)
    page.get_by_role("button", name="Full screen").click()
    expect(page.locator("footer")).to_be_hidden()


def test_shared_chart_opens_as_it_was_and_is_saved_as_a_file(page: Page) -> None:
    open_editor(page, MANY)
    page.get_by_role("button", name="Chart", exact=True).click()
    page.get_by_label("Chart", exact=True).select_option("scatter")
    page.get_by_label("Values or y").select_option("0")
    assert page.url.endswith("#view=chart&type=scatter&x=n&y=m")
    page.get_by_role("button", name="Share link").click()
    expect(page.locator(".status")).to_contain_text("#view=chart&type=scatter")
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    page.wait_for_selector("form[data-ready]")
    expect(page.locator(".chart svg .mark-symbol.role-mark")).to_have_count(1)
    starts = {"SVG": b"<svg", "PNG": b"\x89PNG"}
    for name, start in starts.items():
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"Download the chart as {name}").click()
        assert waiting.value.suggested_filename == f"chart.{name.lower()}"
        assert waiting.value.path().read_bytes().startswith(start)


def test_unknown_term_is_named_above_the_rows_and_corrected(page: Page) -> None:
    open_editor(page)
    prefixes = TABLE[: TABLE.index("SELECT")]
    write(page, f"{prefixes}SELECT * {{ ?s a ckg:CaseStudy OPTIONAL {{ ?s dcterms:titel ?t }} }}")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    notice = page.locator(".unknown .notice")
    expect(notice).to_contain_text("The data has no property dcterms:titel.")
    notice.get_by_role("button", name="Correct it and run the query").click()
    expect(notice).to_have_count(0)
    expect(page.locator("#answer td[data-label=t] .text").first).to_be_visible()


def test_running_query_is_stopped(page: Page) -> None:
    open_editor(page)
    page.route("**/sparql", lambda route: None)
    write(page, "ASK { }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".status")).to_have_text("Running …")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".status")).to_have_text("Stopped.")
    page.unroute("**/sparql")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_editor_fits_and_names_its_fields(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    for query in (TABLE, MANY, GRAPH, WRONG_LANGUAGE, "broken"):
        open_editor(page, query)
        for view in page.get_by_role("group", name="Show as").get_by_role("button").all():
            view.click()
            page.wait_for_function(f"document.documentElement.scrollWidth <= {width}")
        nameless = """[...document.querySelectorAll("input, select, textarea, button")]
            .filter((field) => field.offsetParent && !field.labels?.length
                && !field.textContent.trim() && !field.ariaLabel).map((field) => field.outerHTML)"""
        assert page.evaluate(nameless) == []
    context.close()


def test_without_scripts_the_rows_are_the_same(browser: Browser, page: Page, address: str) -> None:
    open_editor(page, TABLE)
    scripted = page.locator("#answer tbody tr").all_inner_texts()
    context = browser.new_context(base_url=address, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/sparql")
    plain.get_by_label("Query").fill(TABLE)
    plain.get_by_role("button", name="Run query").click()
    expect(plain.locator("table.result tbody tr")).to_have_count(3)
    assert plain.locator("table.result tbody tr").all_inner_texts() == scripted
    assert len(scripted) == 3
    context.close()
