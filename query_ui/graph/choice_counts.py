"""Counts of the rows that a saved query returns for each choice of a parameter.

All choices are bound at once and the rows are counted by choice, so that one query counts them.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from loader.errors import UsageError
from loader.queries.parameter_binding import list_bindings
from loader.queries.parameters import Parameter
from loader.queries.rewrite import Edit, apply_edits, remove_annotations
from loader.queries.saved_query import SavedQuery
from loader.queries.syntax.tree import Node
from query_ui.engine.protocol import Engine

MAX_COUNTED_CHOICES = 200
"""The rows of longer lists of choices are not counted: that would take too long."""
_MAX_CACHED = 64
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})

CountByValue = Mapping[str, int]


class ChoiceCounts:
    """The counts by query and choice; each is computed once for a release. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[str, str], CountByValue] = OrderedDict()

    def count_rows(
        self,
        query: SavedQuery,
        parameter: Parameter,
        values: Mapping[str, Sequence[str]],
        choices: Sequence[str],
    ) -> CountByValue | None:
        """Return the number of rows for each choice, the other parameters having ``values``.

        None where they cannot be counted together; see ``build_count_query``.
        """
        text = build_count_query(query, parameter, values, choices)
        if not text:
            return None
        key = (self.engine.release, text)
        with self._lock:
            known = self._cache.get(key)
        if known is None:
            rows = self.engine.query(text).rows
            counts = {
                str(value.value): int(number.value)
                for value, number in rows
                if isinstance(value, NamedNode | Literal) and isinstance(number, Literal)
            }
            known = {choice: counts.get(choice, 0) for choice in choices}
            with self._lock:
                self._cache[key] = known
                while len(self._cache) > _MAX_CACHED:
                    self._cache.popitem(last=False)
        return known


def build_count_query(
    query: SavedQuery,
    parameter: Parameter,
    values: Mapping[str, Sequence[str]],
    choices: Sequence[str],
) -> str:
    """Return a query that counts the rows of a saved query for each choice of a parameter.

    "" where the rows of all choices are not those of each: for another form than SELECT, with a
    LIMIT, with an aggregate over all rows, with a parameter of a subquery that does more than
    order rows, without a value for another parameter that is required, or with too many choices.
    """
    syntax = query.syntax
    select, modifier = syntax.main.child("SelectClause"), syntax.clause("SolutionModifier")
    where = syntax.clause("WhereClause")
    group = where.child("Group") if where else None
    if not (0 < len(choices) <= MAX_COUNTED_CHOICES and syntax.form == "SELECT" and select):
        return ""
    subquery = find_ordering_subquery(group) if group else None
    inner = subquery.child("WhereClause") if subquery else None
    stated = inner.child("Group") if inner else group
    if stated is None or not any(is_values_of(node, parameter) for node in stated.nodes):
        return ""
    if modifier and modifier.child("LimitClauses"):
        return ""
    grouping = modifier.child("GroupClause") if modifier else None
    if grouping is None and any(token.kind in _AGGREGATES for token in select.tokens):
        return ""
    bound = {**values, parameter.name: [format_choice(parameter, choice) for choice in choices]}
    try:
        edits = list_bindings(query, bound)
    except UsageError:
        return ""
    variable = f"?{parameter.name}"
    for one in (select, subquery.child("SelectClause") if subquery else None):
        if one and not one.token("*") and variable not in [token.text for token in one.tokens]:
            edits.append(Edit(one.end, one.end, f" {variable}"))
    if grouping and variable not in [token.text for token in grouping.tokens]:
        edits.append(Edit(grouping.end, grouping.end, f" {variable}"))
    prologue = query.text[: syntax.main.start]
    edits += remove_annotations(syntax)
    inside = apply_edits(query.text, edits, syntax.main.start, syntax.root.end)
    head = f"SELECT {variable} (COUNT(*) AS ?rows)"
    return f"{prologue}{head} WHERE {{ {{ {inside} }} }} GROUP BY {variable}"


def find_ordering_subquery(group: Node) -> Node | None:
    """Return the subquery that is all of a group and only orders rows, or None.

    Queries that join texts have one, since joined texts follow the order of the rows.
    """
    only = group.nodes[0] if len(group.nodes) == 1 else None
    if only and only.kind == "Union" and len(only.nodes) == 1:
        only = only.nodes[0].child("SubSelect")
    if only is None or only.kind != "SubSelect":
        return None
    modifier = only.child("SolutionModifier")
    changes_rows = modifier and any(
        modifier.child(kind) for kind in ("GroupClause", "HavingClause", "LimitClauses")
    )
    return None if changes_rows else only


def is_values_of(node: Node, parameter: Parameter) -> bool:
    """Return whether a pattern is the VALUES block of a parameter."""
    return node.kind == "Values" and node.start <= parameter.start and parameter.end <= node.end


def format_choice(parameter: Parameter, choice: str) -> str:
    """Return a choice as a text for the parameter: an IRI in angle brackets, or a literal."""
    return choice if parameter.datatype else f"<{choice}>"
