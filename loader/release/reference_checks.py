"""The checks of references that an incremental build need not ask.

No published release has an error, so in the base of a build everything to which a document
refers is described. In the next release it may be missing only where a statement with it is
new, or where what described it went. Unless one of these is missing, both checks find nothing.
"""

import hashlib
from collections.abc import Iterable

from pyoxigraph import NamedNode, Store

from loader.errors import Severity
from loader.release.statement_changes import UNION, StatementChanges, UnionChanges, parse_lines
from loader.settings import BASE
from loader.validation.sparql_checks import Check

REFERENCE_CHECKS = {
    "unknown-property": "f24cd4d7a88f7890ce868d5689c95d940b9a331c02544e3940a2510b176bc9d9",
    "unknown-thing": "ea2c75af0ff8492b492270cd92bb1fad34aa4267ac658090280be613ef1f8d3a",
}
"""The checks for which this was shown, with the digests of their files; others are asked."""


def find_settled_checks(
    store: Store, changes: StatementChanges, union: UnionChanges, checks: Iterable[Check]
) -> frozenset[str]:
    """Return the codes of checks that find nothing in ``store``, which has all documents.

    ``changes`` are those since a release without errors, ``union`` those of the union of all
    graphs.
    """
    known = frozenset(check.code for check in checks if is_known(check))
    if not known or any(is_missing(store, term) for term in collect_references(changes, union)):
        return frozenset()
    return known


def is_known(check: Check) -> bool:
    """Return whether a check is one for which this was shown."""
    digest = hashlib.sha256(check.text.encode("utf-8")).hexdigest()
    return check.severity is Severity.ERROR and digest == REFERENCE_CHECKS.get(check.code)


def collect_references(changes: StatementChanges, union: UnionChanges) -> set[NamedNode]:
    """Return what may be missing though it was not: new references, and what was described.

    A new statement counts even where the union had it: it may have been in the catalogue alone,
    where no check looks at it.
    """
    found: set[object] = {triple.subject for triple in union.removed}
    for quad in parse_lines(changes.added):
        found.update((quad.predicate, quad.object))
    return {one for one in found if isinstance(one, NamedNode) and one.value.startswith(BASE)}


def is_missing(store: Store, term: NamedNode) -> bool:
    """Return whether a term is a value or a property, and no statement is about it."""
    if next(store.quads_for_pattern(term, None, None, UNION), None) is not None:
        return False
    patterns = ((None, term), (term, None))
    found = (store.quads_for_pattern(None, prop, value, UNION) for prop, value in patterns)
    return any(next(some, None) is not None for some in found)
