"""Backup and restore: what comes back is what was there, and a damaged archive changes nothing."""

import gzip
import hashlib
import io
import os
import shutil
import stat
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from loader.errors import BuildError, DataError, ProjectError, UsageError
from loader.release import release_manifest
from loader.release.backup import back_up, restore
from loader.release.cited_releases import record_citation
from loader.release.damage_marks import is_marked, mark_damaged
from loader.release.kept_releases import list_releases, pin_release
from loader.release.release_folder import lock_build_folder, point_to
from tests.loader.release.test_release_manifest import make

LINKS = ("query=ASK%7B%7D", "query=SELECT", "query=caf%C3%A9")


def to_link(text: str) -> str:
    """The name of a permalink."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def add_link(out: Path, text: str, age: int = 1_700_000_000) -> None:
    (out / "permalinks").mkdir(exist_ok=True)
    path = out / "permalinks" / to_link(text)
    path.write_text(text)
    os.utime(path, (age, age))


def add_release(out: Path, day: int) -> str:
    report = f'{{"format": 1, "built": "2026-01-0{day}T00:00:00Z"}}'
    return make(out, report, f"<a:s> <a:p> {day}").name


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A build folder with three releases, of which the middle one is current, and permalinks."""
    out = tmp_path / "build"
    names = [add_release(out, day) for day in (1, 2, 3)]
    point_to(names[1], out)
    pin_release(out, names[0], True)
    record_citation(out, names[1], "ASK {}")
    for text in LINKS:
        add_link(out, text)
    (out / "permalinks" / ".half").write_text("a temporary file of a server")
    (out / "releases" / ".unfinished-1").mkdir()
    return out


