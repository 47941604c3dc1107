"""Which results find nothing: no rows, an aggregate of nothing, or false; and how to ask why."""

from pyoxigraph import Literal

from loader.namespaces import XSD
from loader.queries.syntax.parser import parse_query
from query_ui.engine.protocol import QueryResult

QUESTION_BY_RESULT = {"rows": "Why no rows?", "count": "Why 0?", "boolean": "Why no match?"}
"""The heading of the diagnosis by what the result is."""
_AGGREGATES = {"COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"}
_NUMBERS = (XSD.integer, XSD.decimal, XSD.double, XSD.float)


def ask_why_empty(text: str, result: QueryResult) -> str:
    """Return the question that the diagnosis answers for a result; "" where it found something.

    An aggregate without GROUP BY has one row, whatever matches: 0, "" or no value are nothing.
    https://www.w3.org/TR/sparql11-query/#aggregateAlgebra
    """
    if result.kind == "boolean":
        return "" if result.boolean else QUESTION_BY_RESULT["boolean"]
    if not result.rows:
        return QUESTION_BY_RESULT["rows"]
    if result.kind != "bindings" or len(result.rows) > 1 or not _computes_aggregates(text):
        return ""
    return QUESTION_BY_RESULT["count"] if all(map(_is_nothing, result.rows[0])) else ""


def ask_why_examined(text: str) -> str:
    """Return the heading of the diagnosis of a query, by its form alone."""
    if parse_query(text).form == "ASK":
        return QUESTION_BY_RESULT["boolean"]
    return QUESTION_BY_RESULT["count" if _computes_aggregates(text) else "rows"]


def _computes_aggregates(text: str) -> bool:
    """Whether the outermost SELECT of a query computes aggregates of all rows, without groups."""
    query = parse_query(text)
    select, modifier = query.clause("SelectClause"), query.clause("SolutionModifier")
    grouped = modifier is not None and modifier.child("GroupClause") is not None
    return (
        select is not None
        and not grouped
        and any(token.kind in _AGGREGATES for token in select.tokens)
    )


def _is_nothing(term: object) -> bool:
    if not isinstance(term, Literal):
        return term is None
    return term.value == "" or (term.datatype in _NUMBERS and float(term.value) == 0)
