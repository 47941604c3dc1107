"""Invariants of saved queries: sentences that hold in every release, or of every row of an answer.

An answer is spoken about as a subquery: https://www.w3.org/TR/sparql11-query/#subqueries
"""

from pyoxigraph import NamedNode, QueryBoolean, Store

from loader.queries.contract import Invariant
from loader.queries.header import ProblemList
from loader.queries.prologue import read_prologue
from loader.queries.result_table import Breach, QueryRunner, format_row
from loader.queries.rewrite import as_subquery
from loader.queries.saved_query import SavedQuery

ANSWER = "{answer}"
"""The placeholder for the query itself in the text of an invariant."""


def check_invariants(query: SavedQuery, problems: ProblemList) -> None:
    """Report each invariant that cannot be run, on its own line."""
    for invariant in query.contract.invariants:
        named = f'The invariant "{invariant.says}"'
        if (invariant.none or ANSWER in invariant.text) and query.syntax.form != "SELECT":
            message = "speaks of the rows of the answer, and only a SELECT has rows."
            problems.add(invariant.line, f"{named} {message}")
            continue
        try:
            results = Store().query(build_invariant_query(query, invariant))
        except SyntaxError:
            problems.add(invariant.line, f"{named} is not valid SPARQL 1.1 with this query.")
            continue
        if not invariant.none and not isinstance(results, QueryBoolean):
            problems.add(invariant.line, f'{named} must be an ASK, or a pattern under "none".')


def build_invariant_query(query: SavedQuery, invariant: Invariant) -> str:
    """Return the invariant as a query: an ASK, or a SELECT of the first row that breaks it."""
    text = invariant.text
    if invariant.none:
        text = f"SELECT * WHERE {{ {ANSWER}\n{text}\n}} LIMIT 1"
    prologue = read_prologue(query.syntax)
    answer = as_subquery(query.syntax, prologue)
    return f"{prologue.format()}\n{text.replace(ANSWER, answer)}"


def find_invariant_breach(
    query: SavedQuery, invariant: Invariant, run: QueryRunner
) -> Breach | None:
    """Return how the result breaks the invariant, with the first such row; None when it holds."""
    found = run(build_invariant_query(query, invariant))
    if not invariant.none:
        return None if found.rows else Breach(f"it is not true that {invariant.says}")
    if not found.rows:
        return None
    cells = dict(zip(found.columns, found.rows[0], strict=True))
    ordered = dict.fromkeys((*query.contract.columns, *found.columns))
    row = format_row([(name, cells.get(name)) for name in ordered])
    entities = tuple(cell.value for cell in found.rows[0] if isinstance(cell, NamedNode))
    return Breach(f"it is not true that {invariant.says}, as for {row or 'an empty row'}", entities)
