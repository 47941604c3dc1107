"""Short addresses for queries: each the beginning of the hash of what it stands for.

The same query has the same address whoever asks and whenever; nothing is counted and nobody is
remembered. They lie beside the releases, so neither a restart nor a new release breaks one.
"""

import errno
import hashlib
import os
import re
import tempfile
from pathlib import Path

MIN_SHORT_LENGTH = 10
"""Characters of an address: 40 bits, more where two queries begin with the same."""
MAX_TEXT_CHARACTERS = 32 * 1024
MAX_PERMALINKS = 50_000

_SHORT_ID = re.compile(rf"[0-9a-f]{{{MIN_SHORT_LENGTH},64}}")


class PermalinkStore:
    """The short addresses that one folder keeps, a small file for each."""

    def __init__(self, folder: Path, max_entries: int = MAX_PERMALINKS) -> None:
        self.folder = folder
        self.max_entries = max_entries

    def store_text(self, text: str) -> str:
        """The short address of a text, which is kept from now on.

        OSError where the folder can't be written, or holds as many as it may.
        """
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        for length in range(MIN_SHORT_LENGTH, len(digest) + 1):
            short = digest[:length]
            if self.find_text(short) == text or self._write_entry(short, text):
                return short
        raise OSError(errno.EEXIST, "every beginning of the hash is taken")

    def find_text(self, short_id: str) -> str | None:
        """The text that a short address stands for, or None."""
        if not _SHORT_ID.fullmatch(short_id):
            return None
        try:
            return (self.folder / short_id).read_text("utf-8")
        except FileNotFoundError:
            return None

    def _write_entry(self, short_id: str, text: str) -> bool:
        """Keep the text under that name; False where another has it.

        The file appears whole or not at all, and never replaces one.
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
