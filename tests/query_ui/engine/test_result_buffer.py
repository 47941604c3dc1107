"""A result that is too large for memory, and a disk that is too small for it."""

import tempfile
from pathlib import Path
from typing import Any

import pytest

from loader.errors import Limit, QueryStopped
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.protocol import EngineRequest
from query_ui.engine.result_buffer import ResultBuffer, execute_buffered
from tests.query_ui.releases import publish

MEGABYTE = b"x" * 1024 * 1024
FULL_DISK = Path("/dev/full")
"""A device whose every write fails as on a full disk."""

needs_full_disk = pytest.mark.skipif(not FULL_DISK.exists(), reason="Linux alone has /dev/full")


def open_full_disk(*_: Any, **__: Any) -> Any:
    """Open a file that takes nothing, whatever was to be opened."""
    return FULL_DISK.open("r+b", buffering=0)


@needs_full_disk
def test_a_full_disk_is_no_fault_of_the_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = ResultBuffer(tmp_path / "0", 1 << 30)
    buffer.write(MEGABYTE)
    full = open_full_disk()
    monkeypatch.setattr(Path, "open", lambda *_, **__: full)
    with pytest.raises(QueryStopped, match="could not be stored .*: No space left") as caught:
        buffer.write(MEGABYTE)
    assert caught.value.limit is Limit.DISK
    buffer.discard()


def test_a_folder_that_is_gone_is_no_fault_of_the_query(tmp_path: Path) -> None:
    buffer = ResultBuffer(tmp_path / "gone" / "0", 1 << 30)
    buffer.write(MEGABYTE)
    with pytest.raises(QueryStopped, match="not even a part of one") as caught:
        buffer.write(MEGABYTE)
    assert caught.value.limit is Limit.DISK
    buffer.discard()


@needs_full_disk
def test_a_full_disk_under_the_embedded_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = EmbeddedEngine(publish(tmp_path / "build"), {})
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", open_full_disk)
    with pytest.raises(QueryStopped, match="No space left") as caught:
        execute_buffered(engine, EngineRequest("SELECT * { ?s ?p ?o }"))
    assert caught.value.limit is Limit.DISK
