"""Every GROUP_CONCAT of the query files joins texts in order, and texts alone.

SPARQL gives what it joins no order, and a simple literal for literals with a language:
https://www.w3.org/TR/sparql11-query/#defn_aggGroupConcat
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from pyoxigraph import Literal

from loader.queries.query_files import load_saved_queries
from loader.queries.syntax.parser import ParsedQuery, parse_query
from loader.queries.syntax.tree import Node, walk
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.engine import open_engine
from query_ui.site.lists.list_downloads import LIST_COLUMNS, LIST_SEPARATOR
from tests.conftest import PROJECT

FILES = sorted(
    path for path in (PROJECT / "sparql").rglob("*.rq") if "GROUP_CONCAT" in path.read_text("utf-8")
)


def list_joins(query: ParsedQuery) -> Iterator[tuple[Node, Node]]:
    """Yield each item of SELECT that is made by GROUP_CONCAT, with the SELECT that it is in."""
    selects: list[tuple[int, Node]] = []
    for node, depth in walk(query.root):
        while selects and selects[-1][0] >= depth:
            selects.pop()
        if not isinstance(node, Node):
            continue
        if node.kind in ("SelectQuery", "SubSelect"):
            selects.append((depth, node))
        elif node.kind == "SelectItem":
            joins = (one for one in node.find_all("Aggregate"))
            if any(one.first_token.text == "GROUP_CONCAT" for one in joins):
                yield node, selects[-1][1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_rows_that_are_joined_come_from_a_subquery_in_order(path: Path) -> None:
    query = parse_query(path.read_text("utf-8"))
    joins = [*list_joins(query)]
    assert len(joins) == query.text.count("GROUP_CONCAT") > 0
    for item, select in joins:
        where = select.child("WhereClause")
        subquery = where.find("SubSelect") if where else None
        modifier = subquery.child("SolutionModifier") if subquery else None
        assert where and subquery and modifier and modifier.child("OrderClause"), item
        before = {token.text.upper() for token in where.tokens if token.start < subquery.start}
        assert before <= {"WHERE", "{"}, "something else is joined with the rows in order"


def test_the_parts_of_every_cell_are_in_order(shipped: tuple[Settings, BuildResult]) -> None:
    settings = shipped[0]
    queries = load_saved_queries(settings.queries) | load_saved_queries(settings.pages)
    engine = open_engine(settings)
    parts, languages = 0, set()
    try:
        for query in (queries[path.stem] for path in FILES):
            items = (item for item, _ in list_joins(query.syntax))
            names = {[*item.find_all("Var")][-1].first_token.text[1:] for item in items}
            names |= {*LIST_COLUMNS} if "texts" in names else set()
            answer = engine.query(query.text)
            assert len(names & {*answer.columns}) >= 1, query.name
            cells = (zip(answer.columns, row, strict=True) for row in answer.rows)
            for name, term in chain.from_iterable(cells):
                if name in names and isinstance(term, Literal):
                    texts = term.value.split(LIST_SEPARATOR)
                    assert texts == sorted(texts), (query.name, name)
                    parts += len(texts) > 1
                    languages.add(term.language)
    finally:
        engine.close()
    assert parts > 200
    assert languages == {None}
