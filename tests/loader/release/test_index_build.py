"""The search index of a release that begins as the one before is that of one built from nothing."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loader.errors import BuildError
from loader.release import build as build_module
from loader.release import index_build, staging
from loader.release.build import build
from loader.release.incremental_graph import IncrementalGraph
from loader.release.index_build import merge_base_index
from loader.release.search_index import IndexTables
from loader.release.search_index.base_index import BaseIndex, read_base_index
from loader.release.search_index.search_schema import SEARCH_INDEX_FILE
from loader.settings import Settings
from tests.conftest import quiet
from tests.loader.release.test_document_cache import add_document
from tests.loader.release.test_incremental_graph import GRAPHS, PREFIXES, begun, list_facts, project

__all__ = ["begun", "project"]

LINKED_FACTS = """
made:join a ckg:Participation ; ckg:initiative made:scheme | made:scheme a ckg:Initiative
made:join ckg:organisation <https://w3id.org/concordat-kg/id/organisation/midvale-institute>
made:scheme dcterms:title "A scheme"@en | made:scheme dcterms:title "Cynllun"@cy
made:scheme skos:altLabel "AS" | made:scheme a ckg:Practice
made:plan a ckg:ActionPlan ; dcterms:title "Plan" | made:action dcterms:isPartOf made:plan
made:action a ckg:Action ; dcterms:title "Zeal" | made:action ckg:obligation made:nothing
made:plan ckg:organisation <https://w3id.org/concordat-kg/id/organisation/northgate-university>
made:plan dcterms:subject <https://w3id.org/concordat-kg/concept/keywords/mentorship>
made:plan ckg:beneficiary <https://w3id.org/concordat-kg/concept/beneficiaries/academics>
made:scheme ckg:evaluation made:look | made:look a ckg:Evaluation
made:look ckg:evidenceLevel <https://w3id.org/concordat-kg/concept/evidence-levels/participant-feedback>
made:look ckg:evidenceLevel <https://w3id.org/concordat-kg/concept/evidence-levels/independent-evaluation>
<https://w3id.org/concordat-kg/id/organisation/midvale-institute> skos:prefLabel "Sefydliad"@cy
<https://w3id.org/concordat-kg/id/organisation/northgate-university> skos:prefLabel "A University"
made:college a org:FormalOrganization ; skos:prefLabel "College"@en
made:plan ckg:organisation made:college
made:row a ckg:SectorRecord | made:row ckg:statesIdentifier made:scheme
made:row dcterms:title "Row" | made:row a ckg:CaseStudy
made:number a ckg:Figure ; ckg:organisation made:college | made:number ckg:indicator made:measure
made:measure a ckg:Indicator ; dcterms:title "Measure" ; dcterms:source <https://s.example/>
<https://w3id.org/concordat-kg/graph/organisations> ckg:trust ckg:Generated
<https://w3id.org/concordat-kg/graph/made> a ckg:SourceDocument | made:plan ckg:trust ckg:Curated
made:plan schema:startDate "2019-01-01"^^<http://www.w3.org/2001/XMLSchema#date>
made:plan dcterms:abstract "Words of a plan." | made:plan rdfs:label "Planned"
"""
"""Facts about entities of which other entities have rows in the search index."""


def write_linked_facts(root: Path, chance: random.Random) -> None:
    """Write a document of random facts of which each concerns a few entities."""
    facts = chance.sample(list_facts(LINKED_FACTS), chance.randint(1, 30))
    lines = [f"{fact} ." for fact in facts]
    lines += [f"GRAPH {chance.choice(GRAPHS)} {{ {fact} }}" for fact in facts[::3]]
    number = chance.randint(1, 2)
    (root / "data" / f"linked-{number}.trig").write_text("\n".join([PREFIXES, *lines]), "utf-8")


@pytest.fixture
def merged(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each search index of a release with a base was made from that of the base."""
    found: list[bool] = []

    def merge_and_note(*args: Any) -> IndexTables | None:
        tables = merge_base_index(*args)
        if isinstance(args[0], IncrementalGraph):
            found.append(tables is not None)
        return tables

    monkeypatch.setattr(index_build, "merge_base_index", merge_and_note)
    return found


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that publishes whatever its findings, and so cannot know that a base has none."""
    monkeypatch.setattr(build_module, "refuse_errors", lambda *_: None)
    monkeypatch.setattr(staging, "find_settled_checks", lambda *_: ())


def assert_indexes_agree(settings: Settings, other: Settings) -> None:
    """Build what changed and everything: the search index has the same bytes."""
    found = build(settings, quiet, unproved=True)
    if not found.built_before:
        everything = build(other, quiet, unproved=True, fresh=True)
        assert found.release.name == everything.release.name
        indexes = [
            (one.release.folder / SEARCH_INDEX_FILE).read_bytes() for one in (found, everything)
        ]
        assert indexes[0] == indexes[1]


def change_and_compare(settings: Settings, out: Path, seed: int, count: int) -> None:
    """Change facts at random, ``count`` times, and compare the indexes each time."""
    chance = random.Random(seed)
    build(settings, quiet, unproved=True)
    shutil.copytree(settings.out, out)
    for _ in range(count):
        write_linked_facts(settings.root, chance)
        assert_indexes_agree(settings, replace(settings, out=out))


@pytest.mark.usefixtures("begun", "lenient")
def test_what_the_base_has_is_taken_over(
    project: Settings, tmp_path: Path, merged: list[bool]
) -> None:
    change_and_compare(project, tmp_path / "fresh", 1, 3)
    assert merged == [True] * 3


@pytest.mark.long
@pytest.mark.usefixtures("begun", "lenient")
@pytest.mark.parametrize("seed", range(2, 6))
def test_sixty_random_changes_of_what_entities_refer_to(
    project: Settings, tmp_path: Path, seed: int, merged: list[bool]
) -> None:
    change_and_compare(project, tmp_path / "fresh", seed, 15)
    assert sum(merged) > 10


@pytest.mark.usefixtures("begun")
def test_with_other_queries_everything_is_indexed_anew(
    project: Settings, tmp_path: Path, merged: list[bool]
) -> None:
    path = project.facets / "year.rq"
    path.write_text(f"{path.read_text('utf-8')}# A remark that is another text.\n", "utf-8")
    build(project, quiet, unproved=True)
    add_document(project.root, random.Random(1))
    assert_indexes_agree(project, replace(project, out=tmp_path / "fresh"))
    assert merged == [False]


def forget_lists(base: BaseIndex) -> BaseIndex:
    return replace(base, list_query_hash="that of another query")


def forget_facet(base: BaseIndex) -> BaseIndex:
    return replace(base, facets=dict([*base.facets.items()][1:]))


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize("forget", [forget_lists, forget_facet])
def test_a_base_with_other_tables_is_indexed_anew(
    project: Settings,
    tmp_path: Path,
    merged: list[bool],
    forget: Callable[[BaseIndex], BaseIndex],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index_build, "read_base_index", lambda path: forget(read_base_index(path)))
    build(project, quiet, unproved=True)
    add_document(project.root, random.Random(1))
    assert_indexes_agree(project, replace(project, out=tmp_path / "fresh"))
    assert merged == [False]


@pytest.mark.usefixtures("begun")
def test_an_index_that_cannot_be_written_ends_the_build(
    project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise BuildError("the disk is full")

    monkeypatch.setattr(index_build, "write_search_index", fail)
    with pytest.raises(BuildError, match="the disk is full"):
        build(project, quiet, unproved=True)
    assert not (project.out / "current").exists()
