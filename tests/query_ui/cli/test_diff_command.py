"""The command ``diff`` on releases, folders and exports."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import Quad, RdfFormat, parse

from loader.release.release_folder import Release, current_release
from query_ui.cli.main import main
from tests.conftest import Built
from tests.loader.release.test_release_manifest import make

MADE = "<https://w3id.org/concordat-kg/graph/catalogue>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


@pytest.fixture
def exports(tmp_path: Path) -> tuple[Path, Path]:
    """Two exports, unsorted: one entity goes, one comes, one changes; so does a made graph."""
    old, new = tmp_path / "old.nq", tmp_path / "new.nq"
    old.write_text(
        f'<e:b> {TYPE} <e:Case> <e:g> .\n<e:b> <e:p> "1\\n" <e:g> .\n'
        f"<e:a> {TYPE} <e:Case> <e:g> .\n"
        f'<e:d> <e:p> "was" {MADE} .\n_:x <e:p> "same" .\n'
    )
    new.write_text(
        f'<e:c> <e:p> "é" <e:g> .\n_:x <e:p> "same" .\n<e:b> <e:p> "2" <e:g> .\n'
        f'<e:b> {TYPE} <e:Case> <e:g> .\n<e:d> <e:p> "is" {MADE} .\n'
    )
    return old, new


def read_quads(path: Path) -> set[Quad]:
    return set(parse(path=str(path), format=RdfFormat.N_QUADS))


def apply_patch(quads: set[Quad], patch: bytes) -> set[Quad]:
    """The quads after an RDF Patch, whose additions are all new and deletions all there."""
    first, *changes, last = patch.splitlines(keepends=True)
    assert (first, last) == (b"TX .\n", b"TC .\n")
    for line in changes:
        (quad,) = parse(line[2:], RdfFormat.N_QUADS)
        assert (line[:2], quad in quads) in ((b"A ", False), (b"D ", True))
        quads = quads | {quad} if line[:1] == b"A" else quads - {quad}
    return quads


def test_json_has_statements_entities_and_classes(exports: tuple[Path, Path]) -> None:
    found = json.loads(run(*exports, "--format", "json").stdout)
    assert found["statements"] == {"added": 3, "removed": 3}
    assert found["statements_of_build"] == {"added": 1, "removed": 1}
    assert [[one["iri"] for one in found["things"][word]] for word in found["things"]] == [
        ["e:c"],
        ["e:a"],
        ["e:b"],
    ]
    assert found["classes"] == {
        "": {"added": 1, "removed": 0, "changed": 0},
        "e:Case": {"added": 0, "removed": 1, "changed": 1},
    }
    assert (found["total"], found["truncated"], found["contracts"]) == (3, False, None)


def test_text_tells_the_same(exports: tuple[Path, Path]) -> None:
    result = run(*exports)
    assert result.exit_code == 0
    assert "statements  3 added, 3 removed (in graphs that the build makes: 1 " in result.stdout
    assert "entities    1 added, 1 removed, 1 changed" in result.stdout
    assert "changed  e:b  +1 −1" in result.stdout
    assert "contracts   unknown" in result.stdout


def test_a_patch_makes_the_newer_of_the_older(exports: tuple[Path, Path]) -> None:
    for old, new in (exports, exports[::-1]):
        patch = run(old, new, "--format", "patch").stdout_bytes
        assert apply_patch(read_quads(old), patch) == read_quads(new)


def test_a_release_equals_its_export_in_any_order(tiny_built: Built, tmp_path: Path) -> None:
    """The lines of a release are those that the sorter writes of an export, escapes and all."""
    release = current_release(tiny_built[0].out)
    export = tmp_path / "export.nq"
    export.write_bytes(b"".join(release.graph.read_bytes().splitlines(keepends=True)[::-1]))
    result = run(release.folder, export, "--format", "patch")
    assert result.stdout_bytes == b"TX .\nTC .\n"


def test_contracts_are_run_on_both_with_queries(
    tiny_built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tiny_built[0]
    monkeypatch.chdir(settings.root)
    empty = tmp_path / "empty.nq"
    empty.write_text("<e:a> <e:p> <e:b> <e:g> .\n")
    found = json.loads(run(settings.out, empty, "--queries", "--format", "json").stdout)
    same = json.loads(run(settings.out, settings.out, "--format", "json").stdout)
    assert found["contracts"]["broken"]
    assert all(before > after for before, after in found["contracts"]["rows"].values())
    assert same["contracts"] == dict.fromkeys(("added", "removed", "broken", "mended"), []) | {
        "rows": {}
    }


def test_releases_are_named_by_their_beginning(tmp_path: Path) -> None:
    reports = [f'{{"format": 1, "built": "2026-01-0{day}T00:00:00Z"}}' for day in (1, 2)]
    old, new = (
        make(tmp_path, text, f"<a:s> <a:p> <a:{n}> <a:g> .\n") for n, text in enumerate(reports)
    )
    found = run("previous", new.name[:8], "--format", "json", "--out", tmp_path)
    assert json.loads(found.stdout)["from"] == old.name
    assert json.loads(found.stdout)["statements"] == {"added": 1, "removed": 1}
    unknown = run("0000", "current", "--out", tmp_path)
    assert unknown.exit_code == 2 and '"0000" names no release' in unknown.stderr


def test_a_fault_is_told_and_nothing_is_compared(
    tmp_path: Path, exports: tuple[Path, Path]
) -> None:
    damaged = Release(tmp_path / "damaged")
    damaged.folder.mkdir()
    damaged.graph.write_text("<e:b> <e:p> <e:o> <e:g> .\n<e:a> <e:p> <e:o> <e:g> .\n")
    unsorted = run(exports[0], damaged.folder)
    assert unsorted.exit_code == 1 and "graph.nq, line 2: the statements are not" in unsorted.stderr
    (tmp_path / "bad.nq").write_text("<e:b> <e:p>\n")
    invalid = run(exports[0], tmp_path / "bad.nq")
    assert invalid.exit_code == 1 and "is no valid N-Quads" in invalid.stderr
    missing = run(exports[0], tmp_path / "none.nq")
    assert missing.exit_code == 2 and "No such file" in missing.stderr
    both = run(*exports, "--queries", "--format", "patch")
    assert both.exit_code == 2 and "leave out --queries" in both.stderr
