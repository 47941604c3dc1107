"""The response that says how a result differs from that of an earlier release."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flask import Response, render_template, request
from pyoxigraph import NamedNode

from loader.errors import RequestTooLarge, UsageError
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.protocol import EngineRequest, QueryResult, ResultRow, never_gone
from query_ui.engine.result_formats import EXCHANGE_FORMATS
from query_ui.engine.service_snapshots import substitute_snapshots
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.result_diff import ResultDiff, compare_results
from query_ui.graph.value_view import ValueView, build_cell
from query_ui.http.negotiation import prefers_json, prefers_page
from query_ui.http.release_address import get_named_release
from query_ui.http.response import build_json_response
from query_ui.http.task_gate import run_task
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY

MAX_RESULT_BYTES = 16 * 1024 * 1024
"""The largest result that is compared, as SPARQL JSON; in memory it takes some ten times that."""
MAX_ROWS_SHOWN = 100
DATA_FORMATS = ("csv", "json")
FORMATS = ("html", *DATA_FORMATS)


@dataclass(frozen=True, slots=True)
class ComparedQuery:
    """A query whose results are compared; ``address`` is that of its page, without a release.

    ``key`` are the columns that identify a row, () where whole rows are compared.
    """

    title: str
    address: str
    text: str
    key: tuple[str, ...] = ()
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows of one state on a page: the first of ``total``; a row that changed is two.

    Each row is a word, such as before, with its cells.
    """

    heading: str
    total: int
    rows: tuple[tuple[str, tuple[ValueView | None, ...]], ...]


def build_since_response(graph: GraphContext, query: ComparedQuery, form: str) -> Response:
    """Return what has appeared, vanished or changed since the release that the request names.

    ``form`` is html, csv or json, "" to negotiate. Raise UsageError where no release is named and
    for another format, RequestTooLarge for a large result, and what a query raises.
    """
    named = get_named_release()
    if named is None:
        raise UsageError("Say since which release: add release= and the beginning of its name.")
    if form not in ("", *FORMATS):
        raise UsageError(f"format is “{form}”, and for a comparison may be {', '.join(FORMATS)}.")
    with run_task() as task:
        earlier = run_compared_query(graph, query)
        with pin_release(""):
            current = graph.engine.release
        with pin_release(current):
            later = run_compared_query(graph, query)
        task.check()
        diff = compare_results(earlier, later, query.key)
        task.check()
    if form == "csv" or (not form and request.accept_mimetypes.best == "text/csv"):
        return Response(write_csv(diff), content_type="text/csv; charset=utf-8")
    if form == "json" or (not form and (prefers_json() or not prefers_page())):
        return build_json_response(serialise_diff(query, named.name, current, diff))
    text = render_template(
        "since.html",
        query=query,
        current=current,
        diff=diff,
        groups=build_groups(graph, diff, current),
        downloads=[
            (form.upper(), build_download_address(query.address, form)) for form in DATA_FORMATS
        ],
    )
    return Response(text, mimetype="text/html")


def build_download_address(address: str, form: str) -> str:
    """Return the address of a comparison as data; ``address`` is that of the page compared."""
    path, mark, fields = address.partition("?")
    if path == "/sparql":
        return f"/since{address}&format={form}"
    return f"/since{path}.{form}{mark}{fields}"


def run_compared_query(graph: GraphContext, query: ComparedQuery) -> QueryResult:
    """Run the query on the pinned release; raise RequestTooLarge for a large result."""
    graphs = query.default_graphs, query.named_graphs
    known = graph.snapshots if "service" in query.text.lower() else {}
    local = substitute_snapshots(query.text, known, has_dataset=any(graphs))
    gone = request.environ.get(CLIENT_GONE_KEY, never_gone)
    result = graph.user_engine.execute(EngineRequest(local.text, *graphs, EXCHANGE_FORMATS), gone)
    with result.body as body:
        if result.size > MAX_RESULT_BYTES:
            raise RequestTooLarge(
                f"The result has {result.size:,} bytes, and up to {MAX_RESULT_BYTES:,} are "
                "compared here. Download it from both releases, and compare the files."
            )
        return QueryResult(result.kind, body.read(), graph.engine.prefixes)


