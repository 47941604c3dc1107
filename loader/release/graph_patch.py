"""Patch of a file of sorted lines: the lines that stay are copied as blocks of bytes."""

import hashlib
import mmap
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from heapq import merge
from pathlib import Path
from typing import BinaryIO

from loader.release.statement_changes import IncrementalBuildError, StatementChanges

BLOCK = 1024 * 1024


def write_patched_lines(old: Path, new: Path, changes: StatementChanges) -> str:
    """Write the lines of ``old`` with the changes to ``new``; return its SHA-256, in hex.

    Each block is hashed while it is written, as neither needs the interpreter. Raise
    IncrementalBuildError where a line that goes is not there, or one that comes is.
    """
    digest = hashlib.sha256()
    with (
        old.open("rb") as file,
        new.open("wb") as out,
        ThreadPoolExecutor(max_workers=1) as hashing,
    ):
        for block in _join(_patch(file, changes)):
            hashed = hashing.submit(digest.update, block)
            out.write(block)
            hashed.result()
    return digest.hexdigest()


def _join(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in blocks of at least ``BLOCK``, except the last."""
    held, size = list[bytes](), 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


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

    ``start`` is the place of a line that is not after it. Steps of growing length come first:
    lines that change are often near one another.
    """
    low, high, step = start, len(data), len(line)
    while low < high:
        middle = min(low + step, (low + high) // 2)
        first = data.rfind(b"\n", low, middle) + 1 or low
        after = data.find(b"\n", middle) + 1
        if data[first:after] < line:
            low, step = after, 4 * step
        else:
            high = first
    return low
