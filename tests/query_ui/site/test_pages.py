"""The queries of the pages: each is a query file in order, and runs on the small graph."""

from pathlib import Path

import pyoxigraph

from loader.queries.contract_check import check_contract
from loader.queries.query_files import load_saved_queries
from tests.each_case import check_each

FOLDER = Path(__file__).parents[3] / "sparql" / "pages"
QUERIES = load_saved_queries(FOLDER)
SITE = Path(__file__).parents[3] / "query_ui"


def test_every_page_query_keeps_its_contract(store: pyoxigraph.Store) -> None:
    def check(name: str) -> None:
        proof = check_contract(QUERIES[name], store)
        assert proof.ok, proof.message

    check_each(QUERIES, check)


def test_every_page_query_is_asked_by_the_site() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SITE.rglob("*.py"))
    assert [name for name in QUERIES if f'"{name}"' not in code] == []