def list_states(diff: ResultDiff) -> Iterator[tuple[str, ResultRow]]:
    """Yield each row with its state; a row that changed is two rows, before and after."""
    yield from (("appeared", row) for row in diff.appeared)
    yield from (("vanished", row) for row in diff.vanished)
    for before, after in diff.changed:
        yield "changed: before", before
        yield "changed: after", after


def write_csv(diff: ResultDiff) -> str:
    """Return all differing rows as CSV, with their state in the first column.

    https://www.rfc-editor.org/rfc/rfc4180
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["change", *diff.columns])
    for state, row in list_states(diff):
        writer.writerow([state, *("" if term is None else get_term_text(term) for term in row)])
    return file.getvalue()


def get_term_text(term: object) -> str:
    """Return the value of a term as text; a triple as in SPARQL."""
    return str(getattr(term, "value", term))


def serialise_diff(
    query: ComparedQuery, earlier: str, current: str, diff: ResultDiff
) -> dict[str, object]:
    """Return all differences for JSON, with terms as in SPARQL JSON results.

    https://www.w3.org/TR/sparql11-results-json/#select-encode-terms
    """
    return {
        "title": query.title,
        "since": earlier,
        "current": current,
        "columns": diff.columns,
        "key": diff.key,
        "total": diff.total,
        "truncated": False,
        "unchanged": diff.unchanged,
        "appeared": [serialise_row(diff.columns, row) for row in diff.appeared],
        "vanished": [serialise_row(diff.columns, row) for row in diff.vanished],
        "changed": [
            {
                "before": serialise_row(diff.columns, before),
                "after": serialise_row(diff.columns, after),
            }
            for before, after in diff.changed
        ],
    }


def serialise_row(columns: Sequence[str], row: ResultRow) -> dict[str, dict[str, str]]:
    """Return the bound cells of a row by column."""
    cells = zip(columns, row, strict=True)
    return {name: serialise_term(term) for name, term in cells if term is not None}


def serialise_term(term: object) -> dict[str, str]:
    """Return a term as in SPARQL JSON results."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    found = {"type": "literal", "value": get_term_text(term)}
    if language := getattr(term, "language", None):
        return found | {"xml:lang": language}
    datatype = getattr(term, "datatype", None)
    if datatype is None:
        return found | {"type": "bnode"}
    is_plain = datatype.value == "http://www.w3.org/2001/XMLSchema#string"
    return found if is_plain else found | {"datatype": datatype.value}


def build_groups(graph: GraphContext, diff: ResultDiff, current: str) -> list[RowGroup]:
    """Return the first rows of each state with their labels, those of a state without rows too.

    Names and links of a row are those of the release that has it.
    """
    changed = diff.changed[:MAX_ROWS_SHOWN]
    before = build_rows(graph, [pair[0] for pair in changed])
    vanished = build_rows(graph, diff.vanished[:MAX_ROWS_SHOWN])
    with pin_release(current):
        after = build_rows(graph, [pair[1] for pair in changed])
        appeared = build_rows(graph, diff.appeared[:MAX_ROWS_SHOWN])
    root = request.root_url.rstrip("/")
    appeared = [lead_to_current(row, root) for row in appeared]
    pairs = zip(before, (lead_to_current(row, root) for row in after), strict=True)
    both = [row for old, new in pairs for row in (("Before", old), ("Now", new))]
    return [
        RowGroup(
            "Appeared", len(diff.appeared), tuple(("", lead_to_current(r, root)) for r in appeared)
        ),
        RowGroup("Vanished", len(diff.vanished), tuple(("", row) for row in vanished)),
        RowGroup("Changed", len(diff.changed), tuple(both)),
    ]


def build_rows(
    graph: GraphContext, rows: Iterable[ResultRow]
) -> list[tuple[ValueView | None, ...]]:
    """Return rows with the labels of the pinned release."""
    labels, rows = EntityLabels(graph), list(rows)
    labels.load(term.value for row in rows for term in row if isinstance(term, NamedNode))
    return [tuple(build_cell(labels, term) for term in row) for row in rows]


def lead_to_current(row: tuple[ValueView | None, ...], root: str) -> tuple[ValueView | None, ...]:
    """Return a row whose links have scheme and host, so that they do not get the named release."""
    return tuple(
        replace(cell, link=replace(cell.link, href=f"{root}{cell.link.href}"))
        if cell and cell.link and cell.link.href.startswith("/")
        else cell
        for cell in row
    )
