"""A table of rows as a request wants it: one page, names beside IRIs, the total announced."""

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

from query_ui.endpoint.paging.json_rows import Bindings, Row, head_of
from query_ui.endpoint.paging.label_columns import (
    Naming,
    check_number,
    is_iri,
    label_columns,
    labelled,
    with_labels,
)
from query_ui.endpoint.paging.page_range import Window
from query_ui.engine.protocol import Result
from query_ui.engine.result_formats import JSON, Format

_IN_MEMORY = 1024 * 1024


@dataclass(slots=True)
class _Survey:
    """What one pass over all rows finds: how many, which columns hold IRIs, IRIs to be named."""

    total: int = 0
    of_iris: set[str] = field(default_factory=set)
    iris: set[str] = field(default_factory=set)


def shaped(
    result: Result, form: Format, window: Window | None, naming: Naming | None
) -> tuple[Result, int]:
    """The rows in ``form``, and how many there are on all pages; ``result`` is closed.

    ``result`` holds rows as JSON. Columns get a label column by what the whole answer holds, so
    all pages have the same. NotFound for a page that is not there; UsageError for too many names.
    """
    with result.body as body:
        rows = Bindings(body)
        survey = _survey(rows, window, naming is not None)
        if window:
            window.check(survey.total)
        names = naming(survey.iris) if naming else {}
        added = label_columns(rows.columns, survey.of_iris)
        taken = islice(rows, window.start, window.stop) if window else iter(rows)
        wanted = (labelled(row, added, names) for row in taken)
        head = with_labels(rows.columns, added)
        made = _made(result, JSON, partial(_write, head, wanted))
    return (made if form is JSON else rewritten(made, form)), survey.total


def announced(result: Result, total: int | None = None, window: Window | None = None) -> Result:
    """JSON rows that say how many there are in all, and whether these are not all of them.

    The members stand between ``head`` and ``results``: clients take no notice of them, while after
    the rows some would refuse them. ``result`` is closed.
    """
    total = count(result.body) if total is None else total
    members: dict[str, object] = {"total": total, "truncated": is_part(total, window)}
    if window:
        members |= {"page": window.page, "size": window.size}
    with result.body as body:
        head = head_of(body)
        said = json.dumps(members, separators=(",", ":"))[1:-1].encode() + b","
        body.seek(len(head))

        def write(file: BinaryIO) -> None:
            file.write(head + said)
            shutil.copyfileobj(body, file)

        return _made(result, JSON, write)


def is_part(total: int, window: Window | None) -> bool:
    """Whether a page leaves any of so many rows out."""
    return window is not None and (window.page > 1 or total > window.size)


def count(body: BinaryIO) -> int:
    """How many rows there are in JSON."""
    body.seek(0)
    found = parse_query_results(body, format=QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    return sum(1 for _ in found)


def rewritten(result: Result, form: Format) -> Result:
    """Rows that stand there as JSON in another format, by the engine's own serialiser."""
    with result.body as body:
        body.seek(0)
        found = parse_query_results(body, format=QueryResultsFormat.JSON)
        writer = cast(QueryResultsFormat, form.writer)
        return _made(result, form, lambda file: found.serialize(file, format=writer))


def _survey(rows: Bindings, window: Window | None, naming: bool) -> _Survey:
    found = _Survey()
    for row in rows:
        shown = window is None or window.start <= found.total < window.stop
        found.total += 1
        if not naming:
            continue
        for column, cell in row.items():
            if is_iri(cell):
                found.of_iris.add(column)
                if shown:
                    found.iris.add(cell["value"])
        check_number(found.iris)
    return found


def _write(columns: list[str], rows: Iterator[Row], file: BinaryIO) -> None:
    head = json.dumps({"vars": columns}, separators=(",", ":"))
    file.write(b'{"head":%s,"results":{"bindings":[' % head.encode())
    for number, row in enumerate(rows):
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        file.write(b"," * (number > 0) + line.encode())
    file.write(b"]}}")


def _made(result: Result, form: Format, write: Callable[[BinaryIO], object]) -> Result:
    """What is written, in memory while it is small and then in a file without a name."""
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(_IN_MEMORY))
    with ExitStack() as stack:
        stack.enter_context(file)
        write(file)
        stack.pop_all()
    size = file.tell()
    file.seek(0)
    return Result(result.kind, form, file, size)
