"""The process that writes the name index gives the same bytes, and its failure loses nothing."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Store

from loader.errors import DataError
from loader.release.name_index.name_process import CHECKPOINT, write_names, write_names_meanwhile
from loader.release.release_folder import Release
from loader.settings import Settings


@pytest.fixture
def store(tiny_release: Release) -> Store:
    return Store(str(tiny_release.store))


def test_it_writes_what_this_process_would(store: Store, tiny: Settings, tmp_path: Path) -> None:
    here, there = tmp_path / "here.sqlite", tmp_path / "there.sqlite"
    write_names(store, tiny.indexing, here)
    with write_names_meanwhile(store, tiny.indexing, there):
        store.clear()  # the process reads a checkpoint
    assert there.read_bytes() == here.read_bytes()
    assert not (tmp_path / CHECKPOINT).exists()


def test_where_it_fails_the_index_is_written_here(
    store: Store, tiny: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here.sqlite", tmp_path / "there.sqlite"
    write_names(store, tiny.indexing, here)
    (tmp_path / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with write_names_meanwhile(store, tiny.indexing, there):
        pass
    assert there.read_bytes() == here.read_bytes()


def test_what_is_wrong_is_said_as_if_there_were_no_process(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"names\.rq: The query does not exist"):
        with write_names_meanwhile(store, tmp_path, tmp_path / "names.sqlite"):
            pass


def test_an_error_ends_the_process(
    store: Store, tiny: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def start_and_note(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        begun.append(start(*args, **options))
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", start_and_note)
    with pytest.raises(KeyboardInterrupt):
        with write_names_meanwhile(store, tiny.indexing, tmp_path / "names.sqlite"):
            raise KeyboardInterrupt
    assert [process.poll() is not None for process in begun] == [True]
