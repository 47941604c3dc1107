"""Checks that are not asked would have found nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyoxigraph import Store

from loader.errors import DataError
from loader.namespaces import CATALOGUE, ISSUES
from loader.queries.evaluate import evaluate_query
from loader.release import bulk_load, incremental_graph
from loader.release.build import build
from loader.release.reference_checks import REFERENCE_CHECKS, find_settled_checks
from loader.release.statement_changes import StatementChanges, apply_changes
from loader.settings import BASE, Settings
from loader.validation import sparql_checks
from loader.validation.sparql_checks import load_checks, run_checks
from tests.conftest import quiet
from tests.loader.release.test_incremental_graph import PREFIXES
from tests.loader.release.test_statement_changes import fill
from tests.rooms import PROJECT

CHECKS = [
    check for check in load_checks(PROJECT / "sparql" / "checks") if check.code in REFERENCE_CHECKS
]
HERE = tuple(f"{BASE}id/made/{name}" for name in "abc")
TERMS = (*HERE, "https://e.example/a", f"{BASE}.well-known/genid/1")
GRAPHS = ("https://g.example/a", f"{BASE}graph/a", CATALOGUE.value, ISSUES.value)
LINES = st.builds(
    "<{}> <{}> <{}> <{}> .\n".format,
    *(st.sampled_from(TERMS), st.sampled_from(TERMS), st.sampled_from(TERMS)),
    st.sampled_from(GRAPHS),
)


def list_broken(store: Store) -> set[str]:
    """Return the codes of the checks of references that find something."""
    return {found.code for found in run_checks(store, CHECKS, lambda *_: ("", 0))}


@given(before=st.sets(LINES, max_size=9), gone=st.sets(LINES), come=st.sets(LINES, max_size=2))
def test_a_settled_check_finds_nothing(before: set[str], gone: set[str], come: set[str]) -> None:
    store = fill(before)
    assume(not list_broken(store))
    changes = StatementChanges.between(before, (before - gone) | come)
    union = apply_changes(store, changes)
    assert not list_broken(store) & find_settled_checks(store, changes, union, CHECKS)


@given(before=st.sets(LINES, min_size=1, max_size=9), number=st.integers(0))
def test_a_line_that_goes_may_break_a_check(before: set[str], number: int) -> None:
    store = fill(before)
    assume(not list_broken(store))
    changes = StatementChanges([sorted(before)[number % len(before)]], [])
    union = apply_changes(store, changes)
    assert not list_broken(store) & find_settled_checks(store, changes, union, CHECKS)


OUTSIDE = "https://e.example/p"


@pytest.mark.parametrize(
    ("code", "prop", "value"),
    [("unknown-property", HERE[1], OUTSIDE), ("unknown-thing", OUTSIDE, HERE[1])],
)
def test_a_new_statement_may_break_a_check(code: str, prop: str, value: str) -> None:
    store = Store()
    changes = StatementChanges([], [f"<{OUTSIDE}> <{prop}> <{value}> <{GRAPHS[0]}> .\n"])
    union = apply_changes(store, changes)
    assert list_broken(store) == {code}
    assert find_settled_checks(store, changes, union, CHECKS) == set()


@pytest.mark.parametrize("graph", GRAPHS[:2])
def test_a_statement_that_was_in_the_catalogue_alone_is_new_to_the_checks(graph: str) -> None:
    start = f"<{HERE[0]}> <{OUTSIDE}> <{HERE[1]}>"
    store = fill({f"{start} <{CATALOGUE.value}> .\n"})
    assert list_broken(store) == set()
    changes = StatementChanges([], [f"{start} <{graph}> .\n"])
    union = apply_changes(store, changes)
    assert list_broken(store) == {"unknown-thing"} and not union.added
    assert find_settled_checks(store, changes, union, CHECKS) == set()


def test_the_checks_are_those_for_which_this_was_shown() -> None:
    """Where this fails, see whether a check still looks at the same, and renew its digest."""
    found = find_settled_checks(
        Store(), StatementChanges(), apply_changes(Store(), NOTHING), CHECKS
    )
    assert found == set(REFERENCE_CHECKS)
    other = [replace(check, text=f"{check.text}\n") for check in CHECKS]
    assert not find_settled_checks(Store(), NOTHING, apply_changes(Store(), NOTHING), other)


NOTHING = StatementChanges()


def describe(path: Path) -> None:
    path.write_text(f'{PREFIXES} made:said rdfs:label "said" . made:b rdfs:label "b" .', "utf-8")


def refer(path: Path) -> None:
    facts = "made:a a ckg:CaseStudy ; dcterms:title 'A' ; made:said 'x' ; rdfs:seeAlso made:b ."
    path.write_text(f"{PREFIXES} {facts}", "utf-8")


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text(PREFIXES)])
def test_a_build_that_begins_as_the_last_finds_what_is_no_longer_described(
    tiny: Settings, spoil: Callable[[Path], object], asked: list[str]
) -> None:
    describe(tiny.data[0] / "facts-1.ttl")
    build(tiny, quiet, unproved=True)
    asked.clear()
    refer(tiny.data[0] / "facts-2.ttl")
    build(tiny, quiet, unproved=True)
    assert asked == []
    spoil(tiny.data[0] / "facts-1.ttl")
    with pytest.raises(DataError) as caught:
        build(tiny, quiet, unproved=True)
    found = {finding.code for finding in caught.value.findings}
    assert set(REFERENCE_CHECKS) <= found and sorted(asked) == sorted(REFERENCE_CHECKS)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes of the checks of references that builds asked, which begin as the last."""
    found: list[str] = []
    monkeypatch.setattr(bulk_load, "MAX_RUNS_IN_MEMORY", 0)
    monkeypatch.setattr(incremental_graph, "MOST_CHANGED", 9)

    def evaluate_and_note(store: Store, text: str) -> object:
        found.extend(check.code for check in CHECKS if check.text == text)
        return evaluate_query(store, text)

    monkeypatch.setattr(sparql_checks, "evaluate_query", evaluate_and_note)
    return found
