"""Of which entities a change makes it worth to apply the shapes again."""

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from loader.namespaces import CKG, DCTERMS, RDF, RDFS, SKOS
from loader.release.affected_entities import find_affected_entities
from loader.release.statement_changes import UnionChanges
from tests.conftest import PROJECT

SHAPES = PROJECT / "ontology" / "shapes.ttl"
STUDY, OTHER, PLACE, TOWN, PASSAGE, SAYS = (
    NamedNode(f"https://a.example/{name}")
    for name in ("study", "other", "place", "town", "passage", "says")
)
BEFORE = [
    Triple(STUDY, CKG.organisation, PLACE),
    Triple(PLACE, SAYS, TOWN),
    Triple(OTHER, SAYS, Literal("tea")),
    Triple(PASSAGE, CKG.statementSubject, STUDY),
    Triple(PASSAGE, CKG.startLine, Literal("1")),
]


def fill(triples: list[Triple]) -> Store:
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples)
    return store


def find(*added: Triple, removed: tuple[Triple, ...] = ()) -> set[str] | None:
    """Return the names of the affected entities."""
    changes = UnionChanges(frozenset(removed), frozenset(added))
    after = [*(triple for triple in BEFORE if triple not in removed), *added]
    found = find_affected_entities(fill(after), fill(BEFORE), changes, SHAPES)
    return None if found is None else {str(one).rpartition("/")[2].strip(">") for one in found}


def test_own_statements() -> None:
    assert find(Triple(OTHER, SAYS, Literal("talk"))) == {"other"}
    assert find(removed=(BEFORE[2],)) == {"other"}
    assert find() == set()


def test_the_class_of_what_an_entity_links_to() -> None:
    assert find(Triple(PLACE, RDF.type, CKG.Group)) == {"place", "study"}
    assert find(Triple(PLACE, RDF.type, CKG.Group), removed=(BEFORE[0],)) == {"place", "study"}
    assert find(Triple(PLACE, DCTERMS.source, TOWN)) == {"place"}


@pytest.mark.parametrize("naming", [SKOS.prefLabel, DCTERMS.title, RDFS.label])
def test_the_label_of_a_value_one_or_two_steps_away(naming: NamedNode) -> None:
    assert find(Triple(TOWN, naming, Literal("Town"))) == {"town", "place", "study"}


def test_where_an_entity_is_described() -> None:
    moved = Triple(PASSAGE, CKG.startLine, Literal("2"))
    assert find(moved, removed=(BEFORE[4],)) == {"passage", "study"}
    assert find(Triple(PASSAGE, CKG.statementSubject, OTHER)) == {"passage", "study", "other"}
    assert find(removed=(BEFORE[3],)) == {"passage", "study"}


def test_what_may_matter_to_any_entity() -> None:
    assert find(Triple(CKG.Group, RDFS.subClassOf, CKG.CaseStudy)) is None
    assert find(Triple(SAYS, RDFS.label, Literal("says"))) is None
    assert find(Triple(TOWN, SAYS, Literal("x"))) == {"town"}
