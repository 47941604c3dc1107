"""Which passage explains a statement."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from query_ui.graph.page_queries import PageRow
from query_ui.site.statement_sources import PassageIndex
from tests.conftest import PROJECT
from tests.query_ui.conftest import BROWSER, build_tiny_site
from tests.query_ui.site.small import parsed

P, Q, X, Y = (NamedNode(f"https://example.org/{name}") for name in "pqxy")


def passage(prop: NamedNode | None, value: NamedNode | Literal | None, quote: str) -> PageRow:
    graph = NamedNode("https://example.org/g")
    return {"graph": graph, "property": prop, "value": value, "quote": Literal(quote)}


ROWS = [
    passage(None, None, "record"),
    passage(None, Y, "object"),
    passage(P, None, "property"),
    passage(P, X, "statement"),
    passage(P, Literal("x"), "literal"),
]


@pytest.mark.parametrize(
    ("prop", "value", "quote"),
    [
        (P, X, "statement"),
        (P, Literal("x"), "literal"),
        (P, Y, "property"),
        (Q, Y, "object"),
        (Q, X, "record"),
        (Q, Literal("https://example.org/y"), "record"),
    ],
)
def test_closest_passage_wins(prop: NamedNode, value: NamedNode | Literal, quote: str) -> None:
    found = PassageIndex(ROWS).find_passages("https://example.org/g", prop.value, value)
    assert [row["quote"] for row in found] == [Literal(quote)]


def test_passage_of_another_graph_explains_nothing() -> None:
    assert PassageIndex(ROWS).find_passages("https://example.org/h", P.value, X) == []


def test_two_passages_of_one_statement_are_both_kept() -> None:
    found = PassageIndex([*ROWS, passage(P, X, "again")]).find_passages(
        "https://example.org/g", P.value, X
    )
    assert [row["quote"] for row in found] == [Literal("statement"), Literal("again")]


def test_an_identifier_that_a_dataset_states_leads_to_its_row(tmp_path: Path) -> None:
    name = "sector/hesa-provider-list"
    table = (
        "INSTID,UKPRN,ProviderName,CountryCode,CategoryName,FE_Provider,Rescinded\n"
        "0001,10000001,First,E,,,0\n0002,10000002,Second,E,,,0\n"
    )
    tables = {
        f"{name}.toml": (PROJECT / "data" / f"{name}.toml").read_text("utf-8"),
        f"{name}.csv": table,
    }
    client = build_tiny_site(tmp_path, tables)
    response = client.get("/things/stated-identifier/ukprn-10000002", headers={"Accept": BROWSER})
    page = " ".join(parsed(response.get_data(as_text=True)).text.split())
    assert page.count("Sector dataset in sector/hesa-provider-list.csv, line 3") == 3
    assert "As states identifier" in page and "As statement subject" not in page
