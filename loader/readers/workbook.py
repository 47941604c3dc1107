"""Workbooks (.xlsx) within limits: the container is checked before openpyxl reads any of it.

https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn
from xml.etree.ElementTree import ParseError
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from loader.errors import DataError, Finding, Severity
from loader.readers.worksheet_counts import count_worksheet

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

WORKBOOK_SIGNATURES = (b"PK", b"\xd0\xcf\x11\xe0")
"""First bytes of a ZIP file, and of the OLE container of encrypted and of old workbooks."""
READ_ERRORS = (
    *(ArithmeticError, AssertionError, AttributeError, BadZipFile, EOFError, LookupError),
    *(OSError, ParseError, RuntimeError, TypeError, ValueError),
    *(expat.ExpatError, struct.error, zlib.error),
)
"""What openpyxl and its libraries raise for files that are not as they should be."""

_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_CHUNK_BYTES = 64 * 1024
_CHUNK_ROWS = 50
_MAX_PARTS = 5_000
_MAX_TREE_ELEMENTS = 250_000
_MAX_ATTRIBUTE_CHARACTERS = 32_767
_STREAMED_ROOTS = ("worksheet", "sst")
_STRUCTURAL_RELATIONS = ("_rels/.rels", "xl/_rels/workbook.xml.rels")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """Limits on a workbook: bytes, decompressed bytes, and cells (an empty row counts as one).

    ``accepts_external_links`` is set for workbooks of others, in which the links to other files
    cannot be broken; the last values of such cells are read, never the other files.
    """

    max_bytes: int = 200 * 1024 * 1024
    max_unpacked_bytes: int = 1024 * 1024 * 1024
    max_cells: int = 5_000_000
    accepts_external_links: bool = False


@dataclass(slots=True)
class WorkbookContents:
    """What a pass over the container has seen, by the path of the part where it matters.

    ``merged_ranges`` are references such as ``A1:A3``; ``parts_with_formulas`` are the sheets that
    have any; ``last_rows`` are the numbers of the last rows with a value, below which a sheet may
    have a million that are only formatted. ``has_annotations`` says that there are comments or
    links behind cells.
    """

    merged_ranges: dict[str, list[str]] = field(default_factory=dict)
    parts_with_formulas: set[str] = field(default_factory=set)
    last_rows: dict[str, int] = field(default_factory=dict)
    has_annotations: bool = False


def do_nothing() -> None:
    """Do nothing: the default check between two slices of work."""


@dataclass(frozen=True, slots=True)
class WorkbookFile:
    """The bytes of a workbook, and the limits within which they are read.

    ``path`` names the file in findings, ``code`` overrides their codes unless it is "". ``check``
    is called between slices of the work and may raise, where its time is over.
    """

    data: bytes
    path: str
    limits: WorkbookLimits = WorkbookLimits()
    check: Callable[[], None] = do_nothing
    code: str = ""

    def open(self, has_results: bool, is_streamed: bool) -> "Workbook":
        """Check the container and open it with openpyxl; raise DataError with one finding.

        The arguments are those of ``load``.
        """
        check_container(self)
        return self.load(has_results, is_streamed)

    def load(self, has_results: bool, is_streamed: bool) -> "Workbook":
        """Open a workbook whose container has been checked; raise DataError with one finding.

        ``has_results`` reads the stored results of formulas instead of the formulas themselves,
        ``is_streamed`` only values, without building the sheets in memory.
        """
        # Imported here: openpyxl takes a tenth of a second, which command-line help need not pay.
        from openpyxl.reader.excel import ExcelReader
        from openpyxl.utils.exceptions import InvalidFileException

        from loader.readers.worksheet_rows import StreamReader

        try:
            with warnings.catch_warnings():
                # openpyxl warns of styles and of validation rules that it does not keep.
                warnings.simplefilter("ignore")
                reader = (StreamReader if is_streamed else ExcelReader)(
                    BytesIO(self.data), is_streamed, data_only=has_results, keep_links=False
                )
                reader.read()
                book = reader.wb
        except (*READ_ERRORS, InvalidFileException) as error:
            self.refuse_damaged(error)
        if not book.worksheets:
            self.refuse("broken-workbook", "the workbook has no sheet with cells.")
        return book

    def iterate_rows(self, sheet: Any, last_row: int | None = None) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of cells of a streamed sheet; raise DataError past the limit of cells.

        What the sheet claims as its dimensions is ignored; gaps between rows and cells count. The
        last row to read is ``last_row``, or the last that there is.
        """
        from loader.readers.worksheet_rows import iterate_values

        sheet.reset_dimensions()
        # Formulas alone are read with openpyxl, which knows how one is shared among cells.
        has_results = sheet.parent.data_only
        rows = iterate_values(sheet, last_row) if has_results else sheet.iter_rows(max_row=last_row)
        count = 0
        while chunk := self._read_chunk(rows):
            count += sum(max(1, len(row)) for row in chunk)
            if count > self.limits.max_cells:
                self.refuse_cells(f"sheet “{sheet.title}”")
            yield from chunk

    def _read_chunk(self, rows: Iterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        self.check()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return list(islice(rows, _CHUNK_ROWS))
        except READ_ERRORS as error:
            self.refuse_damaged(error)

    def refuse(self, code: str, message: str) -> NoReturn:
        """Raise DataError with one finding about the whole file."""
        finding = Finding(self.path, 0, 0, Severity.ERROR, message, self.code or code)
        raise DataError(str(finding), [finding])

    def refuse_damaged(self, error: Exception) -> NoReturn:
        """Raise DataError for a file that is damaged or no workbook at all."""
        self.refuse(
            "broken-workbook",
            "this is no .xlsx workbook that can be read; open it in a spreadsheet program "
            f"and save it as .xlsx or .csv ({type(error).__name__}).",
        )

    def refuse_cells(self, what: str) -> NoReturn:
        """Raise DataError for more cells than the limit."""
        self.refuse(
            "too-large",
            f"{what} reaches over more than {self.limits.max_cells:,} cells; delete the stray "
            "cells at its end, or split it.",
        )


def check_container(file: WorkbookFile) -> WorkbookContents:
    """Raise DataError for a container or part that must not be handed to a reader.

    Each part is decompressed and parsed once, without building anything, so that all later work
    is bounded by counts that are known. Return what else was seen on the way.
    """
    if len(file.data) > file.limits.max_bytes:
        file.refuse("too-large", f"the workbook has more than {file.limits.max_bytes:,} bytes.")
    if file.data.startswith(WORKBOOK_SIGNATURES[1]):
        _refuse_ole_container(file)
    try:
        with ZipFile(BytesIO(file.data)) as archive:
            entries = archive.infolist()
            _check_entries(file, entries)
            counter = _PartCounter(file)
            for entry in entries:
                counter.count_part(archive, entry)
            return counter.contents
    except READ_ERRORS as error:
        file.refuse_damaged(error)


def _refuse_ole_container(file: WorkbookFile) -> NoReturn:
    if _ENCRYPTED_STREAM in file.data:
        file.refuse(
            "protected-workbook",
            "the workbook is protected by a password; save it again without one.",
        )
    file.refuse("broken-workbook", "this is an old .xls workbook; save it as .xlsx or .csv.")


def _check_entries(file: WorkbookFile, entries: list[ZipInfo]) -> None:
    """Check what the directory of the ZIP file says, before anything is decompressed."""
    size, most = sum(entry.file_size for entry in entries), file.limits.max_unpacked_bytes
    if size > most:
        file.refuse(
            "too-large",
            f"the workbook unpacks to {size:,} bytes, more than {most:,}; split it.",
        )
    if len(entries) > _MAX_PARTS:
        file.refuse("too-large", f"the workbook has more than {_MAX_PARTS:,} parts; split it.")
    for entry in entries:
        if entry.flag_bits & 1:
            file.refuse("protected-workbook", "parts of the workbook are encrypted; decrypt it.")
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            file.refuse(
                "broken-workbook",
                "the workbook is compressed in a way that workbooks are not; open it in a "
                "spreadsheet program and save it again.",
            )
        if entry.filename.startswith("xl/externalLinks/"):
            _refuse_external_links(file)


def _refuse_external_links(file: WorkbookFile) -> None:
    if not file.limits.accepts_external_links:
        file.refuse(
            "external-reference",
            "the workbook refers to other files, which are not read; break its links to other "
            "files and save it again.",
        )


class _PartCounter:
    """Counts elements, cells and rows over all parts of one workbook, without building them."""

    def __init__(self, file: WorkbookFile) -> None:
        self._file = file
        self.contents = WorkbookContents()
        self._cells = 0
        self._elements = 0
        self._root = self._part = ""
        self._tree_elements = self._row = 0

    def count_part(self, archive: ZipFile, entry: ZipInfo) -> None:
        """Parse one part; what is no XML is skipped, as no reader could parse it either."""
        self._root, self._part, self._row = "", entry.filename, 0
        if self._count_worksheet(archive, entry):
            return
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._count_element
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        is_parsed = True
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                self._file.check()
                is_parsed = is_parsed and self._parse_chunk(parser, chunk)
        if is_parsed and entry.file_size:
            self._parse_chunk(parser, b"", is_last=True)

    def _count_worksheet(self, archive: ZipFile, entry: ZipInfo) -> bool:
        """Count a worksheet by patterns; return False, having counted nothing, where none fits."""
        most = self._file.limits.max_cells
        if not entry.filename.startswith("xl/worksheets/"):
            return False
        with archive.open(entry) as stream:
            found = count_worksheet(stream, 8 * most - self._elements, self._file.check)
        if found is None or self._cells + found.cells > most:
            return False
        self._elements += found.elements
        self._cells += found.cells
        self._row = found.last_row
        for name, reference in found.noted:
            self._note_content(name, {"ref": reference})
        if found.last_row:
            self.contents.last_rows[self._part] = found.last_row
        if self._cells > most:
            self._file.refuse_cells("the workbook")
        return True

    def _parse_chunk(
        self, parser: expat.XMLParserType, chunk: bytes, is_last: bool = False
    ) -> bool:
        """Parse a chunk; return False where the part is no XML and does not say that it is."""
        try:
            parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            if self._part.endswith((".xml", ".rels")):
                self._file.refuse_damaged(error)
            return False
        return True

    def _refuse_doctype(self, *_: object) -> None:
        self._file.refuse(
            "broken-workbook",
            "the workbook declares entities, which no spreadsheet program does; open it in a "
            "spreadsheet program and save it again.",
        )

    def _count_element(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._root = self._root or name
        self._elements += 1
        most = self._file.limits.max_cells
        if name == "c":
            self._cells += 1
        elif name == "row":
            self._cells += 1
            self._row = self._read_row_number(attributes)
        elif name in ("v", "is"):
            self.contents.last_rows[self._part] = self._row
        elif name in ("f", "mergeCell", "hyperlink", "comment"):
            self._note_content(name, attributes)
        if self._cells > most or self._elements > 8 * most + _MAX_TREE_ELEMENTS:
            self._file.refuse_cells("the workbook")
        if self._root not in _STREAMED_ROOTS:
            self._tree_elements += 1
            if self._tree_elements > _MAX_TREE_ELEMENTS:
                self._file.refuse("too-large", "the workbook has too many styles or parts.")
        if attributes:
            self._check_attributes(name, attributes)

    def _read_row_number(self, attributes: dict[str, str]) -> int:
        """Return the number of a row, as openpyxl counts them."""
        try:
            return int(attributes["r"])
        except (KeyError, ValueError):
            return self._row + 1

    def _note_content(self, name: str, attributes: dict[str, str]) -> None:
        reference = attributes.get("ref", "")
        if name == "f":
            self.contents.parts_with_formulas.add(self._part)
            self.contents.last_rows[self._part] = self._row
        elif name == "mergeCell":
            self._cells += _count_cells_of_range(reference)
            self.contents.merged_ranges.setdefault(self._part, []).append(reference)
        else:
            self._cells += _count_cells_of_range(reference)
            self.contents.has_annotations = True

    def _check_attributes(self, name: str, attributes: dict[str, str]) -> None:
        for value in attributes.values():
            if len(value) > _MAX_ATTRIBUTE_CHARACTERS:
                self._file.refuse("too-large", "a part of the workbook has too long a value.")
        if name == "Relationship" and attributes.get("TargetMode") == "External":
            if self._part in _STRUCTURAL_RELATIONS:
                self._file.refuse(
                    "external-reference", "parts of the workbook are in other files; save it again."
                )
            if not attributes.get("Type", "").endswith("/hyperlink"):
                _refuse_external_links(self._file)


def _count_cells_of_range(reference: str) -> int:
    """Return the number of cells of a range such as ``A1:C3``: openpyxl makes one for each."""
    first_column, first_row, last_column, last_row = parse_range(reference)
    return (last_column - first_column + 1) * (last_row - first_row + 1)


def parse_range(reference: str) -> tuple[int, int, int, int]:
    """Return first column, first row, last column and last row of a range, from 1.

    A reference to one cell, or none that is valid, is a range of one cell.
    """
    found = _RANGE.fullmatch(reference)
    if not found:
        return 1, 1, 1, 1
    columns = sorted((_to_column_number(found[1]), _to_column_number(found[3] or found[1])))
    rows = sorted((int(found[2]), int(found[4] or found[2])))
    return columns[0], rows[0], columns[1], rows[1]


def _to_column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
