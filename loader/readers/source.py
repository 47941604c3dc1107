"""The bytes of one file, with their hash, as text with countable lines."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from errno import EINVAL
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG

from loader.errors import DataError, Finding, Severity

CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""A control character, or a line break that only Unicode has."""


@dataclass(frozen=True)
class SourceFile:
    """One file as it was read.

    ``path`` is the file as the user named it, ``name`` its path inside its data folder with ``/``,
    ``sha256`` the hexadecimal hash of ``data``.
    """

    path: str
    name: str
    data: bytes
    sha256: str

    @cached_property
    def text(self) -> str:
        """The data as UTF-8 without its byte order mark, every line break as one ``\\n``.

        Raise DataError, with the position of the first wrong byte, if the data is not UTF-8.
        """
        start = len(codecs.BOM_UTF8) if self.data.startswith(codecs.BOM_UTF8) else 0
        try:
            return _normalise_line_breaks(str(memoryview(self.data)[start:], "utf-8"))
        except UnicodeDecodeError as error:
            raise self._build_encoding_error(start, start + error.start) from None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of ``text`` without their breaks; line 1 of the file is ``lines[0]``."""
        return tuple(self.text.removesuffix("\n").split("\n")) if self.text else ()

    def build_warning(self, code: str, message: str, line: int = 0, column: int = 0) -> Finding:
        """Return a warning about this file."""
        return Finding(self.path, line, column, Severity.WARNING, message, code)

    def find_control_characters(self) -> Iterator[Finding]:
        """Yield a warning for each line that holds control characters; the text keeps them."""
        for number, line in enumerate(self.lines, 1):
            found = CONTROL_CHARACTER.findall(line)
            if found:
                column = line.index(found[0]) + 1
                yield self.build_warning(
                    "control-character", _describe_control_characters(found), number, column
                )

    def _build_encoding_error(self, start: int, offset: int) -> DataError:
        before = _normalise_line_breaks(self.data[start:offset].decode("utf-8"))
        line = before.count("\n") + 1
        message = (
            f"{self.path} is not UTF-8 text: the byte 0x{self.data[offset]:02X} at byte offset "
            f"{offset} (line {line}) belongs to no character; save the file as UTF-8."
        )
        finding = Finding(self.path, line, 0, Severity.ERROR, message, "not-utf-8")
        return DataError(message, [finding])


def load_source(path: Path, name: str, max_bytes: int) -> SourceFile:
    """Read a file; raise DataError if it cannot be read or has more than ``max_bytes`` bytes."""
    try:
        data = _read_bytes(path, max_bytes)
    except OSError as error:
        why = f"cannot be read ({error.strerror or error}); check its name and its permissions."
        raise _build_data_error(path, "unreadable", why) from error
    if len(data) > max_bytes:
        why = f"is larger than {max_bytes:,} bytes, the limit; split it into smaller files."
        raise _build_data_error(path, "too-large", why)
    return SourceFile(str(path), name, data, sha256(data).hexdigest())


def _read_bytes(path: Path, max_bytes: int) -> bytes:
    status = path.stat()
    if not S_ISREG(status.st_mode):
        raise OSError(EINVAL, "it is not a plain file")
    with path.open("rb") as file:
        return file.read(min(status.st_size, max_bytes) + 1)


def _build_data_error(path: Path, code: str, reason: str) -> DataError:
    message = f"{path} {reason}"
    return DataError(message, [Finding(str(path), 0, 0, Severity.ERROR, message, code)])


def _normalise_line_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _describe_control_characters(characters: list[str]) -> str:
    more = f" and {len(characters) - 1} more on this line" if len(characters) > 1 else ""
    return (
        f"the control character U+{ord(characters[0]):04X}{more} is kept as it is; "
        "delete it from the file unless it is meant."
    )