@pytest.fixture
def archive(out: Path, tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar.gz"
    back_up(out, path)
    return path


def read_tree(out: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a build folder that a backup keeps, with its content and its time."""
    skipped = (".lock", "LOG", ".half", "current", "pinned")
    paths = (p for p in out.rglob("*") if p.is_file() and not p.match("*/pinned/*"))
    return {
        path.relative_to(out).as_posix(): (path.read_bytes(), int(path.stat().st_mtime))
        for path in paths
        if path.name not in skipped
    }


def test_what_is_restored_is_what_was_there(out: Path, archive: Path, tmp_path: Path) -> None:
    before, current = read_tree(out), (out / "current").read_text()
    shutil.rmtree(out)
    summary = restore(archive, out)
    assert read_tree(out) == before
    assert (out / "current").read_text() == current
    assert (summary.current, summary.releases, summary.permalinks) == (current.strip(), 3, 3)
    kept = list_releases(out)
    assert [one.is_current for one in kept] == [False, True, False]
    assert [one.is_pinned for one in kept] == [False, False, True]
    assert [one.is_cited for one in kept] == [False, True, False]
    assert sorted(os.listdir(out)) == [
        *(".lock", "cited", "current", "permalinks", "pinned", "releases")
    ]
    assert all(not name.startswith(".") for name in os.listdir(out / "releases"))


def test_an_archive_is_for_its_owner_alone(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert list(archive.parent.glob("*.draft")) == []


def test_a_damaged_release_is_left_out_and_another_is_current(out: Path, tmp_path: Path) -> None:
    newest, current, oldest = list_releases(out)
    (current.release.folder / "search.sqlite").write_bytes(b"index" * 9 + b"flip!")
    summary = back_up(out, tmp_path / "some.tar.gz")
    assert summary.left_out == (current.name,)
    restore(tmp_path / "some.tar.gz", tmp_path / "new")
    assert [one.name for one in list_releases(tmp_path / "new")] == [newest.name, oldest.name]
    assert (tmp_path / "new" / "current").read_text() == f"{newest.name}\n"
    for one in (newest, oldest):
        (one.release.folder / "graph.nq").unlink()
    before = (tmp_path / "some.tar.gz").read_bytes()
    with pytest.raises(BuildError, match="no sound release"):
        back_up(out, tmp_path / "some.tar.gz")
    assert (tmp_path / "some.tar.gz").read_bytes() == before


def test_a_build_at_work_is_not_backed_up(out: Path, archive: Path) -> None:
    with lock_build_folder(out):
        with pytest.raises(BuildError, match="another build is at work"):
            back_up(out, archive)
        with pytest.raises(BuildError, match="another build is at work"):
            restore(archive, out)


def test_what_is_not_there_is_a_sentence(tmp_path: Path, archive: Path) -> None:
    with pytest.raises(UsageError, match="There is no build folder"):
        back_up(tmp_path / "none", archive)
    assert not (tmp_path / "none").exists()
    with pytest.raises(UsageError, match="There is no file"):
        restore(tmp_path / "none.tar.gz", tmp_path / "none")


def test_a_folder_with_older_releases_takes_what_it_lacks(
    out: Path, archive: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    middle = add_release(other, 2)
    kept = (other / "releases" / middle).stat().st_ino
    damaged = add_release(other, 1)
    (other / "releases" / damaged / "graph.nq").unlink()
    mark_damaged(other, damaged, ["graph.nq is missing"])
    add_link(other, LINKS[0], age=1_800_000_000)
    add_link(other, "query=own")
    restore(archive, other)
    assert (other / "releases" / middle).stat().st_ino == kept, "a sound release was exchanged"
    assert list(release_manifest.find_damage(other / "releases" / damaged, full=True)) == []
    assert not is_marked(other, damaged)
    assert len(list_releases(other)) == 3
    links = {path.name: int(path.stat().st_mtime) for path in (other / "permalinks").iterdir()}
    assert set(links) == {to_link(text) for text in (*LINKS, "query=own")}
    assert links[to_link(LINKS[0])] == 1_800_000_000, "a permalink in use became older"


def test_a_folder_with_a_newer_release_is_refused(out: Path, archive: Path) -> None:
    newer = add_release(out, 4)
    before = read_tree(out)
    with pytest.raises(UsageError, match=f"the release {newer[:12]} of 2026-01-04 .* is newer"):
        restore(archive, out)
    assert read_tree(out) == before
    assert (out / "current").read_text() == f"{newer}\n"


def rewrite(archive: Path, edit: Callable[[dict[str, tarfile.TarInfo | bytes]], None]) -> None:
    """Write the archive anew with other members."""
    members: dict[str, tarfile.TarInfo | bytes] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member)
            assert content
            members[member.name] = content.read()
    edit(members)
    with tarfile.open(archive, "w:gz") as tar:
        for name, value in members.items():
            info = value if isinstance(value, tarfile.TarInfo) else tarfile.TarInfo(name)
            body = b"" if isinstance(value, tarfile.TarInfo) else value
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))


def to_link_member(kind: bytes, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo("releases/ab/graph.nq")
    info.type, info.linkname = kind, target
    return info


ESCAPES: dict[str, tarfile.TarInfo | bytes] = {
    "../evil": b"x",
    "/tmp/evil": b"x",
    "releases/../../evil": b"x",
    "releases/ab/../../../evil": b"x",
    "permalinks/../current": b"x",
    "releases/ab/store/sub/deep": b"x",
    "other": b"x",
    "symbolic link": to_link_member(tarfile.SYMTYPE, "/etc/passwd"),
    "hard link": to_link_member(tarfile.LNKTYPE, "current"),
    "device": to_link_member(tarfile.CHRTYPE, ""),
}


@pytest.mark.parametrize("name", ESCAPES)
def test_a_member_that_leads_elsewhere_is_refused(
    name: str, out: Path, archive: Path, tmp_path: Path
) -> None:
    rewrite(archive, lambda members: members.update({name: ESCAPES[name]}))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DataError, match="is no backup: it holds"):
        restore(archive, tmp_path / "new")
    assert not list((tmp_path / "new" / "releases").iterdir())
    assert sorted(path for path in tmp_path.iterdir() if path.name != "new") == before


def drop(part: str) -> Callable[[dict[str, tarfile.TarInfo | bytes]], None]:
    def edit(members: dict[str, tarfile.TarInfo | bytes]) -> None:
        del members[next(name for name in members if part in name)]

    return edit


def spoil(part: str) -> Callable[[dict[str, tarfile.TarInfo | bytes]], None]:
    def edit(members: dict[str, tarfile.TarInfo | bytes]) -> None:
        name = next(name for name in members if part in name)
        members[name] = b"spoilt"

    return edit


def flip_large_file(members: dict[str, tarfile.TarInfo | bytes]) -> None:
    """Change a byte where only the full check looks."""
    name = next(name for name in members if name.endswith("000001.sst"))
    members[name] = b"1" + bytes(1_999_999)


DAMAGES = {
    "no pointer": (drop("current"), "it has no current release"),
    "a pointer to nothing": (spoil("current"), "it has no current release"),
    "a missing file": (drop("search.sqlite"), "search.sqlite is missing"),
    "a changed file": (spoil("graph.nq"), "graph.nq has 6 bytes"),
    "a flipped byte": (flip_large_file, "000001.sst is not as it was written"),
    "a changed manifest": (spoil("manifest.json"), "manifest.json cannot be read"),
    "a changed permalink": (spoil("permalinks/"), "permalink [0-9a-f]{10}"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_archive_changes_nothing(name: str, archive: Path, tmp_path: Path) -> None:
    edit, message = DAMAGES[name]
    rewrite(archive, edit)
    assert_refused(archive, tmp_path / "new", message)


def test_a_truncated_archive_or_a_flipped_byte_changes_nothing(
    archive: Path, tmp_path: Path
) -> None:
    whole = archive.read_bytes()
    for size in (0, 5, len(whole) // 2, len(whole) - 1):
        archive.write_bytes(whole[:size])
        assert_refused(archive, tmp_path / "new", "is (damaged|no backup)")
    for place in (0, 4_000, len(whole) // 2, len(whole) - 6):
        archive.write_bytes(flip_byte(whole, place))
        assert_refused(archive, tmp_path / "new", "is (damaged|no backup)")
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        assert tar.getnames()[-1] == "current"
    archive.write_bytes(gzip.compress(b"no tar at all, but long enough to look for a header" * 20))
    assert_refused(archive, tmp_path / "new", "is (damaged|no backup)")


def flip_byte(whole: bytes, place: int) -> bytes:
    """Flip a byte at a place, or at the next one that matters.

    In a run of zeros some distances of the compressed form mean the same bytes.
    """
    flipped = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
    try:
        is_same = gzip.decompress(flipped) == gzip.decompress(whole)
    except (OSError, EOFError, zlib.error):
        is_same = False
    return flip_byte(whole, place + 1) if is_same else flipped


def assert_refused(archive: Path, out: Path, message: str) -> None:
    """Nothing is left of the attempt."""
    with pytest.raises(ProjectError, match=message):
        restore(archive, out)
    assert [path.name for path in out.iterdir() if path.name != ".lock"] == ["releases"]
    assert not list((out / "releases").iterdir())


def test_all_is_on_disk_before_the_pointer(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    sync, replace = os.fsync, os.replace

    def fsync(handle: int) -> None:
        events.append(os.readlink(f"/proc/self/fd/{handle}"))
        sync(handle)

    def watch_replace(source: Path, target: Path) -> None:
        events.append(f"pointer {Path(target).name}")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", watch_replace)
    restore(archive, tmp_path / "new")
    before = events[: events.index("pointer current")]
    synced = {path.rpartition("/releases/")[2].split("/", 1)[-1] for path in before}
    assert {f"permalinks/{to_link(text)}" for text in LINKS} <= synced
    graphs = [path for path in before if path.endswith("/graph.nq")]
    assert len(graphs) == 3
    assert str(tmp_path / "new" / "releases") in before
