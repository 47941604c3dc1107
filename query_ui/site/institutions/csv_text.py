"""CSV made by pages, exact or for spreadsheet programs (RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from query_ui.http.spreadsheet_csv import BYTE_ORDER_MARK, protect_text


def build_csv_response(
    rows: Iterable[Sequence[str]], is_for_spreadsheets: bool, name: str
) -> Response:
    """Return rows as a file ``name``; for spreadsheet programs with no text that is a formula."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerows([protect_text(c) for c in row] if is_for_spreadsheets else row for row in rows)
    text = (BYTE_ORDER_MARK if is_for_spreadsheets else "") + sink.getvalue()
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, mimetype="text/csv", headers=headers)
