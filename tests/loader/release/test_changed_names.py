"""The name index of changed statements is the one of all statements, byte for byte."""

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse

from loader.release import changed_names
from loader.release.changed_names import (
    KNOWN_QUERIES,
    copy_statements,
    digest_name_queries,
    find_named_entities,
)
from loader.release.name_index.graph_names import NAME_QUERIES, collect_release_entities
from loader.release.name_index.name_patch import replace_entities
from loader.release.name_index.name_process import write_names
from loader.release.search_index import build_query_runner
from loader.release.statement_changes import StatementChanges
from tests.loader.release.test_incremental_graph import PREFIXES as MADE_PREFIXES
from tests.rooms import PROJECT

QUERIES = PROJECT / "sparql" / "index"
PREFIXES = f"@prefix : <https://a.example/> .{MADE_PREFIXES}"
SHARED = """
:study a ckg:CaseStudy ; dcterms:title "Study of UK ferns"@en .
:last a ckg:CaseStudy ; dcterms:title "The last of ferns" .
:key ckg:register "hesa" ; skos:notation "0095" .
:record ckg:recordOf :uni .
:mapping sssom:mapping_justification <https://w3id.org/semapv/vocab/ManualMappingCuration> ;
    owl:annotatedProperty skos:exactMatch ; owl:annotatedTarget :uni .
:concept skos:inScheme :scheme ; skos:prefLabel "Rhedyn"@cy .
:scheme a skos:ConceptScheme .
"""
CASES = {
    "a type": ':uni a org:FormalOrganization ; skos:prefLabel "Fern University" .',
    "a title": ':study dcterms:title "A study"@en .',
    "another name": ':study dcterms:alternative "SUF" ; skos:hiddenLabel "ferns" .',
    "a note": ':study dcterms:abstract "What was done." .',
    "a homepage": ":study foaf:homepage <https://ferns.example/> .",
    "an address": ":study skos:exactMatch <https://ror.org/041kmwe10> .",
    "an identifier": ":study adms:identifier :key .",
    "a key": ":study adms:identifier :key . :key skos:notation '0096' .",
    "a key of its own": ":own skos:notation '0102' .",
    "a key that a record states": ":other skos:notation '0103' .",
    "a name of what has all links": ':uni skos:altLabel "UF" . :study skos:altLabel "SF" .',
    "a name of what is stated": ':stated skos:altLabel "S" .',
    "a name of one of another class": ':kindred skos:altLabel "K" .',
    "a town": ":study schema:location :town . :town skos:prefLabel 'Leeds' .",
    "a record of a dataset": ":study a ckg:SectorRecord .",
    "an identifier that is stated": ":record ckg:statesIdentifier :study .",
    "what a record states": ":record ckg:statesIdentifier :key .",
    "a mapping": ':mapping sssom:subject_label "Univ Fern" .',
    "a mapping taken back": (
        ':mapping sssom:subject_label "Fern U" ; sssom:predicate_modifier "Not" .'
    ),
    "a new entity": ':new a ckg:CaseStudy ; dcterms:title "New" .',
    "literals for entities": ':study adms:identifier "0095" ; schema:location "Leeds" .',
}
LINKS = """
:uni a org:FormalOrganization ; skos:prefLabel "Fern University" .
:record ckg:statesIdentifier :other . :lone ckg:statesIdentifier :stated .
:other ckg:register "hesa" ; skos:notation "0100" .
:mapping sssom:subject_label "Uni F" .
:study adms:identifier :own ; schema:location :town . :town skos:prefLabel "York" .
:own ckg:register "hesa" ; skos:notation "0101" .
:stated a ckg:CaseStudy ; dcterms:title "Stated" .
:Kind rdfs:subClassOf ckg:CaseStudy . :kindred a :Kind ; dcterms:title "Kindred" .
"""
"""What some of the cases lead to, and what stays of the rows of others."""
FOR_ALL = {
    "a class": ":Kind rdfs:subClassOf ckg:CaseStudy .",
    "a scheme": ":other a skos:ConceptScheme .",
    "a concept": ":new skos:inScheme :scheme .",
    "a label of a concept": ':concept skos:prefLabel "Ferns"@en .',
    "a concept that is stated": ":record ckg:statesIdentifier :concept .",
}
"""Changes of which any entity may have other rows."""


