"""The SHA-256 of files that may be large."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

BYTES_AT_ONCE = 4 * 1024 * 1024
"""A thread that hashes waits for the interpreter after each part, which takes up to 5 ms. With the
256 KiB of ``hashlib.file_digest`` that was most of its time while a build was at work."""


class FileHash(NamedTuple):
    """The SHA-256, in hex, and the size in bytes of what was read of a file."""

    sha256: str
    size: int


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hex; raise OSError where it cannot be read."""
    return read_file_hash(path).sha256


def read_file_hash(path: Path) -> FileHash:
    """Return the SHA-256 and the size of a file; raise OSError where it cannot be read."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        length = os.fstat(file.fileno()).st_size
        buffer = memoryview(bytearray(min(length + 1, BYTES_AT_ONCE)))
        while number := file.readinto(buffer):
            digest.update(buffer[:number])
            size += number
    return FileHash(digest.hexdigest(), size)
