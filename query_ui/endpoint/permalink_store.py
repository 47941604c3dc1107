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

SHORTEST = 10
"""Characters of an address: 40 bits, more where two queries begin with the same."""
LONGEST_TEXT = 32 * 1024
MOST = 50_000

_SHORT = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")


class Permalinks:
    """The short addresses that one folder keeps, a small file for each."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self.folder = folder
        self.most = most

    def keep(self, text: str) -> str:
        """The short address of a text, which is kept from now on.

        OSError where the folder can't be written, or holds as many as it may.
        """
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        for length in range(SHORTEST, len(digest) + 1):
            short = digest[:length]
            if self.find(short) == text or self._add(short, text):
                return short
        raise OSError(errno.EEXIST, "every beginning of the hash is taken")

    def find(self, short: str) -> str | None:
        """The text that a short address stands for, or None."""
        if not _SHORT.fullmatch(short):
            return None
        try:
            return (self.folder / short).read_text("utf-8")
        except FileNotFoundError:
            return None

    def _add(self, short: str, text: str) -> bool:
        """Keep the text under that name; False where another has it.

        The file appears whole or not at all, and never replaces one.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if sum(1 for _ in os.scandir(self.folder)) >= self.most:
            raise OSError(errno.ENOSPC, f"there are {self.most:,} already")
        with tempfile.NamedTemporaryFile("wb", dir=self.folder, prefix=".") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            try:
                os.link(file.name, self.folder / short)
            except FileExistsError:
                return self.find(short) == text
        os.chmod(self.folder / short, 0o644)
        return True
