"""Rows of a download in CSV, XLSX or JSON: the cells of the columns that a descriptor names."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import ijson

from loader.errors import DataError, Finding, Severity
from loader.readers.csv_positions import detect_delimiter, parse_delimited_rows
from loader.readers.dataset_descriptor.descriptor import SectorDescriptor
from loader.readers.source import SourceFile
from loader.readers.spreadsheet import format_cell
from loader.readers.table_headers import normalise_header
from loader.readers.workbook import WorkbookFile, WorkbookLimits

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_STEP = re.compile(r"([^.\[\]]+)(?:\[([^=\]]+)=([^\]]*)\])?")


def resolve_json_path(value: Any, path: str) -> Sequence[Any]:
    """Return every value at a path, through the items of lists; [] where there is none.

    ``name[key=text]`` selects the items whose ``key`` is the text, or a list that contains it.
    """
    found = [value]
    for name, key, text in _STEP.findall(path):
        inner = [one.get(name) for one in found if isinstance(one, dict)]
        found = [item for one in inner for item in (one if isinstance(one, list) else [one])]
        if key:
            found = [one for one in found if isinstance(one, dict) and has_text(one.get(key), text)]
    return [one for one in found if one is not None]


def has_text(value: Any, text: str) -> bool:
    """Return whether a value is ``text``, or a list that contains it."""
    return text in value if isinstance(value, list) else value == text


DOWNLOAD_LIMITS = WorkbookLimits(accepts_external_links=True)
FINDING_CODE = "sector-download"
MAX_HEADER_ROWS = 50
"""The most rows searched for the header."""
TextsByColumn = Mapping[str, Sequence[str]]
SheetRow = tuple[list[str], int, int]
"""The texts of a row, with its first and last line."""


@dataclass(frozen=True, slots=True)
class DownloadRow:
    """One row on the lines ``start`` to ``end``; empty cells are left out."""

    cells: TextsByColumn
    start: int
    end: int


@dataclass(slots=True)
class RowCounts:
    """How many rows a download has, and how many are left out: by a filter, or without a key."""

    rows: int = 0
    filtered_out: int = 0
    without_key: int = 0


def read_download_rows(
    source: SourceFile, descriptor: SectorDescriptor, counts: RowCounts
) -> Iterator[DownloadRow]:
    """Yield the rows that match a descriptor, and count all rows.

    Raise DataError where a column is missing or the file is truncated.
    """
    suffix = PurePath(source.name).suffix.lower()
    if suffix in (".json", ".jsonl"):
        found = read_json_rows(source, descriptor, suffix == ".jsonl")
    else:
        found = read_table_rows(source, descriptor, suffix == ".xlsx")
    for line in found:
        counts.rows += 1
        wanted = descriptor.row_filters.items()
        if not all(set(line.cells.get(name, ())) & set(texts) for name, texts in wanted):
            counts.filtered_out += 1
        elif not line.cells.get(descriptor.key[0]):
            counts.without_key += 1
        else:
            yield line


def read_table_rows(
    source: SourceFile, descriptor: SectorDescriptor, is_workbook: bool
) -> Iterator[DownloadRow]:
    """Yield the rows of delimited text, or of the sheet of a workbook that has the columns."""
    tables: Iterable[Iterator[SheetRow]]
    tables = list_sheets(source, descriptor.sheet) if is_workbook else [read_text_rows(source)]
    wanted, size, read = find_table(source, descriptor, tables)
    for texts, start, end in read:
        if len(texts) < size and not is_workbook and not is_remark(source, texts, end):
            message = f"the row has {len(texts)} cells and the header {size}; is it cut?"
            raise build_download_error(source, start, message)
        filled = ((name, texts[at].strip()) for name, at in wanted.items() if at < len(texts))
        yield DownloadRow({name: (text,) for name, text in filled if text}, start, end)


def is_remark(source: SourceFile, texts: Sequence[str], line: int) -> bool:
    """Return whether a row is a remark below the table, in one cell, and no row that is cut."""
    is_complete = line < len(source.lines) or source.data.endswith((b"\n", b"\r"))
    return is_complete and sum(bool(text.strip()) for text in texts) <= 1


def find_table(
    source: SourceFile, descriptor: SectorDescriptor, tables: Iterable[Iterator[SheetRow]]
) -> tuple[dict[str, int], int, Iterator[SheetRow]]:
    """Return the place of each column, the number of headers, and the rows of the table.

    It is the first table with a header that has all columns. A header is the first row with every
    column: downloads begin with other lines. Raise DataError, with the headers that come nearest,
    where no table has one among its first rows.
    """
    nearest: list[str] = []
    fewest = list(descriptor.required_columns)
    for rows in tables:
        for texts, _, _ in islice(rows, MAX_HEADER_ROWS):
            headers = [text.strip() for text in texts]
            places = locate_columns(headers, descriptor)
            missing = [name for name in descriptor.required_columns if name not in places]
            if not missing:
                return places, len(read_headers(headers)), rows
            if len(missing) < len(fewest) or not nearest:
                nearest, fewest = headers, missing
    known = ", ".join(f"“{header}”" for header in nearest if header) or "none"
    message = (
        f"the download has no column {', '.join(fewest)}; its columns are {known}. Correct the "
        f'descriptor {descriptor.name}.toml (titles = ["…"] gives a column another header), or '
        "download the file that it describes."
    )
    raise build_download_error(source, 1, message)


def locate_columns(headers: Sequence[str], descriptor: SectorDescriptor) -> dict[str, int]:
    """Return the places of the columns in a row, without regard to case, spaces and apostrophes."""
    place_by_header: dict[str, int] = {}
    for place, header in enumerate(headers):
        place_by_header.setdefault(fold_header(header), place)
    return {
        name: place_by_header[found[0]]
        for name, titles in descriptor.titles_by_column.items()
        if (found := [key for key in map(fold_header, titles) if key in place_by_header])
    }


def read_headers(texts: Sequence[str]) -> list[str]:
    """Return headers without the empty ones at the end."""
    size = max((place for place, text in enumerate(texts, start=1) if text), default=0)
    return list(texts[:size])


def fold_header(header: str) -> str:
    """Return a header as it is compared with another."""
    return normalise_header(header.replace("\u2019", "'").strip("\ufeff"))


def read_text_rows(source: SourceFile) -> Iterator[SheetRow]:
    """Yield the rows of delimited text that are not empty, with their lines."""
    for row in parse_delimited_rows(source, detect_delimiter(source.text)):
        if not row.is_empty:
            yield [cell.text for cell in row.cells], row.start, row.end


def list_sheets(source: SourceFile, title: str) -> Iterator[Iterator[SheetRow]]:
    """Yield the rows of each sheet, or of the one called ``title``, which has to be there."""
    file = WorkbookFile(source.data, source.path, DOWNLOAD_LIMITS, code=FINDING_CODE)
    book = file.open(has_results=True, is_streamed=True)
    sheets = [s for s in book.worksheets if not title or s.title.casefold() == title.casefold()]
    if not sheets:
        known = ", ".join(f"“{sheet.title}”" for sheet in book.worksheets)
        message = f"the workbook has no sheet “{title}”; its sheets are {known}."
        raise build_download_error(source, 0, message)
    for sheet in sheets:
        yield read_sheet_rows(file, sheet)


def read_sheet_rows(file: WorkbookFile, sheet: "Worksheet") -> Iterator[SheetRow]:
    """Yield the rows of a sheet that are not empty, with their numbers."""
    for number, row in enumerate(file.iterate_rows(sheet), start=1):
        if any(cell.value is not None for cell in row):
            yield [format_cell(cell.value) for cell in row], number, number


def read_json_rows(
    source: SourceFile, descriptor: SectorDescriptor, is_json_lines: bool
) -> Iterator[DownloadRow]:
    """Yield the objects of JSON, one per line or in a list, with cells at the columns' paths.

    A list is read object by object: a dump of a whole registry as objects would fill the memory.
    """
    titles = descriptor.titles_by_column
    last = source.data.count(b"\n") + (not source.data.endswith(b"\n"))
    try:
        if is_json_lines:
            numbered = enumerate(source.lines, start=1)
            found = ((json.loads(text), n, n) for n, text in numbered if text.strip())
        else:
            found = ((one, 1, last) for one in parse_json_records(source, descriptor.records_path))
        for one, start, end in found:
            cells = {name: find_values(one, paths) for name, paths in titles.items()}
            yield DownloadRow(
                {name: values for name, values in cells.items() if values}, start, end
            )
    except json.JSONDecodeError as error:
        message = f"the JSON breaks off or is broken ({error.msg}); download the file again."
        raise build_download_error(source, error.lineno, message) from None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        message = f"the JSON breaks off or is broken ({error}); download the file again."
        raise build_download_error(source, 0, message) from None


def parse_json_records(source: SourceFile, path: str) -> Iterator[Any]:
    """Yield the objects of the list at a path, or of the list that is all of the JSON."""
    start = len(codecs.BOM_UTF8) if source.data.startswith(codecs.BOM_UTF8) else 0
    stream = BytesIO(source.data)
    stream.seek(start)
    yield from ijson.items(stream, f"{path}.item" if path else "item", use_float=True)


def find_values(record: Any, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the values at the first of some paths that has any."""
    found = (format_values(resolve_json_path(record, path)) for path in paths)
    return next((values for values in found if values), ())


def flatten_lists(values: Sequence[Any]) -> Iterator[Any]:
    """Yield the items of lists, and other values as they are."""
    for value in values:
        yield from value if isinstance(value, list) else [value]


def format_values(values: Sequence[Any]) -> tuple[str, ...]:
    """Return values as texts: numbers as people write them, nothing for null."""
    return tuple(
        format_cell(v) for v in flatten_lists(values) if v is not None and not isinstance(v, dict)
    )


def build_download_error(source: SourceFile, line: int, message: str) -> DataError:
    """Return the error for a download that cannot be read."""
    finding = Finding(source.path, line, 0, Severity.ERROR, message, FINDING_CODE)
    return DataError(str(finding), [finding])
