"""The texts of the documents of a release, so that each statement can be read where it was made.

They are kept beside the graph, in ``documents.sqlite``, since the files may change after the build.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from loader.errors import DataError
from loader.readers import TABLE_SUFFIXES
from loader.readers.source import SourceFile
from loader.readers.table_text import decode_table_text

DOCUMENT_TEXTS_FILE = "documents.sqlite"
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".md", ".txt", ".ttl", ".yaml", ".yml", ".json"})
MAX_TEXT_BYTES = 2 * 1024 * 1024
"""Longer documents, such as dumps of registers, are left out."""
MAX_TOTAL_BYTES = 64 * 1024 * 1024


def write_document_texts(path: Path, documents: Iterable[tuple[str, Path]]) -> None:
    """Write the texts of documents, given as name and file, as far as they are text and fit."""
    free = MAX_TOTAL_BYTES
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE document (name TEXT PRIMARY KEY, text TEXT NOT NULL)")
        for name, file in documents:
            if file.suffix.lower() not in TEXT_SUFFIXES or file.stat().st_size > MAX_TEXT_BYTES:
                continue
            content = file.read_bytes()
            free -= len(content)
            if free < 0:
                return
            text = _decode(file, content)
            database.execute("INSERT OR IGNORE INTO document VALUES (?, ?)", (name, text))


def _decode(file: Path, content: bytes) -> str:
    """Return the text of a document as its reader read it: tables come in several encodings."""
    if file.suffix.lower() in TABLE_SUFFIXES:
        with suppress(DataError):
            return decode_table_text(SourceFile(str(file), file.name, content, ""))[0].text
    return content.decode("utf-8-sig", "replace")


def read_document_lines(path: Path, name: str) -> list[str]:
    """Return the lines of a document of a release; [] where the release has no text for it.

    Lines end as in the readers: at CR LF, LF or CR.
    """
    if not path.is_file():
        return []
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        row = database.execute("SELECT text FROM document WHERE name = ?", (name,)).fetchone()
    return str(row[0]).replace("\r\n", "\n").replace("\r", "\n").split("\n") if row else []
