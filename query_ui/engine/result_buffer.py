"""Buffers for a serialised result: in memory up to a megabyte, then in a temporary file."""

import io
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, cast

from loader.errors import Limit, QueryStopped
from query_ui.engine.protocol import EngineRequest, SerialisedResult
from query_ui.engine.result_writer import ResultWriter

_MAX_IN_MEMORY_BYTES = 1024 * 1024
_DELETED_WHEN_CLOSED = getattr(os, "O_TEMPORARY", 0)  # where an open file cannot be unlinked


class ResultBuffer:
    """A buffer for at most ``max_bytes`` of one result; above a megabyte it is the file ``path``.

    The result is complete before any of it is sent, so that an error can still replace it.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.size = 0
        self._path = path
        self._limit = max_bytes
        self._started_at = time.monotonic()
        self._memory = io.BytesIO()
        self._file: BinaryIO | None = None

    def write(self, data: bytes, /) -> int:
        """Append ``data`` (see ``ByteSink.write``).

        Raise QueryStopped above the size limit, or where the disk is full.
        """
        self.size += len(data)
        if self.size > self._limit:
            raise self._build_size_error()
        if self.size <= _MAX_IN_MEMORY_BYTES:
            return self._memory.write(data)
        with explain_full_disk():
            if self._file is None:
                self._file = self._path.open("xb")
                self._file.write(self._memory.getbuffer())
            return self._file.write(data)

    def flush(self) -> None:
        """Do nothing: the engine's serialisers require the method."""

    def finish_result(self) -> bytes | None:
        """Return the complete result, or None where it is in the file, which is closed."""
        if self._file is None:
            return self._memory.getvalue()
        with explain_full_disk():
            self._file.close()
        return None

    def discard(self) -> None:
        """Delete an incomplete result."""
        if self._file is not None:
            with suppress(OSError):  # what it could not write is not wanted
                self._file.close()
            self._path.unlink(missing_ok=True)

    def _build_size_error(self) -> QueryStopped:
        return QueryStopped(
            f"The query was stopped: its answer is larger than {self._limit:,} bytes. "
            "Ask for fewer rows (LIMIT), or for counts.",
            Limit.SIZE,
            time.monotonic() - self._started_at,
        )


class DiskSink:
    """A sink on a file that reports a full disk as QueryStopped."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, data: bytes, /) -> int:
        """Append ``data`` (see ``ByteSink.write``); raise QueryStopped where the disk is full."""
        with explain_full_disk():
            return self._file.write(data)

    def flush(self) -> None:
        """Do nothing: the engine's serialisers require the method."""


@contextmanager
def explain_full_disk() -> Iterator[None]:
    """Turn a result that cannot be stored into QueryStopped, as the query is not at fault."""
    try:
        yield
    except OSError as error:
        raise QueryStopped(
            "The answer could not be stored on this server while it was made: "
            f"{error.strerror or error}. There is no answer, not even a part of one. "
            "Try again later, or ask for fewer rows (LIMIT).",
            Limit.DISK,
        ) from error


def close_quietly(file: IO[bytes]) -> None:
    """Close a file whose content is not wanted, whatever it could not write."""
    with suppress(OSError):
        file.close()


def execute_buffered(engine: ResultWriter, request: EngineRequest) -> SerialisedResult:
    """Return the result that ``engine`` writes for ``request``, in memory or in a file by size."""
    body = tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY_BYTES)
    with ExitStack() as stack:
        stack.callback(close_quietly, body)
        kind, form = engine.write_result(request, DiskSink(body))
        with explain_full_disk():
            body.flush()
        stack.pop_all()
    size = body.tell()
    body.seek(0)
    return SerialisedResult(kind, form, cast(BinaryIO, body), size)


def open_and_unlink(path: Path) -> BinaryIO:
    """Open a complete result file and remove its name, so that closing it frees the space."""
    file = open(path, "rb", opener=_open_for_deletion)
    if not _DELETED_WHEN_CLOSED:
        path.unlink()
    return file


def _open_for_deletion(path: str, flags: int) -> int:
    return os.open(path, flags | _DELETED_WHEN_CLOSED)