def read_lines(text: str) -> set[str]:
    """Return the statements of a text of Turtle as lines of N-Quads, in a graph of their own."""
    return {
        f"{quad.triple} <https://a.example/graph> .\n"
        for quad in parse(PREFIXES + text, format=RdfFormat.TURTLE)
    }


def fill(lines: set[str]) -> Store:
    """Return a store of lines, which are in its default graph too."""
    store = Store()
    quads = [*parse("".join(lines), format=RdfFormat.N_QUADS)]
    store.extend([*quads, *(Quad(q.subject, q.predicate, q.object) for q in quads)])
    return store


def update_names(before: set[str], after: set[str], folder: Path) -> bool:
    """Write the index of some lines from that of others, and compare it with one from nothing.

    Return whether that was done.
    """
    old, new, updated = (folder / name for name in ("old", "new", "updated"))
    store = fill(after)
    entities = find_named_entities(store, StatementChanges.between(before, after))
    if entities is None:
        return False
    write_names(fill(before), QUERIES, old)
    write_names(store, QUERIES, new)
    iris = {entity.value for entity in entities}
    ask = build_query_runner(copy_statements(store, entities), QUERIES)
    made = [one for one in collect_release_entities(ask) if one.iri in iris]
    replace_entities(old, updated, iris, made)
    assert updated.read_bytes() == new.read_bytes(), sorted(before ^ after)
    return True


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("more", ["", LINKS])
def test_what_comes_and_goes(tmp_path: Path, case: str, more: str) -> None:
    shared = read_lines(SHARED + more)
    with_it = shared | read_lines(CASES[case])
    for before, after in ((shared, with_it), (with_it, shared)):
        assert update_names(before, after, tmp_path)


def test_random_changes(tmp_path: Path) -> None:
    everything = read_lines(SHARED + LINKS + "".join(CASES.values()))
    # What is stated of classes, schemes and concepts stays, as it would matter to all.
    fixed = {line for line in everything if re.search("subClassOf|scheme>|/concept>", line)}
    facts = sorted(everything - fixed)
    chance = random.Random(17)
    for _ in range(40):
        before, after = (set(chance.sample(facts, len(facts) * 3 // 4)) for _ in range(2))
        assert update_names(before | fixed, after | fixed, tmp_path)


@pytest.mark.parametrize("case", FOR_ALL)
def test_what_may_matter_to_any_entity(tmp_path: Path, case: str) -> None:
    shared = read_lines(SHARED)
    with_it = shared | read_lines(FOR_ALL[case])
    assert not update_names(shared, with_it, tmp_path)
    assert not update_names(with_it, shared, tmp_path)


def test_only_what_changed_is_affected() -> None:
    lines = read_lines(SHARED + LINKS)
    more = read_lines(":key skos:notation '0096' . :record ckg:statesIdentifier :key .")
    found = find_named_entities(fill(lines | more), StatementChanges((), sorted(more)))
    assert {str(one.value).rpartition("/")[2] for one in found or ()} == {"key", "record", "uni"}


def test_many_changes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = sorted(read_lines(CASES["another name"]))
    changes = StatementChanges((), lines)
    assert find_named_entities(Store(), changes)
    monkeypatch.setattr(changed_names, "MOST_CHANGES", len(lines) - 1)
    assert find_named_entities(Store(), changes) is None


def test_the_queries_are_those_whose_rows_are_known() -> None:
    """Where this fails, see of what the rows of an entity depend now, and renew the digest."""
    assert digest_name_queries(QUERIES) == KNOWN_QUERIES


@pytest.mark.parametrize("name", NAME_QUERIES)
def test_the_digest_is_of_every_query_that_is_asked(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(QUERIES, tmp_path / "index")
    path = folder / f"{name}.rq"
    path.write_text(path.read_text("utf-8") + "\n# A remark.\n", "utf-8")
    assert digest_name_queries(folder) != KNOWN_QUERIES


def test_no_other_query_is_asked() -> None:
    asked: list[str] = []
    ask = build_query_runner(fill(read_lines(SHARED)), QUERIES)

    def ask_and_note(name: str) -> Iterator[Any]:
        asked.append(name)
        return ask(name)

    assert [*collect_release_entities(ask_and_note)]
    assert sorted(asked) == sorted(NAME_QUERIES)
