"""Rows of a download in CSV, XLSX or JSON: the cells of the columns that a descriptor names."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

import ijson

from loader.errors import DataError, Finding, Severity
from loader.readers.dataset_descriptor.descriptor import SectorDescriptor
from loader.readers.header_row import FoundTable, find_table, normalise_header
from loader.readers.sheets import format_cell, open_sheets
from loader.readers.source import SourceFile
from loader.readers.table_footer import FooterFilter
from loader.readers.workbook import WorkbookLimits

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
TextsByColumn = Mapping[str, Sequence[str]]


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
        found = read_table_rows(source, descriptor)
    for line in found:
        counts.rows += 1
        wanted = descriptor.row_filters.items()
        if not all(set(line.cells.get(name, ())) & set(texts) for name, texts in wanted):
            counts.filtered_out += 1
        elif not line.cells.get(descriptor.key[0]):
            counts.without_key += 1
        else:
            yield line


def read_table_rows(source: SourceFile, descriptor: SectorDescriptor) -> Iterator[DownloadRow]:
    """Yield the rows of delimited text, or of the sheet of a workbook that has the columns.

    Totals and notes below the table are left out.
    """
    file = open_sheets(source, DOWNLOAD_LIMITS, code=FINDING_CODE)
    title = descriptor.sheet.casefold()
    sheets = [sheet for sheet in file.sheets if title in ("", sheet.title.casefold())]
    if not sheets:
        known = ", ".join(f"“{sheet.title}”" for sheet in file.sheets)
        message = f"the workbook has no sheet “{descriptor.sheet}”; its sheets are {known}."
        raise build_download_error(source, 0, message)
    table = find_table(sheets, list(descriptor.titles_by_column.values()))
    if table.missing:
        raise build_column_error(source, descriptor, table)
    headers = [normalise_header(header) for header in table.headers]
    places = {
        name: next(headers.index(n) for n in map(normalise_header, titles) if n in headers)
        for name, titles in descriptor.titles_by_column.items()
    }
    for row in FooterFilter(table.rows, len(headers)):
        if len(row.cells) < len(headers) and file.text and not row.is_empty:
            message = (
                f"the row has {len(row.cells)} cells and the header {len(headers)}; is it cut?"
            )
            raise build_download_error(source, row.start, message)
        filled = (
            (name, row.cells[at].text.strip()) for name, at in places.items() if at < len(row.cells)
        )
        if cells := {name: (text,) for name, text in filled if text}:
            yield DownloadRow(cells, row.start, row.end)


def build_column_error(
    source: SourceFile, descriptor: SectorDescriptor, table: FoundTable
) -> DataError:
    """Return the error for a download without some column, with the headers that come nearest."""
    known = ", ".join(f"“{header}”" for header in table.headers if header) or "none"
    message = (
        f"the download has no column {', '.join(table.missing)}; its columns are {known}. Correct "
        f'the descriptor {descriptor.name}.toml (titles = ["…"] gives a column another header), '
        "or download the file that it describes."
    )
    return build_download_error(source, table.header.start, message)


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
