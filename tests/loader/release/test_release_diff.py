"""What changed between two releases."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.release.build import BuildResult, build
from loader.release.release_diff import (
    Change,
    compare_contracts,
    compare_graphs,
    read_entity_names,
    record_removed_entities,
)
from loader.release.release_folder import Release
from loader.release.search_index.search_schema import SEARCH_INDEX_TABLES
from loader.settings import Settings
from tests.conftest import quiet

DOC = "<https://w3id.org/concordat-kg/graph/cards>"
MADE = "<https://w3id.org/concordat-kg/graph/catalogue>"


def files(folder: Path, *texts: list[str]) -> list[Path]:
    """Sorted files of these statements."""
    found = []
    for number, lines in enumerate(texts):
        found.append(folder / f"{number}.nq")
        found[-1].write_text("".join(f"{line}\n" for line in sorted(lines)), "utf-8")
    return found


def said(subject: str, value: str, graph: str = DOC) -> str:
    return f'<{subject}> <e:p> "{value}" {graph} .'


def test_things_come_go_and_change(tmp_path: Path) -> None:
    old = [said("e:a", "1"), said("e:b", "1"), said("e:b", "2"), said("e:c", "1")]
    new = [said("e:a", "1"), said("e:b", "1"), said("e:b", "3"), said("e:d", "1")]
    old.append(said("e:a", "was", MADE))
    new.append(said("e:a", "is", MADE))
    assert list(compare_graphs(*files(tmp_path, old, new))) == [
        Change("e:b", 1, 1, True, True),
        Change("e:c", 0, 1, True, False),
        Change("e:d", 1, 0, False, True),
    ]


subjects = st.sampled_from(["e:a", "e:aa", "e:b", "e:c"])
statements = st.sets(st.tuples(subjects, st.sampled_from("xyz")))


@given(statements, statements)
def test_every_difference_is_found_once(
    tmp_path_factory: pytest.TempPathFactory,
    old: set[tuple[str, str]],
    new: set[tuple[str, str]],
) -> None:
    folder = tmp_path_factory.mktemp("changes")
    found = {
        c.iri: c
        for c in compare_graphs(*files(folder, *([said(*s) for s in some] for some in (old, new))))
    }
    for subject in {s for s, _ in old | new}:
        before, after = ({v for s, v in some if s == subject} for some in (old, new))
        wanted = Change(
            subject, len(after - before), len(before - after), bool(before), bool(after)
        )
        assert found.get(subject) == (wanted if before != after else None)


def test_contracts_that_break_and_mend() -> None:
    old = [{"name": n, "ok": ok} for n, ok in (("a", True), ("b", False), ("c", True), ("d", True))]
    new = [
        {"name": n, "ok": ok} for n, ok in (("a", False), ("b", True), ("c", True), ("e", False))
    ]
    assert compare_contracts(old, new) == {
        "added": ["e"],
        "removed": ["d"],
        "broken": ["a", "e"],
        "mended": ["b"],
    }


def test_a_release_keeps_what_changed_and_what_is_gone(tiny: Settings) -> None:
    first = build(tiny, quiet)
    assert json.loads((first.release.folder / "changes.json").read_text("utf-8")) == {
        "release": first.release.name,
        "previous": None,
    }
    again = build(tiny, quiet)
    assert again.release.changes()["previous"] is None

    path = tiny.data[0] / "case-studies" / "quiet-hours.md"
    kept = path.read_text("utf-8")
    path.unlink()
    second = build(tiny, quiet, unproved=True)
    told = second.release.changes()
    gone = {thing["iri"] for thing in told["things"]["removed"]}
    assert told["previous"] == first.release.name and gone
    assert told["documents"] == {"added": [], "removed": [f"case-studies/{path.name}"]}
    assert lost(second) == dict.fromkeys(gone, first.release.name)
    same = build(tiny, quiet, unproved=True, fresh=True)
    assert same.release.name == second.release.name and same.release.changes() == told
    assert lost(same) == dict.fromkeys(gone, first.release.name)

    path.write_text(kept, "utf-8")
    third = build(tiny, quiet, unproved=True)
    assert third.release.name == first.release.name
    back = third.release.changes()
    assert back["previous"] == second.release.name
    assert {thing["iri"] for thing in back["things"]["added"]} == gone
    assert lost(third) == {}


def test_what_is_gone_is_kept_in_the_same_bytes(tmp_path: Path) -> None:
    found = [Change(f"e:{name}", 0, 1, True, False) for name in "acb"]
    contents = []
    for number, some in enumerate((found, found[::-1])):
        path = tmp_path / f"{number}.sqlite"
        with closing(sqlite3.connect(path)) as base, base:
            base.executescript(SEARCH_INDEX_TABLES)
        record_removed_entities(path, Release(tmp_path / "before"), some)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def lost(outcome: BuildResult) -> dict[str, str]:
    """What the index of a release says is gone, of the things that have names."""
    with closing(sqlite3.connect(outcome.release.folder / "search.sqlite")) as base:
        found = dict(base.execute("SELECT iri, release FROM gone"))
    return {
        iri: r for iri, r in found.items() if iri.split("/")[-2] not in ("interval", "identifier")
    }


def test_an_older_release_without_an_index_is_no_obstacle(
    tiny: Settings, tiny_release: Release
) -> None:
    (tiny_release.folder / "search.sqlite").unlink()
    (tiny_release.folder / "changes.json").unlink()
    path = tiny.data[0] / "case-studies" / "quiet-hours.md"
    shutil.move(path, path.with_name(f"other-{path.name}"))
    second = build(tiny, quiet, unproved=True)
    assert second.release.changes()["previous"] == tiny_release.name
    assert read_entity_names(tiny_release.folder / "search.sqlite") == {}
