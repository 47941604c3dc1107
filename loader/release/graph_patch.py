"""Patch of a file of sorted lines: the lines that stay are copied as blocks of bytes."""

import hashlib
import mmap
from collections.abc import Iterator
from heapq import merge
from pathlib import Path
from typing import BinaryIO

from loader.release.statement_changes import IncrementalBuildError, StatementChanges

BLOCK = 1024 * 1024


def write_patched_lines(old: Path, new: Path, changes: StatementChanges) -> str:
    """Write the lines of ``old`` with the changes to ``new``; return its SHA-256, in hex.

    Raise IncrementalBuildError where a line that goes is not there, or one that comes is.
    """
    digest = hashlib.sha256()
    with old.open("rb") as file, new.open("wb") as out:
        for block in _patch(file, changes):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def _patch(file: BinaryIO, changes: StatementChanges) -> Iterator[bytes]:
    """Yield the blocks of the new file."""
    removed = ((line.encode("utf-8"), False) for line in changes.removed)
    added = ((line.encode("utf-8"), True) for line in changes.added)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        copied = 0
        for line, is_added in merge(removed, added):
            place = find_line(data, line, copied)
            if is_added == (data[place : place + len(line)] == line):
                raise IncrementalBuildError(f"{file.name} is not the file that changed")
            yield from _read(file, copied, place)
            copied = place if is_added else place + len(line)
            if is_added:
                yield line
        yield from _read(file, copied, len(data))


def _read(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield part of the file in blocks. Copied from the map, it would all count as memory."""
    file.seek(start)
    for place in range(start, end, BLOCK):
        yield file.read(min(BLOCK, end - place))


def find_line(data: mmap.mmap, line: bytes, start: int) -> int:
    """Return the place of the first of some sorted lines that is not before ``line``.

    ``start`` is the place of a line that is not after it.
    """
    low, high = start, len(data)
    while low < high:
        middle = (low + high) // 2
        first = data.rfind(b"\n", low, middle) + 1 or low
        after = data.find(b"\n", middle) + 1
        if data[first:after] < line:
            low = after
        else:
            high = first
    return low
