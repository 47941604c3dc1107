"""The spool: an answer that is being written, in memory while it is small and then in a file."""

import io
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from loader.errors import Limit, QueryStopped
from query_ui.engine.protocol import EngineRequest, SerialisedResult
from query_ui.engine.result_writer import ResultWriter

_MAX_IN_MEMORY_BYTES = 1024 * 1024
_DELETED_WHEN_CLOSED = getattr(os, "O_TEMPORARY", 0)  # where an open file cannot be unlinked


class ResultBuffer:
    """Buffer of at most ``max_bytes`` of one result, past a megabyte in the file ``path``."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.size = 0
        self._path = path
        self._limit = max_bytes
        self._started_at = time.monotonic()
        self._memory = io.BytesIO()
        self._file: BinaryIO | None = None

    def write(self, data: bytes, /) -> int:
        """See ``Sink.write``; QueryStopped where the answer grows past the limit."""
        self.size += len(data)
        if self.size > self._limit:
            raise self._build_size_error()
        if self._file is None:
            if self.size <= _MAX_IN_MEMORY_BYTES:
                return self._memory.write(data)
            self._file = self._path.open("xb")
            self._file.write(self._memory.getbuffer())
        return self._file.write(data)

    def flush(self) -> None:
        """Nothing to do before the end; the engine's writers ask for it."""

    def finish_result(self) -> bytes | None:
        """The whole answer, or None where it lies in the file."""
        if self._file is None:
            return self._memory.getvalue()
        self._file.close()
        return None

    def discard(self) -> None:
        """Leave nothing of an answer that is not to be given."""
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)

    def _build_size_error(self) -> QueryStopped:
        return QueryStopped(
            f"The query was stopped: its answer is larger than {self._limit:,} bytes. "
            "Ask for fewer rows (LIMIT), or for counts.",
            Limit.SIZE,
            time.monotonic() - self._started_at,
        )


def execute_buffered(engine: ResultWriter, request: EngineRequest) -> SerialisedResult:
    """The answer of an engine that writes, in memory while it is small and then in a file."""
    body = tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY_BYTES)
    with ExitStack() as stack:
        stack.enter_context(body)
        kind, form = engine.write_result(request, body)
        stack.pop_all()
    size = body.tell()
    body.seek(0)
    return SerialisedResult(kind, form, cast(BinaryIO, body), size)


def open_and_unlink(path: Path) -> BinaryIO:
    """Open a finished spool and take its name away, so that it goes when it is closed."""
    file = open(path, "rb", opener=_open_for_deletion)
    if not _DELETED_WHEN_CLOSED:
        path.unlink()
    return file


def _open_for_deletion(path: str, flags: int) -> int:
    return os.open(path, flags | _DELETED_WHEN_CLOSED)
