"""The page *About and method*, and what every page says of itself to other sites."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from query_ui.site.licences import build_licence_link
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

See = Callable[[str], Element]
STATIC = Path(__file__).parents[3] / "query_ui" / "static"


def test_the_page_counts_what_is_covered_and_explains_the_levels(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    page = parsed(client.get("/about", headers={"Accept": BROWSER}).text)
    facts = {row.find("dt")[0].text: row.find("dd")[0].text for row in page.one("dl").find("div")}
    assert facts["Practices"] == "318" and facts["Obligations"] == "59"
    levels = [
        [cell.text for cell in (*row.find("th"), *row.find("td"))]
        for table in page.find("table")
        for row in table.find("tbody")[0].find("tr")
    ]
    assert ["None reported", "265"] in [[row[0], row[2]] for row in levels]
    assert {"Low", "Disputed", "Control group"} <= {row[0] for row in levels}
    for number in page.one("main").find("a", "number"):
        answer = client.get(
            number.attributes["data-sparql"],
            headers={"Accept": "text/csv"},
            follow_redirects=True,
        )
        assert answer.text.split()[-1] == number.attributes["data-value"]


def test_a_term_is_explained_where_it_is_used(page: See) -> None:
    term = next(s for s in page("/about").find("span", "term") if s.one("a").text == "obligation")
    (tip,) = term.find("span", "tip")
    assert term.one("a").attributes["aria-describedby"] == tip.attributes["id"]
    assert "asks of one of its four responsible groups" in tip.text


def test_pages_describe_themselves_to_other_sites(page: See) -> None:
    metas = page("/about").find("meta")
    named = {m.attributes.get("property") or m.attributes.get("name", ""): m for m in metas}
    content = {name: meta.attributes.get("content", "") for name, meta in named.items()}
    assert content["og:title"] == "About and method – Concordat knowledge graph"
    assert content["og:description"] == content["description"]
    assert content["og:image"] == "http://localhost/static/share.png"
    (canonical,) = [
        one.attributes["href"]
        for one in page("/about").find("link")
        if one.attributes["rel"] == "canonical"
    ]
    assert canonical == "http://localhost/about"


def test_the_picture_has_the_size_that_pages_state() -> None:
    data = (STATIC / "share.png").read_bytes()
    width, height = (int.from_bytes(data[i : i + 4], "big") for i in (16, 20))
    assert (width, height) == (1200, 630) and len(data) < 60_000


def test_licences_have_their_usual_names() -> None:
    for address, name in (
        ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://opensource.org/license/mit", "MIT licence"),
        ("https://example.org/terms", "https://example.org/terms"),
    ):
        assert build_licence_link(address).text == name
