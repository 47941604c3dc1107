"""Rows of a download in CSV, XLSX or JSON: the cells of the columns that a descriptor names."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from loader.errors import DataError, Finding, Severity
from loader.readers.csv_positions import parse_delimited_rows
from loader.readers.dataset_descriptor.descriptor import SectorDescriptor
from loader.readers.sheets import format_cell
from loader.readers.source import SourceFile
from loader.readers.table_text import detect_delimiter
from loader.readers.workbook import WorkbookFile, WorkbookLimits

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


@dataclass(frozen=True, slots=True)
class DownloadRow:
    """One row on the lines ``start`` to ``end``; empty cells are left out."""

    cells: TextsByColumn
    start: int
    end: int


def read_download_rows(source: SourceFile, descriptor: SectorDescriptor) -> Iterator[DownloadRow]:
    """Yield the rows that match a descriptor.

    Raise DataError where a column is missing or the file is truncated.
    """
    suffix = descriptor.download.suffix.lower()
    if suffix in (".json", ".jsonl"):
        found = read_json_rows(source, descriptor, suffix == ".jsonl")
    else:
        found = read_table_rows(source, descriptor, suffix == ".xlsx")
    for line in found:
        wanted = descriptor.row_filters.items()
        if all(set(line.cells.get(name, ())) & set(texts) for name, texts in wanted):
            yield line


def read_table_rows(
    source: SourceFile, descriptor: SectorDescriptor, is_workbook: bool
) -> Iterator[DownloadRow]:
    """Yield the rows of delimited text or of the first sheet of a workbook."""
    read = read_sheet_rows(source) if is_workbook else read_text_rows(source)
    headers = find_header(source, descriptor, read)
    wanted = {name: headers.index(name) for name in descriptor.required_columns}
    for texts, start, end in read:
        if len(texts) < len(headers) and not is_workbook:
            message = f"the row has {len(texts)} cells and the header {len(headers)}; is it cut?"
            raise build_download_error(source, start, message)
        cells = {name: (texts[at].strip(),) for name, at in wanted.items() if texts[at].strip()}
        yield DownloadRow(cells, start, end)


def find_header(
    source: SourceFile, descriptor: SectorDescriptor, rows: Iterator[tuple[list[str], int, int]]
) -> list[str]:
    """Return the first row that has every column: downloads may begin with other lines.

    Raise DataError, with the columns that come nearest, where there is none among the first rows.
    """
    nearest: list[str] = []
    wanted = set(descriptor.required_columns)
    for texts, _, _ in islice(rows, MAX_HEADER_ROWS):
        headers = [text.strip() for text in texts]
        if wanted <= set(headers):
            return headers
        if len(wanted & set(headers)) >= len(wanted & set(nearest)):
            nearest = headers if wanted & set(headers) or not nearest else nearest
    missing = ", ".join(name for name in descriptor.required_columns if name not in nearest)
    known = ", ".join(f"“{header}”" for header in nearest if header) or "none"
    message = (
        f"the download has no column {missing}; its columns are {known}. Mend the "
        f"descriptor {descriptor.name}.toml, or download the file that it describes."
    )
    raise build_download_error(source, 1, message)


def read_text_rows(source: SourceFile) -> Iterator[tuple[list[str], int, int]]:
    """Yield the rows of delimited text that are not empty, with their lines."""
    for row in parse_delimited_rows(source, detect_delimiter(source.text)):
        if not row.is_empty:
            yield [cell.text for cell in row.cells], row.start, row.end


def read_sheet_rows(source: SourceFile) -> Iterator[tuple[list[str], int, int]]:
    """Yield the rows of the first sheet that are not empty, with their numbers."""
    file = WorkbookFile(source.data, source.path, DOWNLOAD_LIMITS, code=FINDING_CODE)
    book = file.open(has_results=True, is_streamed=True)
    for number, row in enumerate(file.iterate_rows(book.worksheets[0]), start=1):
        if any(cell.value is not None for cell in row):
            yield [format_cell(cell.value) for cell in row], number, number


def read_json_rows(
    source: SourceFile, descriptor: SectorDescriptor, is_json_lines: bool
) -> Iterator[DownloadRow]:
    """Yield the objects of JSON, one per line or in a list, with cells at the columns' paths."""
    last = len(source.lines)
    try:
        if is_json_lines:
            numbered = enumerate(source.lines, start=1)
            found = ((json.loads(text), n, n) for n, text in numbered if text.strip())
        else:
            records = resolve_json_path(json.loads(source.text), descriptor.records_path)
            found = ((one, 1, last) for one in flatten_lists(records))
        for one, start, end in found:
            cells = {
                name: format_values(resolve_json_path(one, name))
                for name in descriptor.required_columns
            }
            yield DownloadRow(
                {name: values for name, values in cells.items() if values}, start, end
            )
    except json.JSONDecodeError as error:
        message = f"the JSON breaks off or is broken ({error.msg}); download the file again."
        raise build_download_error(source, error.lineno, message) from None


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
