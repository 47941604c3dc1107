"""A build with the inputs of the current release leaves it; all other builds are made."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader.errors import DataError
from loader.release import document_cache
from loader.release.build import BuildResult, build
from loader.release.damage_marks import mark_damaged
from loader.release.document_set import DocumentSet
from loader.release.kept_releases import use_release
from loader.release.unchanged_inputs import digest_inputs
from loader.settings import Settings
from query_ui.cli.main import main
from tests.conftest import quiet


def append(path: Path, text: str) -> None:
    """Add text to the end of a file."""
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def build_twice(tiny: Settings) -> tuple[BuildResult, BuildResult]:
    """Build a project, and once more with nothing changed."""
    return build(tiny, quiet, unproved=True), build(tiny, quiet, unproved=True)


def test_nothing_changed_leaves_the_release_with_all_that_it_says(tiny: Settings) -> None:
    first, second = build_twice(tiny)
    assert not first.built_before
    assert second.built_before == first.release.report()["built"]
    assert second == BuildResult(
        first.release,
        first.documents,
        first.quads,
        tuple(sorted(first.findings)),
        tuple(first.proofs),
        0,
        second.built_before,
    )
    assert build(tiny, quiet, fresh=True, unproved=True).built_before == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda tiny: (tiny.data[0] / "notes.md").write_text("A new file.", "utf-8"),
        lambda tiny: (tiny.ontology / "README.md").write_text("Another.", "utf-8"),
        lambda tiny: append(next(tiny.queries.glob("*.rq")), "# changed\n"),
        lambda tiny: next(tiny.indexing.glob("*.rq")).unlink(),
        lambda tiny: append(next(tiny.data[0].glob("*.csv")), "\n"),
        lambda tiny: next(tiny.data[0].glob("*.csv")).rename(tiny.data[0] / "renamed.csv"),
    ],
    ids=["data", "ontology", "query", "index query", "one byte", "name"],
)
def test_every_input_counts(change: Callable[[Settings], object], tiny: Settings) -> None:
    before = digest_inputs(tiny)
    assert before and before == digest_inputs(tiny)
    change(tiny)
    assert digest_inputs(tiny) != before


def test_the_program_and_the_paths_count(tiny: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest_inputs(tiny)
    other = Settings(tiny.root, (*tiny.data, tiny.root / "more"), tiny.out)
    assert digest_inputs(other) != before
    monkeypatch.setattr(document_cache, "hash_program", lambda: "another version")
    assert digest_inputs(tiny) != before


def test_files_behind_links_count_and_hidden_ones_do_not(tiny: Settings, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "back").symlink_to(tiny.data[0])
    (tiny.data[0] / "linked").symlink_to(outside)
    before = digest_inputs(tiny)
    for folder in (tiny.data[0], tiny.ontology):
        hidden = folder / ".git"
        hidden.mkdir()
        (hidden / "index.ttl").write_text("changes with each commit, and is no document", "utf-8")
    assert before and digest_inputs(tiny) == before
    assert all("/.git/" not in str(item.path) for item in DocumentSet(tiny).items)
    (outside / "a.csv").write_text("a", "ascii")
    assert digest_inputs(tiny) != before


def test_a_folder_that_is_missing_is_left_to_the_build(tiny: Settings) -> None:
    settings = Settings(tiny.root, (tiny.root / "nowhere",), tiny.out)
    assert digest_inputs(settings) == ""
    with pytest.raises(DataError, match="nowhere"):
        build(settings, quiet)


def test_what_is_not_sound_or_not_current_is_built_anew(tiny: Settings) -> None:
    release = build_twice(tiny)[0].release
    table = next(release.store.glob("*.sst"), None) or release.graph
    data = bytearray(table.read_bytes())
    data[len(data) // 2] ^= 1
    table.write_bytes(data)
    mended = build(tiny, quiet, unproved=True)
    assert mended.built_before == ""
    assert build(tiny, quiet, unproved=True).built_before, "the release was not mended"

    mark_damaged(tiny.out, release.name, ["said to be damaged"])
    assert build(tiny, quiet, unproved=True).built_before == ""

    path = tiny.root / "data" / "organisations.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Northgate University,", "Northgate College,"), "utf-8")
    changed = build(tiny, quiet, unproved=True)
    assert changed.release != release and not changed.built_before
    use_release(tiny.out, release.name)
    assert build(tiny, quiet, unproved=True).release == changed.release


def test_what_would_fail_is_not_taken_for_unchanged(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = next(tiny.queries.glob("*.rq"))
    query.write_text(query.read_text("utf-8").replace("min_rows: ", "min_rows: 9"), "utf-8")
    assert build(tiny, quiet, unproved=True).built_before == ""
    assert build(tiny, quiet, unproved=True).built_before
    with pytest.raises(DataError, match="would break"):
        build(tiny, quiet)


def test_warnings_stop_a_strict_build_that_changes_nothing(tiny: Settings) -> None:
    append(tiny.data[0] / "catalogue.yaml", "  no-such-file.md:\n    title: Nothing\n")
    first, second = build_twice(tiny)
    assert second.built_before and any(f.severity.value == "warning" for f in first.findings)
    with pytest.raises(DataError, match="nothing was published"):
        build(tiny, quiet, unproved=True, strict=True)


def test_inputs_that_change_during_the_build_are_read_again(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tiny.data[0] / "late.txt"

    def change_late(stage: str, done: int, total: int) -> None:
        if stage == "indexing":
            path.write_text("written while the release was built", "utf-8")

    build(tiny, change_late, unproved=True)
    path.unlink()
    assert build(tiny, quiet, unproved=True).built_before == ""


def test_the_command_says_so(tiny: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.root)
    command = ["build", "--unproved", "--out", str(tiny.out)]
    first, second = (CliRunner().invoke(main, command) for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert "nothing has changed" not in first.stdout
    line, rest = second.stdout.split("\n", 1)
    assert line.startswith("unchanged  nothing has changed since 20")
    assert rest == first.stdout
