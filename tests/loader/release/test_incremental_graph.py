"""A build that begins as the release before gives the same bytes as one of everything."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from loader.release import bulk_load, incremental_graph
from loader.release.build import build
from loader.release.incremental_graph import IncrementalGraph
from loader.settings import Settings
from tests.conftest import quiet
from tests.loader.release.test_document_cache import (
    CHANGES,
    add_document,
    assert_builds_agree,
    change_document,
    remove_document,
    rename_document,
    unqueried,
)

__all__ = ["unqueried"]
DATA_CHANGES = (add_document, change_document, rename_document, remove_document)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of changed statements of each release that began as the one before."""
    found: list[int] = []
    opened = IncrementalGraph.open_documents

    def open_and_note(self: IncrementalGraph) -> object:
        store = opened(self)
        found.append(len(self.changes.added) + len(self.changes.removed))
        return store

    monkeypatch.setattr(bulk_load, "MAX_RUNS_IN_MEMORY", 0)
    monkeypatch.setattr(IncrementalGraph, "open_documents", open_and_note)
    return found


def test_random_changes(unqueried: Settings, tmp_path: Path, begun: list[int]) -> None:
    changes = (*DATA_CHANGES, *CHANGES, *DATA_CHANGES)
    assert_builds_agree(unqueried, tmp_path / "fresh", changes, random.Random(17))
    assert len(begun) >= 4
