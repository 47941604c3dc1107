"""What is kept, for how long, and what is never removed."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loader.errors import BuildError, UsageError
from loader.queries.contract_check import hash_query_text
from loader.release import cited_releases
from loader.release.cited_releases import find_cited_text, is_cited, record_citation
from loader.release.damage_marks import is_marked, read_mark
from loader.release.kept_releases import (
    Retention,
    find_newest_sound,
    find_release,
    list_releases,
    pin_release,
    prune_releases,
    read_build_time,
    use_release,
    verify_release,
)
from loader.release.release_folder import Release, current_release
from tests.loader.release.test_release_manifest import make

GB = 1000**3


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    """The names of twelve releases, a day apart, the newest first; the newest is current."""
    made = []
    for day in range(12):
        built = datetime(2026, 1, 1 + day, tzinfo=UTC)
        report = json.dumps({"format": 1, "built": f"{built:%Y-%m-%dT%H:%M:%SZ}"})
        made.append(make(tmp_path, report, f"<a:s> <a:p> <a:o{day}> <a:g> .\n").name)
    return made[::-1]


def listed(out: Path) -> list[str]:
    return [kept.name for kept in list_releases(out)]


def test_the_newest_comes_first_and_names_may_be_short(tmp_path: Path, names: list[str]) -> None:
    assert listed(tmp_path) == names
    assert [kept.is_current for kept in list_releases(tmp_path)] == [True] + [False] * 11
    assert find_release(tmp_path, names[3][:12]).name == names[3]
    assert find_release(tmp_path, "current").name == names[0]
    assert find_release(tmp_path, "previous").name == names[1]
    with pytest.raises(UsageError, match="names several releases"):
        find_release(tmp_path, "")
    with pytest.raises(UsageError, match=f"no release of .* There are: {names[0][:12]}, "):
        find_release(tmp_path, "zzz")


def test_the_time_of_a_build_is_read_without_its_findings(
    tiny_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = datetime.fromisoformat(tiny_release.report()["built"])
    monkeypatch.setattr(Release, "report", lambda _: {})
    os.utime(tiny_release.folder, (0, 0))
    assert read_build_time(tiny_release.folder) == built


@pytest.mark.parametrize("number", range(4))
def test_of_one_second_the_current_release_is_the_newest(tmp_path: Path, number: int) -> None:
    report = json.dumps({"format": 1, "built": "2026-01-01T00:00:00Z"})
    graphs = (f"<a:s> <a:p> <a:o{n}> <a:g> .\n" for n in range(4))
    made = [make(tmp_path, report, graph).name for graph in graphs]
    for age, name in enumerate(made):
        os.utime(tmp_path / "releases" / name / "report.json", ns=(age, age))
    use_release(tmp_path, made[number])
    assert listed(tmp_path)[0] == made[number]
    (tmp_path / "current").write_text("damaged", "ascii")
    assert listed(tmp_path) == made[::-1]


def test_ten_are_kept(tmp_path: Path, names: list[str]) -> None:
    assert [kept.name for kept in prune_releases(tmp_path, Retention())] == names[10:]
    assert listed(tmp_path) == names[:10]


def test_fewer_are_kept_where_they_are_large_but_never_fewer_than_two(
    tmp_path: Path, names: list[str]
) -> None:
    prune_releases(tmp_path, Retention(max_bytes=9_000_000))
    assert listed(tmp_path) == names[:4]
    prune_releases(tmp_path, Retention(max_bytes=1))
    assert listed(tmp_path) == names[:2]


def test_age_limits_too(tmp_path: Path, names: list[str]) -> None:
    age = datetime.now(UTC) - datetime(2026, 1, 9, tzinfo=UTC) + timedelta(hours=1)
    prune_releases(tmp_path, Retention(max_age=age))
    assert listed(tmp_path) == names[:4]


def test_neither_the_current_release_nor_a_pinned_one_is_removed(
    tmp_path: Path, names: list[str]
) -> None:
    use_release(tmp_path, names[11])
    pin_release(tmp_path, names[7], True)
    prune_releases(tmp_path, Retention(number=2))
    assert listed(tmp_path) == [names[0], names[1], names[7], names[11]]
    pin_release(tmp_path, names[7], False)
    prune_releases(tmp_path, Retention(number=2))
    assert listed(tmp_path) == [names[0], names[1], names[11]]


def test_the_newest_cited_releases_are_not_removed_unless_told(
    tmp_path: Path, names: list[str]
) -> None:
    for name in (names[4], names[6], names[8]):
        record_citation(tmp_path, name, "ASK {}")
    prune_releases(tmp_path, Retention(number=2, cited=2))
    assert listed(tmp_path) == [names[0], names[1], names[4], names[6]]
    assert find_cited_text(tmp_path, names[4], "") == "ASK {}"
    # What was recorded of a release goes with it.
    assert [is_cited(tmp_path, name) for name in (names[6], names[8])] == [True, False]
    prune_releases(tmp_path, Retention(number=2, cited=0))
    assert listed(tmp_path) == names[:2]
    assert not [*(tmp_path / "cited").iterdir()]


def test_a_release_has_a_bounded_number_of_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cited_releases, "MAX_TEXTS", 2)
    for text in ("ASK {}", "ASK { }", "ASK {}"):
        record_citation(tmp_path, "r1", text)
    with pytest.raises(OSError, match="2 texts"):
        record_citation(tmp_path, "r1", "ASK {  }")
    assert find_cited_text(tmp_path, "r1", hash_query_text("ASK { }")[:12]) == "ASK { }"
    assert find_cited_text(tmp_path, "r1", "0" * 12) is None


def test_a_damaged_release_is_marked_and_not_used(tmp_path: Path, names: list[str]) -> None:
    path = tmp_path / "releases" / names[1] / "graph.nq"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"<a:s>", b"<a:S>"))
    with pytest.raises(BuildError, match="is damaged: graph.nq is not as it was written"):
        use_release(tmp_path, names[1])
    assert current_release(tmp_path).name == names[0]
    assert read_mark(tmp_path, names[1]) == "graph.nq is not as it was written"
    path.write_bytes(good)
    assert verify_release(tmp_path, names[1], full=False) == []
    assert is_marked(tmp_path, names[1]), "a quick check cannot know that all is well"
    assert verify_release(tmp_path, names[1]) == []
    assert not is_marked(tmp_path, names[1])
    use_release(tmp_path, names[1])
    assert current_release(tmp_path).name == names[1]


def test_the_newest_sound_release_is_found(tmp_path: Path, names: list[str]) -> None:
    assert find_newest_sound(tmp_path) == names[0]
    (tmp_path / "releases" / names[0] / "search.sqlite").unlink()
    (tmp_path / "releases" / names[1] / "store" / "000001.sst").write_bytes(b"?" * 2_000_000)
    assert find_newest_sound(tmp_path) == names[1], "a quick check does not read large files"
    verify_release(tmp_path, names[1])
    assert find_newest_sound(tmp_path) == names[2]
    assert find_newest_sound(tmp_path / "nowhere") == ""
