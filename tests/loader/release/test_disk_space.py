"""A build that the disk has no room for is refused before it begins."""

from collections import namedtuple
from pathlib import Path

import pytest

from loader.errors import BuildError
from loader.release.build import BuildResult, build
from loader.release.disk_space import estimate_bytes, refuse_full_disk
from loader.settings import Settings
from tests.conftest import quiet

Usage = namedtuple("Usage", "total used free")


def test_a_build_without_room_changes_nothing(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(9, 9, 1000))
    (tiny.data[0] / "large.txt").write_text("word " * 10**6)
    with pytest.raises(BuildError, match=r"needs about 10\d MB of disk, and 1 MB is free.*prune"):
        build(tiny, quiet)
    assert not tiny.out.exists()


def test_the_current_release_says_what_the_next_one_needs(
    tiny_built: tuple[Settings, BuildResult], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings, outcome = tiny_built
    size = sum(p.stat().st_size for p in outcome.release.folder.rglob("*") if p.is_file())
    large = tmp_path / "large"
    large.write_bytes(bytes(10**6))
    assert size <= estimate_bytes(settings.out, [large] * 10) <= 2 * size
    # Where nearly all documents were taken away, the old release is no measure.
    assert estimate_bytes(settings.out, []) == 0
    free = estimate_bytes(settings.out, [large] * 10)
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(9, 9, free))
    refuse_full_disk(settings.out, [large] * 10)
    free -= 1
    with pytest.raises(BuildError):
        refuse_full_disk(settings.out, [large] * 10)
