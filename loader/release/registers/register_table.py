"""Registers that are tables: ROR's CSV and lists of providers, as CSV or workbook."""

from collections.abc import Iterator
from hashlib import sha256

from loader.errors import DataError, UsageError
from loader.readers.csv_positions import TableRow
from loader.readers.header_row import FoundTable, find_table, normalise_header
from loader.readers.sheets import SheetFile, open_sheets
from loader.readers.source import SourceFile
from loader.readers.table_footer import FooterFilter
from loader.readers.workbook import WorkbookLimits
from loader.release.name_index import NamedEntity
from loader.release.registers.provider_list import PROVIDER_HEADERS, parse_providers
from loader.release.registers.ror import ROR_HEADERS, parse_ror_row

LIMITS = WorkbookLimits(max_cells=20_000_000, accepts_external_links=True)


def read_register_table(path: str, data: bytes) -> Iterator[NamedEntity]:
    """Yield the organisations of a table; ``path`` names the file in messages.

    The header may be below a preamble and in any sheet. Raise UsageError where the table is
    unknown or truncated, or where its file cannot be read.
    """
    try:
        file = open_sheets(SourceFile(path, path, data, sha256(b"").hexdigest()), LIMITS)
        table = find_table(file.sheets, ROR_HEADERS)
        if not table.missing:
            yield from map(parse_ror_row, _iterate_records(path, file, table, is_exact=True))
            return
        table = find_table(file.sheets, PROVIDER_HEADERS)
        if not table.missing:
            yield from parse_providers(_iterate_records(path, file, table, is_exact=False))
            return
    except DataError as error:
        raise UsageError(str(error)) from error
    found = ", ".join(table.headers) or "none"
    raise UsageError(
        f"{path}: this is no register that is known: it needs ROR's JSON or CSV (schema v2), its "
        f"flattened lines, or a table with a name and a UKPRN; its headers are {found}."
    )


def _iterate_records(
    path: str, file: SheetFile, table: FoundTable, is_exact: bool
) -> Iterator[dict[str, str]]:
    """Yield each row as a record by header, which is normalised unless ``is_exact``."""
    headers = table.headers if is_exact else [normalise_header(text) for text in table.headers]
    for row in FooterFilter(table.rows, len(headers)):
        if file.text and len(row.cells) < len(headers):
            raise UsageError(
                f"{path}: the row in line {row.start} has not all columns; download the register "
                "again, whole."
            )
        yield _build_record(headers, row)


def _build_record(headers: list[str], row: TableRow) -> dict[str, str]:
    record = dict.fromkeys(headers, "")
    record.update(zip(headers, (cell.text for cell in row.cells), strict=False))
    return record
