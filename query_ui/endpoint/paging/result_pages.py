"""Post-processing of SELECT results: pagination, label columns, row totals and conversion."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import BinaryIO, cast

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from query_ui.endpoint.paging.json_rows import JsonRow, JsonRows, read_head
from query_ui.endpoint.paging.label_columns import (
    NameResolver,
    add_label_cells,
    check_label_count,
    insert_label_columns,
    is_iri_cell,
    name_label_columns,
)
from query_ui.endpoint.paging.page_range import PageRange
from query_ui.engine.protocol import SerialisedResult
from query_ui.engine.result_formats import JSON, ResultFormat

_MAX_IN_MEMORY_BYTES = 1024 * 1024


@dataclass(slots=True)
class _RowSummary:
    """Number of rows, columns that hold IRIs anywhere, and the distinct IRIs to label."""

    total: int = 0
    iri_columns: set[str] = field(default_factory=set)
    iris: set[str] = field(default_factory=set)


def page_rows(
    result: SerialisedResult,
    result_format: ResultFormat,
    page_range: PageRange | None,
    resolve_names: NameResolver | None,
) -> tuple[SerialisedResult, int]:
    """Return one page of rows in ``result_format``, and the number of rows on all pages.

    ``result`` holds rows as JSON, and is closed. ``resolve_names`` adds label columns. Raise
    NotFound for a page beyond the last, UsageError for too many IRIs to label.
    """
    with result.body as body:
        rows = JsonRows(body)
        # Two passes: label columns depend on all rows, so that every page has the same columns.
        survey = _summarise_rows(rows, page_range, resolve_names is not None)
        if page_range:
            page_range.check_page_exists(survey.total)
        names = resolve_names(survey.iris) if resolve_names else {}
        added = name_label_columns(rows.columns, survey.iri_columns)
        taken = islice(rows, page_range.start, page_range.stop) if page_range else iter(rows)
        wanted = (add_label_cells(row, added, names) for row in taken)
        head = insert_label_columns(rows.columns, added)
        made = _buffer_result(result, JSON, partial(_write_json_rows, head, wanted))
    return (made if result_format is JSON else convert_json_rows(made, result_format)), survey.total


def insert_row_totals(
    result: SerialisedResult, total: int | None = None, page_range: PageRange | None = None
) -> SerialisedResult:
    """Add ``total`` and ``truncated``, and ``page`` and ``size`` of a page, to JSON rows.

    Rows are counted where ``total`` is None. The members stand between ``head`` and ``results``:
    clients ignore them there, while some refuse members after the rows. ``result`` is closed.
    """
    total = count_json_rows(result.body) if total is None else total
    members: dict[str, object] = {"total": total, "truncated": is_truncated(total, page_range)}
    if page_range:
        members |= {"page": page_range.page, "size": page_range.size}
    with result.body as body:
        head = read_head(body)
        said = json.dumps(members, separators=(",", ":"))[1:-1].encode() + b","
        body.seek(len(head))

        def write(file: BinaryIO) -> None:
            file.write(head + said)
            shutil.copyfileobj(body, file)

        return _buffer_result(result, JSON, write)


def is_truncated(total: int, page_range: PageRange | None) -> bool:
    """Return whether a page leaves out any of ``total`` rows."""
    return page_range is not None and (page_range.page > 1 or total > page_range.size)


def count_json_rows(body: BinaryIO) -> int:
    """Count the rows of a JSON result."""
    body.seek(0)
    found = parse_query_results(body, format=QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    return sum(1 for _ in found)


def convert_json_rows(result: SerialisedResult, result_format: ResultFormat) -> SerialisedResult:
    """Convert JSON rows to another format with the engine's own serialiser; close ``result``."""
    with result.body as body:
        body.seek(0)
        found = parse_query_results(body, format=QueryResultsFormat.JSON)
        writer = cast(QueryResultsFormat, result_format.writer)
        return _buffer_result(
            result, result_format, lambda file: found.serialize(file, format=writer)
        )


def _summarise_rows(
    rows: JsonRows, page_range: PageRange | None, is_labelling: bool
) -> _RowSummary:
    found = _RowSummary()
    for row in rows:
        shown = page_range is None or page_range.start <= found.total < page_range.stop
        found.total += 1
        if not is_labelling:
            continue
        for column, cell in row.items():
            if is_iri_cell(cell):
                found.iri_columns.add(column)
                if shown:
                    found.iris.add(cell["value"])
        check_label_count(found.iris)
    return found


def _write_json_rows(columns: list[str], rows: Iterator[JsonRow], file: BinaryIO) -> None:
    head = json.dumps({"vars": columns}, separators=(",", ":"))
    file.write(b'{"head":%s,"results":{"bindings":[' % head.encode())
    for number, row in enumerate(rows):
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        file.write(b"," * (number > 0) + line.encode())
    file.write(b"]}}")


def _buffer_result(
    result: SerialisedResult, result_format: ResultFormat, write: Callable[[BinaryIO], object]
) -> SerialisedResult:
    """Return what ``write`` writes, held in memory or, above 1 MiB, in an unnamed file."""
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY_BYTES))
    with ExitStack() as stack:
        stack.enter_context(file)
        write(file)
        stack.pop_all()  # close the file only if writing failed
    size = file.tell()
    file.seek(0)
    return SerialisedResult(result.kind, result_format, file, size)
