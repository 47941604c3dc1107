"""The rows of a download, CSV, XLSX or JSON: the cells that a descriptor speaks of, by column."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import BadZipFile

from loader.errors import DataError, Finding, Severity
from loader.readers.csv_positions import delimiter_of, rows
from loader.readers.dataset_descriptor.descriptor import Descriptor
from loader.readers.dataset_descriptor.paths import at_path
from loader.readers.source import Source
from loader.readers.spreadsheet import shown

FIRST = 50
"""Rows among which the header is looked for."""
Cells = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One row on the lines ``start`` to ``end``; empty cells are left out."""

    cells: Cells
    start: int
    end: int


def lines_of(source: Source, described: Descriptor) -> Iterator[Line]:
    """The rows that a descriptor keeps; DataError where a column is missing or the file is cut."""
    suffix = described.download.suffix.lower()
    if suffix in (".json", ".jsonl"):
        found = objects(source, described, suffix == ".jsonl")
    else:
        found = table(source, described, suffix == ".xlsx")
    for line in found:
        wanted = described.only.items()
        if all(set(line.cells.get(name, ())) & set(texts) for name, texts in wanted):
            yield line


def table(source: Source, described: Descriptor, workbook: bool) -> Iterator[Line]:
    """The rows of delimited text or of the first sheet of a workbook."""
    read = sheet_rows(source) if workbook else text_rows(source)
    headers = header_of(source, described, read)
    wanted = {name: headers.index(name) for name in described.names}
    for texts, start, end in read:
        if len(texts) < len(headers) and not workbook:
            message = f"the row has {len(texts)} cells and the header {len(headers)}; is it cut?"
            raise refused(source, start, message)
        cells = {name: (texts[at].strip(),) for name, at in wanted.items() if texts[at].strip()}
        yield Line(cells, start, end)


def header_of(
    source: Source, described: Descriptor, read: Iterator[tuple[list[str], int, int]]
) -> list[str]:
    """The first row that has every column: downloads may begin with lines about themselves.

    DataError, with the columns that come nearest, where there is none among the first rows.
    """
    nearest: list[str] = []
    wanted = set(described.names)
    for texts, _, _ in islice(read, FIRST):
        headers = [text.strip() for text in texts]
        if wanted <= set(headers):
            return headers
        if len(wanted & set(headers)) >= len(wanted & set(nearest)):
            nearest = headers if wanted & set(headers) or not nearest else nearest
    missing = ", ".join(name for name in described.names if name not in nearest)
    known = ", ".join(f"“{header}”" for header in nearest if header) or "none"
    message = (
        f"the download has no column {missing}; its columns are {known}. Mend the "
        f"descriptor {described.name}.toml, or download the file that it describes."
    )
    raise refused(source, 1, message)


def text_rows(source: Source) -> Iterator[tuple[list[str], int, int]]:
    """The rows of delimited text that are not empty, with their lines."""
    for row in rows(source, delimiter_of(source.text)):
        if not row.empty:
            yield [cell.text for cell in row.cells], row.start, row.end


def sheet_rows(source: Source) -> Iterator[tuple[list[str], int, int]]:
    """The rows of the first sheet that are not empty, with their numbers."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(source.data), read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise refused(source, 0, "this is no .xlsx workbook that can be read.") from error
    for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
        if any(value is not None for value in row):
            yield [shown(value) for value in row], number, number


def objects(source: Source, described: Descriptor, by_line: bool) -> Iterator[Line]:
    """The objects of JSON, one a line or in a list; the cells are at the paths of the columns."""
    last = len(source.lines)
    try:
        if by_line:
            numbered = enumerate(source.lines, start=1)
            found = ((json.loads(text), n, n) for n, text in numbered if text.strip())
        else:
            records = at_path(json.loads(source.text), described.records)
            found = ((one, 1, last) for one in flat(records))
        for one, start, end in found:
            cells = {name: texts(at_path(one, name)) for name in described.names}
            yield Line({name: values for name, values in cells.items() if values}, start, end)
    except json.JSONDecodeError as error:
        message = f"the JSON breaks off or is broken ({error.msg}); download the file again."
        raise refused(source, error.lineno, message) from None


def flat(values: Sequence[Any]) -> Iterator[Any]:
    """The items of lists, and what is no list itself."""
    for value in values:
        yield from value if isinstance(value, list) else [value]


def texts(values: Sequence[Any]) -> tuple[str, ...]:
    """Values as texts: numbers as people write them, nothing for null."""
    return tuple(shown(v) for v in flat(values) if v is not None and not isinstance(v, dict))


def refused(source: Source, line: int, message: str) -> DataError:
    """The error for a download that cannot be read."""
    finding = Finding(source.path, line, 0, Severity.ERROR, message, "sector-download")
    return DataError(str(finding), [finding])
