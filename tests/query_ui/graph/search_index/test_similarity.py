"""Relatedness: recomputed by brute force from the graph, and what must not change it."""

import math
import random
from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from loader.namespaces import CKG, DCTERMS, RDF, SKOS, concept, scheme, thing
from loader.queries.evaluate import evaluate_query
from loader.release.search_index import build_tables, collect_index_contents, write_search_index
from loader.settings import Settings
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.similarity import KEYWORD_SCHEME, WORK_KINDS, SimilarityCalculator
from tests.conftest import PROJECT

Tags = dict[str, set[str]]
Tree = dict[str, str]
TREE: Tree = {f"leaf{n}": f"twig{n % 4}" for n in range(12)} | {f"twig{n}": "top" for n in range(4)}


def indexed(folder: Path, tags: Tags, tree: Tree = TREE) -> SearchIndex:
    """An index over case studies with these keywords below each other."""
    store = Store()

    def say(subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
        store.add(Quad(subject, predicate, value, DefaultGraph()))

    for name in {*tree, *tree.values(), *(tag for some in tags.values() for tag in some)}:
        say(concept("keywords", name), SKOS.inScheme, scheme("keywords"))
    for below, above in tree.items():
        say(concept("keywords", below), SKOS.broader, concept("keywords", above))
    for study, some in tags.items():
        say(thing("case-study", study), RDF.type, CKG.CaseStudy)
        say(thing("case-study", study), DCTERMS.title, Literal(study))
        for tag in some:
            say(thing("case-study", study), DCTERMS.subject, concept("keywords", tag))
    path = folder / f"{len(list(folder.iterdir()))}.sqlite"
    write_search_index(path, build_tables(collect_index_contents(store, Settings(root=PROJECT))))
    return SearchIndex(path)


def ranking(index: SearchIndex, study: str) -> list[tuple[str, int]]:
    """The related studies with their scores."""
    number = index.number(thing("case-study", study).value)
    assert number is not None
    found = index.get_or_compute(SimilarityCalculator).find_similar_entities(number, 1000)
    return [(index.iri(one.number).rpartition("/")[2], one.score) for one in found]


def drawn(seed: int, studies: int = 14) -> Tags:
    """Random keywords for some studies."""
    chance = random.Random(seed)
    leaves = [*TREE, *(f"twig{n}" for n in range(4))]
    return {f"s{n:02}": set(chance.sample(leaves, chance.randint(1, 5))) for n in range(studies)}


def brute(tags: Tags, tree: Tree, one: str) -> list[tuple[str, int]]:
    """The same from the definition, in the plainest way: no arrays, no index."""

    def closed(some: set[str]) -> set[str]:
        found = set()
        for tag in some:
            step: str | None = tag
            while step:
                found.add(step)
                step = tree.get(step)
        return found

    whole = {study: closed(some) for study, some in tags.items()}
    carriers: dict[str, int] = defaultdict(int)
    for some in whole.values():
        for tag in some:
            carriers[tag] += 1
    most = max(carriers.values())
    bits = {tag: round(math.log2((most + 1) / n), 4) for tag, n in carriers.items()}
    scores = []
    for other, theirs in whole.items():
        shared = sum(round(bits[tag] * 10_000) for tag in whole[one] & theirs)
        either = sum(round(bits[tag] * 10_000) for tag in whole[one] | theirs) + 50_000
        if other != one and shared:
            scores.append((-shared / either, other, (200 * shared + either) // (2 * either)))
    return [(other, score) for _, other, score in sorted(scores)]


@pytest.mark.parametrize("seed", range(12))
def test_scores_are_those_of_the_definition(tmp_path: Path, seed: int) -> None:
    tags = drawn(seed)
    index = indexed(tmp_path, tags)
    for study in tags:
        assert ranking(index, study) == brute(tags, TREE, study)


@pytest.mark.parametrize("seed", range(4))
def test_the_score_is_the_same_from_both_sides(tmp_path: Path, seed: int) -> None:
    tags = drawn(seed)
    index = indexed(tmp_path, tags)
    scores = {(one, other): s for one in tags for other, s in ranking(index, one)}
    assert scores and all(scores[other, one] == score for (one, other), score in scores.items())


def test_a_rarer_shared_keyword_counts_for_more(tmp_path: Path) -> None:
    tags = {f"common{n}": {"a"} for n in range(6)}
    tags |= {"rare": {"b"}, "here": {"a", "b"}}
    found = dict(ranking(indexed(tmp_path, tags, {}), "here"))
    assert found["rare"] > found["common0"] > 0
    del tags["common5"], tags["common4"]
    tags |= {"rare2": {"b"}, "rare3": {"b"}}
    later = dict(ranking(indexed(tmp_path, tags, {}), "here"))
    assert later["rare"] < found["rare"]


@pytest.mark.parametrize("seed", range(6))
def test_an_unrelated_study_reorders_nothing(tmp_path: Path, seed: int) -> None:
    tags = drawn(seed)
    before = indexed(tmp_path, tags)
    after = indexed(tmp_path, tags | {"stranger": {"elsewhere", "else"}, "untagged": set()})
    for study in tags:
        assert ranking(before, study) == ranking(after, study)


def test_who_is_tagged_with_everything_is_related_to_nothing_much(tmp_path: Path) -> None:
    tags = {"here": {"leaf1", "leaf5"}, "like": {"leaf1", "leaf5", "leaf9"}}
    tags |= {"all": set(TREE), "other": {"leaf2"}}
    found = ranking(indexed(tmp_path, tags), "here")
    assert [name for name, _ in found] == ["like", "all", "other"]
    assert dict(found)["like"] > 2 * dict(found)["all"]


def test_one_common_keyword_in_common_is_no_likeness(tmp_path: Path) -> None:
    tags = {f"common{n}": {"a"} for n in range(30)}
    tags |= {"rich": {f"r{n}" for n in range(5)}, "twin": {f"r{n}" for n in range(5)}}
    index = indexed(tmp_path, tags, {})
    assert dict(ranking(index, "common0"))["common1"] == 1
    assert dict(ranking(index, "rich"))["twin"] == 80


def test_equal_scores_stand_by_name(tmp_path: Path) -> None:
    tags = {name: {"leaf1"} for name in ("c", "a", "d", "b")} | {"z": {"leaf2"}}
    index = indexed(tmp_path, tags)
    assert [name for name, _ in ranking(index, "z")] == ["a", "b", "c", "d"]
    assert [name for name, _ in ranking(index, "c")] == ["a", "b", "d", "z"]
    number = index.number(thing("case-study", "c").value)
    assert number is not None
    assert [
        index.iri(r.number)[-1]
        for r in index.get_or_compute(SimilarityCalculator).find_similar_entities(number, 2)
    ] == ["a", "b"]


def test_reasons_are_the_lowest_shared_keywords(tmp_path: Path) -> None:
    tags = {"one": {"leaf1", "leaf5", "leaf2"}, "two": {"leaf1", "leaf9", "twig2"}, "x": {"leaf3"}}
    index = indexed(tmp_path, tags)
    first, second = (index.number(thing("case-study", n).value) for n in ("one", "two"))
    assert first is not None and second is not None
    reckoned = index.get_or_compute(SimilarityCalculator)
    (relation,) = (r for r in reckoned.find_similar_entities(first) if r.number == second)
    assert sorted(c.rpartition("/")[2] for c in relation.shared_concepts) == ["leaf1", "twig2"]
    leaf, twig = (concept("keywords", name).value for name in ("leaf1", "twig2"))
    assert reckoned.is_tagged_directly(leaf, first) and reckoned.is_tagged_directly(leaf, second)
    assert reckoned.is_tagged_directly(twig, second) and not reckoned.is_tagged_directly(
        twig, first
    )


def test_the_query_behind_a_score_gives_it(
    site: GraphContext, index: SearchIndex, store: Store
) -> None:
    tried = 0
    for kind in (*WORK_KINDS, "organisation"):
        for number in index.facet("kind").find_entities(kind)[::3]:
            for one in index.get_or_compute(SimilarityCalculator).find_similar_entities(
                int(number), 3
            ):
                pair = sorted((index.iri(int(number)), index.iri(one.number)))
                ((score,),) = evaluate_query(store, site.page_query_text("relatedness", thing=pair))  # type: ignore
                assert score.value == str(one.score), pair
                tried += 1
    assert tried > 50


def test_what_is_carried_as_no_keyword_does_not_count(index: SearchIndex) -> None:
    reckoned = index.get_or_compute(SimilarityCalculator)
    weighed = {v for v, w in zip(reckoned.column.values, reckoned.value_weights, strict=True) if w}
    assert weighed and weighed <= set(index.concepts_by_scheme[KEYWORD_SCHEME])
