"""The workshop and the pointer: one build at a time, nothing left behind, one step that shows."""

from pathlib import Path

import pytest

from loader.errors import BuildError
from loader.release.release_folder import Release, current_release, open_build_folder, publish


def make(out: Path, name: str, report: str = "{}") -> None:
    with open_build_folder(out) as folder:
        (folder / "store").mkdir()
        (folder / "graph.nq").write_text(name)
        (folder / "report.json").write_text(report)
        publish(folder, name, out)


def test_a_release_is_named_and_pointed_to(tmp_path: Path) -> None:
    make(tmp_path, "aaa")
    make(tmp_path, "bbb", '{"tool": "x"}')
    release = current_release(tmp_path)
    assert release.name == "bbb"
    assert release.graph.read_text() == "bbb"
    assert release.report() == {"tool": "x"}
    assert sorted(p.name for p in (tmp_path / "releases").iterdir()) == ["aaa", "bbb"]


def test_the_same_content_again_is_the_same_release_with_the_newer_report(tmp_path: Path) -> None:
    make(tmp_path, "aaa", '{"proved": false}')
    make(tmp_path, "aaa", '{"proved": true}')
    assert current_release(tmp_path).report() == {"proved": True}
    assert [p.name for p in (tmp_path / "releases").iterdir()] == ["aaa"]


def test_a_failure_leaves_the_release_before_and_no_half_one(tmp_path: Path) -> None:
    make(tmp_path, "aaa")
    with pytest.raises(ZeroDivisionError), open_build_folder(tmp_path) as folder:
        (folder / "graph.nq").write_text("half")
        raise ZeroDivisionError
    assert current_release(tmp_path).name == "aaa"
    assert [p.name for p in (tmp_path / "releases").iterdir()] == ["aaa"]


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "releases" / ".unfinished-0123"
    (left / "store").mkdir(parents=True)
    make(tmp_path, "aaa")
    assert not left.exists()


def test_a_second_build_says_so_and_stops(tmp_path: Path) -> None:
    with (
        open_build_folder(tmp_path),
        pytest.raises(BuildError, match="another build is at work in"),
    ):
        with open_build_folder(tmp_path):
            raise AssertionError("two builds at once")


def test_no_release_yet(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="run `concordat-kg build` first"):
        current_release(tmp_path)


def test_a_pointer_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "current").write_text("gone\n")
    with pytest.raises(BuildError, match="names the release gone, which is not there"):
        current_release(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match="file"), open_build_folder(tmp_path / "file"):
        raise AssertionError("built inside a file")


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    make(tmp_path, "aaa")
    with pytest.raises(BuildError, match="graph.nq: No space left on device; nothing was changed"):
        with open_build_folder(tmp_path) as folder:
            raise OSError(28, "No space left on device", str(folder / "graph.nq"))
    assert current_release(tmp_path).name == "aaa"


def test_a_summary_is_the_report_without_its_findings(tiny_release: Release) -> None:
    report = tiny_release.report()
    assert report.pop("findings")
    assert tiny_release.summary() == report


@pytest.mark.parametrize("findings", ["[]", '[{"text": "tea"}]', "[\n{}\n  ]"])
def test_a_summary_of_any_layout_has_no_findings(tmp_path: Path, findings: str) -> None:
    text = f'{{"format": 1, "findings": {findings}, "proofs": []}}'
    (tmp_path / "report.json").write_text(text)
    assert Release(tmp_path).summary() == {"format": 1, "proofs": []}


def test_a_summary_that_is_cut_off_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"format": 1, "docu')
    with pytest.raises(BuildError, match="unreadable"):
        Release(tmp_path).summary()
