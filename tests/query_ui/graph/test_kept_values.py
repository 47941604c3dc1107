"""What is kept of releases: within the bound, never the value of another release."""

import pytest

from query_ui.graph.kept_values import KeptValues


def keep(kept: KeptValues, release: str, key: str, size: int = 10) -> str:
    """The value of a key of a release, which says both."""
    return kept.get_or_compute(release, key, lambda: (f"{release} {key}", size))


def test_a_value_is_computed_once_in_a_release_and_anew_in_another() -> None:
    kept = KeptValues(1000)
    calls: list[str] = []

    def compute() -> tuple[None, int]:
        calls.append("")
        return None, 10

    assert [kept.get_or_compute("r1", "key", compute) for _ in range(3)] == [None] * 3
    assert len(calls) == 1
    kept.get_or_compute("r2", "key", compute)
    assert len(calls) == 2


def test_each_release_has_its_own_values_within_one_bound() -> None:
    kept = KeptValues(40)
    assert [keep(kept, "r1", key) for key in "ab"] == ["r1 a", "r1 b"]
    assert keep(kept, "r2", "a") == "r2 a"
    assert kept.get_many("r1", ["a", "b"]) == {"a": "r1 a", "b": "r1 b"}
    assert kept.get_many("r2", ["a", "b"]) == {"a": "r2 a"}
    for key in "cdef":
        keep(kept, "r2", key)
    assert len(kept) == 4
    assert kept.get_many("r1", ["a", "b"]) == {}


def test_without_a_release_nothing_is_kept() -> None:
    kept = KeptValues(1000)
    assert keep(kept, "", "a") == " a"
    assert len(kept) == 0
    assert kept.get_or_compute("", "a", lambda: ("anew", 10)) == "anew"


@pytest.mark.parametrize("bound", [0, 40, 100, 1000])
def test_the_bound_holds_and_the_least_recently_used_is_dropped(bound: int) -> None:
    kept = KeptValues(bound)
    for key in range(200):
        assert keep(kept, "r1", "often") == "r1 often"
        assert keep(kept, "r1", str(key)) == f"r1 {key}"
        assert kept.size <= bound
    assert len(kept) == bound // 10
    assert ("often" in kept.get_many("r1", ["often"])) == (bound > 0)


def test_a_large_value_does_not_empty_it() -> None:
    kept = KeptValues(100)
    keep(kept, "r1", "small")
    assert keep(kept, "r1", "large", 26) == "r1 large"
    assert [*kept.get_many("r1", ["small", "large"])] == ["small"]
