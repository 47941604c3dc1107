"""The entities whose rows in the index may change, and what is gathered about them."""

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from loader.release import changed_entities
from loader.release.changed_entities import (
    INDEX_QUERIES,
    digest_index_queries,
    find_changed_entities,
    gather_statements,
)
from loader.release.statement_changes import StatementChanges
from loader.settings import Settings
from tests.loader.release.test_incremental_graph import PREFIXES as MADE_PREFIXES
from tests.rooms import PROJECT

PREFIXES = (
    f"@prefix : <https://e.example/> . @prefix void: <http://rdfs.org/ns/void#> .{MADE_PREFIXES}"
)
BASE = """
:study a ckg:CaseStudy ; ckg:organisation :college ; dcterms:subject :concept .
:other a ckg:CaseStudy ; ckg:organisation :college .
:join a ckg:Participation ; ckg:initiative :scheme ; ckg:organisation :college .
:action dcterms:isPartOf :plan . :plan ckg:organisation :college .
:scheme ckg:evaluation :look . :row ckg:statesIdentifier :number .
:concept skos:inScheme :keywords ; skos:prefLabel "Concept"@en . :far skos:prefLabel "Far" .
:college org:siteAddress :place . :place dcterms:isPartOf :far .
"""


GATHERED = """
:unrelated a ckg:CaseStudy . :kind rdfs:subClassOf ckg:Initiative .
:membership org:member :unrelated ; org:organization :group .
:dataset void:propertyPartition :partition . :partition void:property dcterms:title .
<https://g.example/> dcterms:title "Source" . :reporter ckg:statesIdentifier :scheme .
"""


def read(text: str, graph: str = "https://g.example/") -> Store:
    """Return a store of a text of Turtle in one graph, and in the union of all."""
    store = Store()
    for quad in parse(PREFIXES + text, format=RdfFormat.TURTLE):
        for home in (NamedNode(graph), DefaultGraph()):
            store.add(Quad(quad.subject, quad.predicate, quad.object, home))
    return store


def list_lines(text: str) -> list[str]:
    return [
        f"{quad.triple} <https://g.example/> .\n"
        for quad in parse(PREFIXES + text, format=RdfFormat.TURTLE)
    ]


def find(added: str = "", removed: str = "") -> set[str] | None:
    """Return the local names of the entities that some statements change."""
    changes = StatementChanges(list_lines(removed), list_lines(added))
    found = find_changed_entities(changes, read(BASE + removed), read(BASE + added))
    return None if found is None else {one.value.rpartition("/")[2] for one in found}


@pytest.mark.parametrize("is_removed", [False, True])
@pytest.mark.parametrize(
    ("statement", "entities"),
    [
        (":study dcterms:abstract 'Words' .", {"study", "college"}),
        (":new a ckg:CaseStudy .", {"new"}),
        (":plan ckg:organisation :school .", {"plan", "action", "college", "school"}),
        (":join dcterms:description 'Words' .", {"join", "scheme", "college"}),
        (":look ckg:evidenceLevel :level .", {"look", "scheme"}),
        (":row ckg:statesIdentifier :scheme .", {"row", "scheme", "join", "college"}),
        (
            ":college skos:altLabel 'C' .",
            {"college", "study", "other", "join", "scheme", "plan", "action"},
        ),
        (
            ":row ckg:statesIdentifier :college .",
            {"row", "college", "study", "other", "join", "scheme", "plan", "action"},
        ),
        (":plan a ckg:SectorRecord .", {"plan", "college", "action"}),
        (
            "<https://g.example/> ckg:trust ckg:Curated .",
            {"", "study", "other", "join"},
        ),
    ],
)
def test_entities_that_a_statement_may_change(
    statement: str, entities: set[str], is_removed: bool
) -> None:
    assert (find(removed=statement) if is_removed else find(statement)) == entities


@pytest.mark.parametrize("is_removed", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        ":a rdfs:subClassOf :b .",
        ":a skos:inScheme :b .",
        ":a skos:broader :b .",
        ":a org:member :b .",
        ":a org:organization :b .",
        ":a ckg:position 1 .",
        ":college a ckg:Consortium .",
        ":keywords a skos:ConceptScheme .",
        ":concept skos:definition 'More' .",
        ":row ckg:statesIdentifier :concept .",
    ],
)
def test_what_may_matter_to_any_entity(statement: str, is_removed: bool) -> None:
    assert (find(removed=statement) if is_removed else find(statement)) is None


def test_too_many_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_entities, "MOST_ENTITIES", 1)
    assert find(":new a ckg:CaseStudy .") == {"new"}
    assert find(":new a ckg:CaseStudy . :newer a ckg:CaseStudy .") is None


def test_what_is_gathered_about_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_entities, "SAMPLE", 0)
    store = read(BASE + GATHERED)
    gathered = gather_statements(store, {NamedNode("https://e.example/scheme")})
    assert gathered is not None
    found = {str(quad.subject).strip("<>").rpartition("/")[2] for quad in gathered}
    assert found == {
        *("scheme", "join", "college", "place", "concept"),
        *("", "kind", "membership", "partition", "dataset", "reporter"),
    }
    whole = {quad for quad in store if str(quad.subject) == "<https://e.example/scheme>"}
    assert whole <= set(gathered) and len(whole) == 2


def test_too_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_entities, "MOST_RECORDS", 1)
    assert gather_statements(read(BASE), {NamedNode("https://e.example/college")}) is None


def test_the_queries_of_the_index_are_those_whose_rows_are_taken_over() -> None:
    """Where this fails, see whether ``changed_entities`` is true of the queries, and renew it."""
    assert digest_index_queries(Settings(root=PROJECT)) == INDEX_QUERIES
