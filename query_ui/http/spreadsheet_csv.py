"""CSV for spreadsheet programs, which take some texts for formulas and UTF-8 for something else.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
import tempfile
from typing import BinaryIO, cast

from flask import request

from loader.errors import UsageError
from query_ui.engine.protocol import SerialisedResult
from query_ui.engine.result_formats import CSV, ResultFormat

SPREADSHEET_FIELD = "spreadsheet"
"""The option of a request: 1 for a spreadsheet program, 0 or nothing for the exact CSV."""
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"

_NUMBER = re.compile(r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|INF)", re.ASCII)
_MAX_IN_MEMORY_BYTES = 1024 * 1024
_MAX_CELL_CHARACTERS = 2**31 - 1
"""The reader of CSV refuses longer cells; results have a limit of their own."""


def parse_spreadsheet_option(text: str, is_csv: bool) -> bool:
    """Parse the option; raise UsageError unless it is 0 or 1, and for 1 the format is CSV."""
    if text not in ("", "0", "1"):
        raise UsageError(f"{SPREADSHEET_FIELD} can be 1 or 0.")
    if text == "1" and not is_csv:
        raise UsageError(f"{SPREADSHEET_FIELD}=1 is for CSV: ask for .csv.")
    return text == "1"


def is_spreadsheet_requested(result_format: ResultFormat | None) -> bool:
    """Return the option of the current request; raises what ``parse_spreadsheet_option`` does."""
    return parse_spreadsheet_option(request.args.get(SPREADSHEET_FIELD, ""), result_format is CSV)


def convert_for_spreadsheets(result: SerialisedResult) -> SerialisedResult:
    """Return rows in CSV with a byte order mark and no text that would be a formula.

    The body of ``result`` is closed. An apostrophe is put before such a text, never a number.
    """
    body = tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY_BYTES)
    with result.body, io.TextIOWrapper(result.body, "utf-8", newline="") as source:
        _copy_rows(source, cast(BinaryIO, body))
    size = body.tell()
    body.seek(0)
    return SerialisedResult(result.kind, result.format, cast(BinaryIO, body), size)


def _copy_rows(source: io.TextIOWrapper, target: BinaryIO) -> None:
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    target.write(BYTE_ORDER_MARK.encode())
    sink = io.TextIOWrapper(target, "utf-8", newline="", write_through=True)
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerows([protect_text(cell) for cell in row] for row in csv.reader(source))
    sink.detach()


def protect_text(cell: str) -> str:
    """Return a cell with an apostrophe before a text that spreadsheet programs would evaluate."""
    if cell.startswith(FORMULA_BEGINNINGS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
