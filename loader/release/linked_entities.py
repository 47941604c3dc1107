"""The entities that are linked with others by some properties, in any of several stores."""

from collections.abc import Iterable

from pyoxigraph import BlankNode, NamedNode, Store

from loader.release.statement_changes import UNION
from loader.validation.shacl_neighbourhood import Subject


def find_objects(
    stores: Iterable[Store], subjects: Iterable[Subject], properties: Iterable[NamedNode]
) -> set[Subject]:
    """Return the entities that others have as the object of some properties, in any store."""
    patterns = [(subject, one) for one in properties for subject in subjects]
    return keep_entities(
        quad.object
        for store in stores
        for pattern in patterns
        for quad in store.quads_for_pattern(*pattern, None, UNION)
    )


def find_subjects(
    stores: Iterable[Store], properties: Iterable[NamedNode | None], objects: Iterable[Subject]
) -> set[Subject]:
    """Return the entities that have others as the object of some properties, in any store.

    None among the properties is any property.
    """
    patterns = [(one, term) for one in properties for term in objects]
    return keep_entities(
        quad.subject
        for store in stores
        for pattern in patterns
        for quad in store.quads_for_pattern(None, *pattern, UNION)
    )


def keep_entities(terms: Iterable[object]) -> set[Subject]:
    """Return the terms that can have statements of their own, other than about a statement."""
    return {term for term in terms if isinstance(term, NamedNode | BlankNode)}
