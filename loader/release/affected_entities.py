"""The entities about which the shapes may find something else than in the base of a build.

A shape looks at an entity's own statements and one step further. A finding besides names values,
which may be another step away, by their labels, and a place by the passages of the entity.
"""

from pathlib import Path

from pyoxigraph import NamedNode, Store

from loader.namespaces import CKG, RDF, RDFS
from loader.release.linked_entities import find_subjects, keep_entities
from loader.release.statement_changes import UNION, UnionChanges
from loader.validation.shacl_neighbourhood import Subject, read_plan
from loader.validation.term_formatter import NAMES, SH

EVERYWHERE = (RDFS.subClassOf, SH.declare, SH.prefix, SH.namespace)
"""Properties of which a change may matter to any entity."""


def find_affected_entities(
    store: Store, before: Store, changes: UnionChanges, shapes: Path
) -> set[Subject] | None:
    """Return the affected entities; None where any entity may be affected.

    ``before`` and ``store`` hold the documents of the base and of the new release.
    """
    looked_at = {*read_plan(shapes).inner, RDF.type}
    found: set[Subject] = set()
    relevant: set[Subject] = set()
    labelled: set[Subject] = set()
    for triple in changes:
        if triple.predicate in EVERYWHERE:
            return None
        found |= keep_entities([triple.subject])
        if triple.predicate == CKG.statementSubject:
            found |= keep_entities([triple.object])
        if triple.predicate in looked_at:
            relevant |= keep_entities([triple.subject])
        if triple.predicate in NAMES:
            labelled |= keep_entities([triple.subject])
    stores = (before, store)
    if any(is_property(one, term) for one in stores for term in labelled):
        return None
    for one in stores:
        for subject in {triple.subject for triple in changes}:
            quads = one.quads_for_pattern(subject, CKG.statementSubject, None, UNION)
            found |= keep_entities(quad.object for quad in quads)
        near = find_subjects([one], [None], labelled)
        found |= near | find_subjects([one], [None], near | relevant)
    return found


def is_property(store: Store, term: Subject) -> bool:
    """Return whether a statement has ``term`` as its property."""
    if not isinstance(term, NamedNode):
        return False
    return next(store.quads_for_pattern(None, term, None, UNION), None) is not None
