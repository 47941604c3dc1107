"""Store of permalinks: each identifier is the beginning of the SHA-256 hash of its text.

The same query always has the same permalink; nothing about clients is recorded. The files lie
beside the releases, so permalinks outlast restarts and new releases.
"""

import errno
import hashlib
import os
import re
import tempfile
from pathlib import Path

MIN_SHORT_LENGTH = 10
"""Hexadecimal digits of an identifier: 40 bits, more where two hashes begin alike."""
MAX_TEXT_CHARACTERS = 32 * 1024
MAX_PERMALINKS = 50_000

_SHORT_ID = re.compile(rf"[0-9a-f]{{{MIN_SHORT_LENGTH},64}}")


class PermalinkStore:
    """The permalinks in one folder, a small file for each; at most ``max_entries``."""

    def __init__(self, folder: Path, max_entries: int = MAX_PERMALINKS) -> None:
        self.folder = folder
        self.max_entries = max_entries

    def store_text(self, text: str) -> str:
        """Store a text and return its identifier.

        Raise OSError if the folder cannot be written or is full.
        """
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        for length in range(MIN_SHORT_LENGTH, len(digest) + 1):
            short = digest[:length]
            if self.find_text(short) == text or self._write_entry(short, text):
                return short
        raise OSError(errno.EEXIST, "every beginning of the hash is taken")

    def find_text(self, short_id: str) -> str | None:
        """Return the text of an identifier, or None if there is none."""
        if not _SHORT_ID.fullmatch(short_id):
            return None
        try:
            return (self.folder / short_id).read_text("utf-8")
        except FileNotFoundError:
            return None

    def _write_entry(self, short_id: str, text: str) -> bool:
        """Write the text under that identifier; return False if another text has it.

        Linking a complete temporary file is atomic and never replaces an existing one.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if sum(1 for _ in os.scandir(self.folder)) >= self.max_entries:
            raise OSError(errno.ENOSPC, f"there are {self.max_entries:,} already")
        with tempfile.NamedTemporaryFile("wb", dir=self.folder, prefix=".") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            try:
                os.link(file.name, self.folder / short_id)
            except FileExistsError:
                return self.find_text(short_id) == text
        os.chmod(self.folder / short_id, 0o644)
        return True
