"""The list of kept releases, which is read again once it has changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from loader.release.damage_marks import mark_damaged
from loader.release.kept_releases import KeptRelease, list_releases
from query_ui.engine import release_lookup
from query_ui.engine.release_lookup import ReleaseList
from tests.query_ui.releases import publish, publish_beside, switch

OLD, NEW = "a" * 64, "b" * 64


def test_the_list_is_read_again_only_once_something_was_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []

    def count_reads(out: Path) -> list[KeptRelease]:
        reads.append(out)
        return list_releases(out)

    monkeypatch.setattr(release_lookup, "list_releases", count_reads)
    publish(tmp_path, OLD)
    releases = ReleaseList(tmp_path)
    assert [releases.find("a" * 8).is_current for _ in range(3)] == [True] * 3
    assert len(reads) == 1
    publish_beside(tmp_path, NEW, "")
    switch(tmp_path, NEW)
    assert [releases.find(text).is_current for text in ("a" * 12, "b" * 12)] == [False, True]
    assert len(reads) == 2
    mark_damaged(tmp_path, OLD, ["a test"])
    assert [one.name for one in releases.list_sound()] == [NEW]


def test_a_release_without_a_report_has_the_date_of_its_folder(tmp_path: Path) -> None:
    publish(tmp_path, OLD)
    found = ReleaseList(tmp_path).find(OLD)
    assert found.short_name == "a" * 12
    assert found.built == datetime.fromtimestamp((tmp_path / "releases" / OLD).stat().st_mtime, UTC)
