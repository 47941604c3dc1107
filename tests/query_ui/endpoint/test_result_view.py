"""Results of queries on pages: their cells and columns."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from query_ui.graph.urls import Link
from query_ui.graph.value_view import ValueView
from tests.query_ui.site.small import Element, parsed

Page = Callable[[str], Element]
LONG = "https://example.org/a-very-long-address/of-a-record/1234567890"


def render_cell(app: Flask, value: ValueView, *, is_exact: bool) -> Element:
    """The cell of a table of results."""
    with app.test_request_context():
        module: Any = app.jinja_env.get_template("parts/result.html").make_module()
        return parsed(module.cell(value, is_exact))


@pytest.mark.parametrize("is_exact", [False, True])
def test_an_iri_that_is_no_web_address_is_no_link(app: Flask, is_exact: bool) -> None:
    iri = "javascript:alert(1)"
    found = render_cell(app, ValueView(Link(iri, "", iri, outside=True)), is_exact=is_exact)
    assert not found.find("a")
    assert found.one("span").attributes == {"title": iri}
    assert found.text == iri


def test_a_long_address_is_shortened_and_a_label_is_not(app: Flask) -> None:
    found = render_cell(app, ValueView(Link(LONG, LONG, LONG, outside=True)), is_exact=True)
    assert found.text == "example.org/a-very-long-…ord/1234567890"
    assert found.one("a").attributes["href"] == LONG
    label = "A name with more than forty letters, such as this one"
    named = ValueView(Link(label, "/things?iri=x", LONG), short="ex:1")
    assert render_cell(app, named, is_exact=False).text == label
    assert render_cell(app, named, is_exact=True).text == f"{label} ex:1"


def test_only_the_editor_shows_language_and_datatype(app: Flask) -> None:
    for value, more in (
        (ValueView(text="Lles", language="cy"), "cy"),
        (ValueView(text="3", datatype="xsd:integer"), "xsd:integer"),
    ):
        assert render_cell(app, value, is_exact=False).text == value.text
        assert render_cell(app, value, is_exact=True).text == f"{value.text} {more}"


def test_the_editor_shows_each_column_under_its_own_name(page: Page) -> None:
    query = "SELECT ?aName ?bName { VALUES (?aName ?bName) { (1 1) (2 2) } }"
    table = page(f"/sparql?query={query}").one("table", "result")
    assert [th.text for th in table.find("th")] == ["aName", "bName"]
    assert [td.text for td in table.find("td")] == [
        *("1 xsd:integer", "1 xsd:integer", "2 xsd:integer", "2 xsd:integer")
    ]
