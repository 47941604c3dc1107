"""The ways up from a concept: all of them, and none twice round a circle."""

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal

from query_ui.graph.page_queries import PageRow
from query_ui.site.hierarchy import iterate_broader_paths


def rows(*pairs: str) -> list[PageRow]:
    return [{"concept": Literal(pair[0]), "broader": Literal(pair[1])} for pair in pairs]


def test_a_concept_at_the_top_has_no_way() -> None:
    assert list(iterate_broader_paths([], "a")) == []


def test_every_way_is_told_from_the_top() -> None:
    found = list(iterate_broader_paths(rows("ab", "ac", "bd", "cd"), "a"))
    assert found == [["d", "b"], ["d", "c"]]


def test_a_circle_ends() -> None:
    assert list(iterate_broader_paths(rows("ab", "ba"), "a")) == [["b"]]
    assert list(iterate_broader_paths(rows("aa"), "a")) == []
    assert list(iterate_broader_paths(rows("ab", "bc", "cb"), "a")) == [["c", "b"]]


@given(st.sets(st.sampled_from([x + y for x in "abcde" for y in "abcde"])))
def test_ways_are_ways_and_different(pairs: set[str]) -> None:
    found = list(iterate_broader_paths(rows(*sorted(pairs)), "a"))
    assert len({tuple(way) for way in found}) == len(found)
    for way in found:
        steps = [*way, "a"]
        assert len(set(steps)) == len(steps)
        assert all(low + high in pairs for high, low in zip(steps, steps[1:], strict=False))
        assert all(broader[1] in steps for broader in pairs if broader[0] == way[0])
