"""The site in a real browser, as wide as a desk and as narrow as a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

PATHS = (
    "/",
    "/case-studies",
    "/case-studies/alpha",
    "/organisations/durham-university",
    "/initiatives/pledge",
    "/concepts/keywords",
    "/graphs/cards",
    "/queries/by-keyword",
    "/sparql?query=SELECT%20*%20WHERE%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2020",
    "/sparql?query=broken",
    "/nowhere",
)
CSS = Path(__file__).parents[3] / "query_ui" / "static" / "css"
SHEET = (CSS / "tokens.css").read_text("utf-8")

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_pages_fit_and_ask_no_other_host(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    dark = scheme == "dark"
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    asked: set[str] = set()
    refused: list[str] = []
    page.on("request", lambda request: asked.add(request.url))
    page.on(
        "console",
        lambda said: refused.append(said.text) if "Security Policy" in said.text else None,
    )
    for path in PATHS:
        page.goto(address + path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide"
    context.close()
    assert {url for url in asked if not url.startswith(address)} == set()
    assert f"{address}/static/site.css" in {one.partition("?")[0] for one in asked}
    assert refused == []


def test_keyboard_reaches_the_content_first_and_shows_where_it_is(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(f"{address}/case-studies")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/case-studies#main")
    page.close()


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block))


def brightness(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(scheme: str) -> None:
    light, dark = SHEET.split("@media (prefers-color-scheme: dark)")
    found = colours(light) if scheme == "light" else colours(light) | colours(dark)
    grounds = ("bg", "surface", "sunk")
    pairs = [(text, ground) for text in ("ink", "ink2", "accent") for ground in grounds]
    pairs += [(text, ground) for text in ("ink", "accent2") for ground in ("tint", "q1", "q2")]
    pairs += [(name, f"{name}-t") for name in ("good", "warn", "bad")]
    pairs += [("ink", "warn-t"), ("ink", "bad-t"), ("ink", "q3"), ("on", "accent"), ("on", "q4")]
    for text, behind in pairs:
        one, two = sorted((brightness(found[text]), brightness(found[behind])))
        assert (two + 0.05) / (one + 0.05) >= 4.5, f"{text} on {behind}"


def test_escape_closes_a_definition_until_its_term_is_left(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/about")
    term = page.locator(".term").first
    definition = term.locator(".tip")
    term.hover()
    expect(definition).to_be_visible()
    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()
    page.locator("h1").hover()
    term.hover()
    expect(definition).to_be_visible()
    page.close()
