"""The contract checks of a base that hold in a new release, as no change can matter to them.

The result of a query, of each invariant and of each example depends on the statements that their
patterns can match. Where no statement went or came that matches any, they are what they were.
"""

from collections.abc import Iterable

from pyoxigraph import NamedNode

from loader.queries.contract_check import ContractCheck, hash_query_text
from loader.queries.dependencies import StatementPattern, list_dependencies
from loader.queries.invariants import build_invariant_query
from loader.queries.saved_query import SavedQuery
from loader.queries.syntax.parser import parse_file
from loader.release.statement_changes import StatementChanges, parse_lines


def find_unaffected_checks(
    queries: Iterable[SavedQuery], checks: Iterable[ContractCheck], changes: StatementChanges
) -> dict[str, ContractCheck]:
    """Return those of the ``checks`` of a base that need not be made again after ``changes``.

    A check counts where it is of the same query text, and was not stopped.
    """
    known = {(check.name, check.file): check for check in checks if check.has_ended}
    changed = list_changed_patterns(changes)
    found: dict[str, ContractCheck] = {}
    for query in queries:
        check = known.get((query.name, hash_query_text(query.text)))
        if check and not is_affected(query, changed):
            found[query.name] = check
    return found


def list_changed_patterns(changes: StatementChanges) -> set[StatementPattern]:
    """Return the patterns that match a changed statement, in whatever graph it is."""
    patterns: set[StatementPattern] = set()
    for lines in (changes.removed, changes.added):
        for quad in parse_lines(lines):
            patterns.add((quad.predicate.value, None))
            if isinstance(quad.object, NamedNode):
                patterns.add((quad.predicate.value, quad.object.value))
    return patterns


def is_affected(query: SavedQuery, changed: set[StatementPattern]) -> bool:
    """Return whether changed statements may matter to the contract of a query.

    Examples need no look of their own: their values only take the place of others in VALUES.
    """
    parts = [query.syntax]
    for invariant in query.contract.invariants:
        parts.append(parse_file(build_invariant_query(query, invariant)))
    found = map(list_dependencies, parts)
    return any(patterns is None or not patterns.isdisjoint(changed) for patterns in found)
