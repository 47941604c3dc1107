"""The manifest: what it holds, what it finds, and that all is on disk before it counts."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from pyoxigraph import Store

from loader.errors import BuildError
from loader.release.release_folder import current_release, open_build_folder, publish
from loader.release.release_manifest import FORMAT, find_damage, list_files, read_manifest

GRAPH = "<a:s> <a:p> <a:o> <a:g> .\n"
NAME = hashlib.sha256(GRAPH.encode()).hexdigest()


def make(out: Path, report: str = '{"format": 1}', graph: str = GRAPH) -> Path:
    """Publish a release without a real store."""
    name = hashlib.sha256(graph.encode()).hexdigest()
    with open_build_folder(out) as folder:
        (folder / "store").mkdir()
        (folder / "store" / "CURRENT").write_text("MANIFEST-1\n")
        (folder / "store" / "000001.sst").write_bytes(bytes(2_000_000))
        (folder / "store" / "LOG").write_text("a log\n")
        (folder / "graph.nq").write_text(graph)
        (folder / "search.sqlite").write_bytes(b"index" * 10)
        (folder / "report.json").write_text(report)
        return publish(folder, name, out).folder


def test_the_manifest_has_the_format_and_the_hash_of_each_file(tmp_path: Path) -> None:
    folder = make(tmp_path)
    content = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert content["format"] == FORMAT
    assert content["files"]["graph.nq"] == [NAME, len(GRAPH)]
    assert content["files"]["store/000001.sst"][1] == 2_000_000
    assert sorted(content["files"]) == list_files(folder)
    assert "store/LOG" not in content["files"], "nothing reads a log"
    assert list(find_damage(folder, full=True)) == []


def test_a_flipped_byte_and_a_missing_file_are_found_in_every_part(tmp_path: Path) -> None:
    folder = make(tmp_path)
    for name in [*list_files(folder), "manifest.json"]:
        path = folder / name
        good = path.read_bytes()
        path.write_bytes(bytes([good[0] ^ 1]) + good[1:])
        assert list(find_damage(folder, full=True)), f"a flipped byte of {name}"
        path.unlink()
        assert list(find_damage(folder, full=False)), f"without {name}"
        path.write_bytes(good)
        assert list(find_damage(folder, full=True)) == []


def test_the_quick_check_reads_sizes_and_small_files(tmp_path: Path) -> None:
    folder = make(tmp_path)
    (folder / "store" / "000001.sst").write_bytes(b"1" + bytes(1_999_999))
    assert list(find_damage(folder, full=False)) == []
    assert list(find_damage(folder, full=True)) == ["store/000001.sst is not as it was written"]
    (folder / "store" / "000001.sst").write_bytes(bytes(1_999_999))
    assert list(find_damage(folder, full=False)) == [
        "store/000001.sst has 1,999,999 bytes, not 2,000,000"
    ]


def test_a_release_without_a_manifest_is_of_format_0_and_its_graph_is_checked(
    tmp_path: Path,
) -> None:
    folder = make(tmp_path, "{}")
    (folder / "manifest.json").unlink()
    assert list(find_damage(folder, full=True)) == ["the store cannot be opened"]
    shutil.rmtree(folder / "store")
    Store(str(folder / "store")).flush()
    assert read_manifest(folder).format == 0
    assert list(find_damage(folder, full=True)) == []
    (folder / "graph.nq").write_text("other")
    assert list(find_damage(folder, full=True)) == [
        "graph.nq does not match the name of the release"
    ]


def test_a_format_of_the_future_says_what_to_do(tmp_path: Path) -> None:
    folder = make(tmp_path)
    content = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(content | {"format": FORMAT + 1}))
    with pytest.raises(BuildError, match="install a newer version, or run `concordat-kg build`"):
        read_manifest(folder)


def test_everything_is_on_disk_before_the_pointer_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[str] = set()
    before_pointer: list[set[str]] = []
    fsync, replace = os.fsync, os.replace

    def note_fsync(handle: int) -> None:
        synced.add(os.path.basename(os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    def note_replace(source: Path, target: Path) -> None:
        if Path(target).name == "current":
            before_pointer.append(set(synced))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "replace", note_replace)
    folder = make(tmp_path)
    (seen,) = before_pointer
    wanted = {Path(name).name for name in list_files(folder)} | {"manifest.json.draft"}
    assert wanted <= seen
    assert {"store", "releases", ".unfinished-current"} <= seen
    assert tmp_path.name in synced


def test_equal_content_again_keeps_the_store_and_renews_the_rest(tmp_path: Path) -> None:
    folder = make(tmp_path, '{"proved": false}')
    store = (folder / "store" / "CURRENT").stat().st_ino
    make(tmp_path, '{"proved": true}')
    assert current_release(tmp_path).report() == {"proved": True}
    assert (folder / "store" / "CURRENT").stat().st_ino == store
    assert list(find_damage(folder, full=True)) == []


def test_between_two_files_of_a_renewal_no_damage_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path)
    found: list[list[str]] = []
    replace = os.replace

    def check_and_replace(source: Path, target: Path) -> None:
        replace(source, target)
        if Path(target).parent == folder:
            found.append(list(find_damage(folder, full=True)))

    monkeypatch.setattr(os, "replace", check_and_replace)
    make(tmp_path, '{"other": true}')
    assert len(found) >= 4
    assert all(damage == [] for damage in found), found


def test_a_damaged_release_is_made_anew(tmp_path: Path) -> None:
    folder = make(tmp_path)
    (folder / "store" / "000001.sst").write_bytes(b"1" + bytes(1_999_999))
    make(tmp_path)
    assert list(find_damage(folder, full=True)) == []
    (folder / "manifest.json").unlink()
    with pytest.raises(BuildError, match="is missing"):
        read_manifest(folder)
    make(tmp_path)
    assert read_manifest(folder).format == FORMAT
