"""Order of the rows of a saved query by one of its columns: ``?sort=title`` or ``?sort=-title``."""

from collections.abc import Sequence
from difflib import get_close_matches

from loader.errors import UsageError
from loader.queries.rewrite import Edit, apply_edits
from loader.queries.syntax.parser import parse_query

SORT_FIELD = "sort"


def check_sort_column(sort: str, columns: Sequence[str]) -> None:
    """Raise UsageError for a column that the query does not have, with the nearest names."""
    column = sort.removeprefix("-")
    if column not in columns:
        near = get_close_matches(column, columns, n=1) or list(columns)
        hint = f"Choose {', '.join(near)}." if columns else "It has no columns."
        raise UsageError(f"Invalid value: the result has no column “{column}”. {hint}")


def order_rows(text: str, sort: str) -> str:
    """Return a SELECT query with its rows ordered by a column first, downwards with a minus.

    https://www.w3.org/TR/sparql11-query/#modOrderBy
    """
    column = sort.removeprefix("-")
    condition = f"DESC(?{column})" if sort.startswith("-") else f"?{column}"
    query = parse_query(text)
    modifier = query.clause("SolutionModifier")
    order = modifier.child("OrderClause") if modifier else None
    if order:
        # The conditions come after the two words ORDER and BY.
        place = list(order.tokens)[1].end
        return apply_edits(text, [Edit(place, place, f" {condition}")])
    limits = modifier.child("LimitClauses") if modifier else None
    place = limits.start if limits else query.root.end
    return apply_edits(text, [Edit(place, place, f"\nORDER BY {condition}\n")])
