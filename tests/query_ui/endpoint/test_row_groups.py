"""Rows of results in groups."""

from collections.abc import Sequence

import pytest
from flask import Flask

from query_ui.endpoint.result_view import Row, list_exact_columns
from query_ui.endpoint.row_groups import group_rows
from query_ui.graph.urls import Link
from query_ui.graph.value_view import ValueView
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

PATH = "/queries/case-studies-by-broader-keyword"


def link(name: str, *, outside: bool = False) -> ValueView:
    """A cell with a link."""
    return ValueView(Link(name, f"/things/{name}", f"urn:{name}", outside))


def text(words: str) -> ValueView:
    """A cell with a text."""
    return ValueView(text=words)


def group(rows: Sequence[Row]) -> list[list[Row]] | None:
    """The groups of rows as lists."""
    found = group_rows(list_exact_columns(["a", "b", "c"][: len(rows[0])]), rows)
    return [list(one) for one in found.groups] if found else None


def test_rows_with_the_same_first_cell_come_together_where_the_first_of_them_is() -> None:
    rows: list[Row] = [(link(a), link(b)) for a, b in ("x1", "y2", "x3", "z4", "x5")]
    assert group(rows) == [[rows[0], rows[2], rows[4]], [rows[1]], [rows[3]]]


@pytest.mark.parametrize(
    "rows",
    [
        [(link("x"),), (link("x"),), (link("y"),)],
        [(link("x"), link("1")), (link("x"), link("2"))],
        [(link(a), link("1")) for a in "abcdeefghi"],
        [(link("x"), link("1")), (link("x"), link("2")), (None, link("3"))],
    ],
    ids=["one column", "one group", "hardly any group", "an empty cell"],
)
def test_groups_that_say_little_are_not_made(rows: Sequence[Row]) -> None:
    assert group(rows) is None


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ([(text("n"), link("1")), (text("n"), link("2")), (text("m"), link("1"))], 2),
        ([(link("1"), text("n")), (link("2"), text("n")), (link("1"), text("m"))], 1),
        ([(text("n"), link("1")), (text("o"), link("2")), (text("m"), link("1"))], None),
        ([(text("n"), text("1")), (text("n"), text("2")), (text("m"), text("1"))], None),
        ([(text("n"), link("1", outside=True)), (text("n"), link("2")), (text("m"), None)], None),
    ],
    ids=["last column", "second column", "two columns differ", "texts", "links elsewhere"],
)
def test_only_links_of_one_column_are_a_list(cells: Sequence[Row], place: int | None) -> None:
    names = ("x", "x", "y")
    rows = [(link(name), *row) for name, row in zip(names, cells, strict=True)]
    found = group_rows(list_exact_columns("abc"), rows)
    assert found and found.listed == place


def read(app: Flask, address: str) -> Element:
    """A page as a browser gets it."""
    return parsed(app.test_client().get(address, headers={"Accept": BROWSER}, buffered=True).text)


def list_views(found: Element) -> dict[str, tuple[str, bool]]:
    """The views that a page offers: address, and whether it is the current one."""
    (bar,) = (nav for nav in found.find("nav") if nav.attributes.get("aria-label") == "View")
    return {a.text: (a.attributes["href"], "aria-current" in a.attributes) for a in bar.find("a")}


def test_a_page_has_groups_or_all_rows(shipped_app: Flask) -> None:
    rows = shipped_app.test_client().get(f"{PATH}.json").get_json()["results"]["bindings"]
    grouped, flat = read(shipped_app, PATH), read(shipped_app, f"{PATH}?view=rows")
    assert list_views(grouped) == {
        "Grouped": (PATH, True),
        "All rows": (f"{PATH}?view=rows", False),
    }
    assert list_views(flat) == {"Grouped": (PATH, False), "All rows": (f"{PATH}?view=rows", True)}
    groups = grouped.one("table", "result").find("tbody")
    assert len(groups) == len({row["study"]["value"] for row in rows}) < len(rows)
    assert sum(len(one.find("a", "chip")) for one in groups) == len(rows)
    assert len(flat.one("table", "result").one("tbody").find("tr")) == len(rows)
    for page in (grouped, flat):
        assert page.one("h2").text.startswith(f"{len(rows)} rows")
        assert f"{PATH}.csv" in {a.attributes["href"] for a in page.find("a")}


def test_groups_of_several_columns_have_a_row_for_each(shipped_app: Flask) -> None:
    path = "/queries/keywords-by-institution"
    rows = shipped_app.test_client().get(f"{path}.json").get_json()["results"]["bindings"]
    table = read(shipped_app, f"{path}?sort=-caseStudies").one("table", "result")
    heads = [th for th in table.find("th") if th.attributes["scope"] == "rowgroup"]
    assert len(heads) == len({row["institution"]["value"] for row in rows})
    assert sum(int(th.attributes["rowspan"]) for th in heads) == len(rows)
    assert sum(len(one.find("tr")) for one in table.find("tbody")) == len(rows)


def test_the_view_stays_with_sorting_and_values(shipped_app: Flask) -> None:
    found = read(shipped_app, f"{PATH}?view=rows&under=policy")
    kept = [
        one for one in found.one("form", "ask").find("input") if one.attributes["name"] == "view"
    ]
    assert [one.attributes["value"] for one in kept] == ["rows"]
    heading = found.one("table", "result").find("th")[0].one("a").attributes["href"]
    assert heading == f"{PATH}?view=rows&under=policy&sort=study"
    addresses = {a.attributes["href"] for a in found.find("a")}
    assert f"{PATH}.csv?under=policy" in addresses
    assert f"/embed?page={PATH}%3Fview%3Drows%26under%3Dpolicy" in addresses


def test_a_view_that_does_not_exist_is_refused(app: Flask) -> None:
    response = app.test_client().get("/queries/by-keyword.json?view=cards")
    assert response.status_code == 400
    assert response.get_json()["detail"] == "view is “cards”: it can be grouped or rows."
