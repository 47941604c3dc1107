"""Requests to a saved query: values, options, and the result as data or for a page."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import urlencode

from flask import Response, request
from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import NotFound

from loader.errors import NotOffered, NotRepresentable, UsageError
from loader.queries.parameter_binding import bind_parameters, drop_empty_values
from loader.queries.query_files import SavedQuery
from loader.queries.rewrite import strip_annotations
from query_ui.endpoint.paging.json_rows import JsonCell
from query_ui.endpoint.paging.page_range import PageRange
from query_ui.endpoint.paging.request_options import (
    SavedQueryOptions,
    exclude_option_fields,
    parse_saved_query_options,
)
from query_ui.endpoint.paging.result_pages import insert_row_totals, is_truncated, page_rows
from query_ui.endpoint.protocol_request import parse_form_fields
from query_ui.endpoint.result_order import check_sort_column, order_rows
from query_ui.engine.protocol import EngineRequest, QueryResult, SerialisedResult, never_gone
from query_ui.engine.result_formats import (
    CSV,
    EXCHANGE_FORMATS,
    FORMATS_BY_KIND,
    JSON,
    WORKBOOK_SOURCE_FORMATS,
    XLSX,
    ResultFormat,
    ResultKind,
    find_format_by_suffix,
)
from query_ui.graph.csv_metadata import (
    METADATA_SUFFIX,
    build_metadata_link,
    build_metadata_response,
)
from query_ui.graph.entity_labels import BADGE_PROPERTIES, choose_best_label
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.result_workbooks.result_workbook import build_about, convert_to_workbook
from query_ui.graph.result_workbooks.workbook_response import build_workbook_response
from query_ui.graph.result_workbooks.workbook_writer import WorkbookAbout
from query_ui.graph.saved_query_texts import find_saved_query
from query_ui.http.cache_headers import IMMUTABLE, NOT_KEPT, REVALIDATE
from query_ui.http.compression import negotiate_content_coding
from query_ui.http.etag import compute_etag, has_matching_etag
from query_ui.http.negotiation import (
    list_available_formats,
    negotiate_formats,
    prefers_page,
    resolve_format_name,
)
from query_ui.http.release_address import get_named_release, to_absolute_url
from query_ui.http.response import build_result_response
from query_ui.http.spreadsheet_csv import convert_for_spreadsheets, parse_spreadsheet_option
from query_ui.http.task_gate import run_task
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY

_BATCH_SIZE = 1000
_OPTIONS_OF_OTHER_CSV = ("format", "labels", "page", "size", "spreadsheet")
"""The options that give other columns, cells or rows than the plain CSV."""


def fetch_label_cells(graph: GraphContext, iris: Collection[str]) -> Mapping[str, JsonCell]:
    """Fetch the best label of each IRI that has one, by IRI; see ``choose_best_label``."""
    wanted = sorted(iri for iri in iris if is_valid_iri(iri))
    found: dict[str, list[PageRow]] = defaultdict(list)
    for some in split_into_batches(wanted):
        for row in graph.select_rows("labels", thing=some):
            if get_cell_text(row, "naming") not in BADGE_PROPERTIES:
                found[get_cell_text(row, "thing")].append(row)
    return {iri: to_label_cell(rows) for iri, rows in found.items()}


def to_label_cell(rows: list[PageRow]) -> JsonCell:
    """Return the best label, with its language tag if a label of the graph has the same text."""
    name = choose_best_label(rows)
    found = [term for row in rows if isinstance(term := row["name"], Literal)]
    language = min((term.language or "" for term in found if term.value == name), default="")
    return {"type": "literal", "value": name} | ({"xml:lang": language} if language else {})


def split_into_batches(iris: list[str]) -> Iterator[list[str]]:
    """Yield the IRIs in lists short enough for the VALUES of one query."""
    for start in range(0, len(iris), _BATCH_SIZE):
        yield iris[start : start + _BATCH_SIZE]


def is_valid_iri(text: str) -> bool:
    """Return whether the text of a result is an absolute IRI, fit for use in a query."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


NOT_A_TABLE_MESSAGE = "An answer that is {} has no {}: ask without."
KIND_DESCRIPTIONS = {"boolean": "true or false", "graph": "a graph"}


@dataclass(frozen=True)
class SavedQueryRequest:
    """One request to one saved query.

    ``suffix`` is that of the path, with its dot, or ""; ``values`` are texts by parameter name.
    """

    graph: GraphContext
    saved_query: SavedQuery
    suffix: str
    options: SavedQueryOptions
    values: Mapping[str, Sequence[str]]

    @property
    def is_page_request(self) -> bool:
        """Whether to return HTML: by ``format=html``, or by Accept without format and suffix."""
        if self.suffix or self.options.format:
            return self.options.format == "html" and not self.suffix
        return prefers_page()

    @property
    def has_missing_values(self) -> bool:
        """Whether a required parameter has no value; its default is only an example."""
        return any(p.required and p.name not in self.values for p in self.saved_query.parameters)

    @cached_property
    def text(self) -> str:
        """The query with the values bound and its rows in the order that the request asks for.

        Raises UsageError or BadValue for an invalid value.
        """
        text = bind_parameters(self.saved_query, self.resolved_values)
        if not self.options.sort:
            return text
        is_table = self.saved_query.syntax.form == "SELECT"
        columns = self.saved_query.contract.columns if is_table else ()
        check_sort_column(self.options.sort, columns)
        return order_rows(text, self.options.sort)

    @cached_property
    def resolved_values(self) -> Mapping[str, Sequence[str]]:
        """The values with names of choices replaced by these; raises BadValue for an unknown."""
        return self.graph.choices.resolve_values(self.saved_query, self.values)

    def build_data_response(self) -> Response:
        """Build the response in the negotiated format; 304 if the client has it already.

        Raise NotOffered or NotFound if no negotiated format fits the result, UsageError for
        pages or labels of a result without rows.
        """
        release, accept = self.graph.user_engine.release, request.headers.get("Accept", "")
        # The release and the text of the query are in the address, so nothing else can change.
        is_fixed = bool(self.options.query_hash) and get_named_release() is not None
        reusable = IMMUTABLE if is_fixed else REVALIDATE
        liked = negotiate_content_coding(request.headers.get("Accept-Encoding", ""))
        tag = compute_etag(release, self.text, request.full_path, accept, liked)
        if has_matching_etag(request.headers.get("If-None-Match", ""), tag):
            kept = {"ETag": tag, "Vary": "Accept-Encoding", "Cache-Control": reusable}
            return Response(status=304, headers=kept)
        formats = self._negotiate_formats()
        parse_spreadsheet_option(self.options.spreadsheet, formats.get("bindings") is CSV)
        if self.is_workbook_request:
            response = self._build_workbook_response()
        elif self.options.has_labels or self.options.page_range:
            response = self._build_paged_response(formats)
        else:
            result = self._execute(formats)
            table = result.kind == "bindings" and result.format is JSON
            result = insert_row_totals(result) if table else self._convert(result)
            response = build_result_response(result, self._build_metadata_headers(result))
        # A release published meanwhile would give the ETag of one release to another's result.
        same = tag and self.graph.user_engine.release == release
        response.headers["Cache-Control"] = reusable if same else NOT_KEPT
        if same:
            response.headers["ETag"] = tag
        return response

    @property
    def is_workbook_request(self) -> bool:
        """Whether to return a workbook: by suffix, or by ``format=xlsx`` without one."""
        return self.suffix == XLSX.suffix or (not self.suffix and self.options.format == XLSX.name)

    def _build_workbook_response(self) -> Response:
        """Build the response with all rows as a workbook; raise UsageError for other results."""
        if self.options.page_range:
            raise UsageError("A workbook has all rows: leave out page and size, or choose .csv.")
        with run_task() as task:
            result = self._execute(WORKBOOK_SOURCE_FORMATS)
            if result.kind != "bindings":
                result.body.close()
                raise UsageError(
                    NOT_A_TABLE_MESSAGE.format(KIND_DESCRIPTIONS[result.kind], "workbook")
                )
            result = convert_to_workbook(self.graph, result, self._describe_workbook(), task.check)
        return build_workbook_response(result, self.saved_query.name)

    def _describe_workbook(self) -> WorkbookAbout:
        """Return what the workbook says: question, values, address and query."""
        query = self.saved_query
        values = [
            (parameter.label, ", ".join(self.resolved_values.get(parameter.name, ())) or "default")
            for parameter in query.parameters
        ]
        path = request.path.removesuffix(XLSX.suffix)
        fields = [pair for pair in parse_address_fields() if pair[0] not in ("format", "labels")]
        address = f"{path}?{urlencode(fields)}" if fields else path
        facts = [("Question", query.summary), *values]
        return build_about(
            self.graph,
            query.title,
            to_absolute_url(address),
            facts,
            strip_annotations(self.text),
        )

    def fetch_page(self, max_rows: int) -> tuple[QueryResult, int, PageRange]:
        """Fetch the result for a page, its total number of rows, and the range fetched.

        Without ``page`` and ``size`` in the request, the range is the first ``max_rows`` rows.
        The total is 0 for a graph or a boolean.
        """
        window = self.options.page_range or PageRange(1, max_rows)
        total, result = 0, self._execute(EXCHANGE_FORMATS)
        if result.kind == "bindings":
            result, total = page_rows(result, JSON, window, self._label_fetcher)
        with result.body as body:
            return QueryResult(result.kind, body.read(), self.graph.engine.prefixes), total, window

    def _build_paged_response(self, format_by_kind: Mapping[ResultKind, ResultFormat]) -> Response:
        """Build the response with a page of rows or label columns, and the total in headers."""
        result = self._execute(
            {**format_by_kind, "bindings": JSON} if "bindings" in format_by_kind else format_by_kind
        )
        if result.kind != "bindings":
            result.body.close()
            what = "label columns" if self.options.has_labels else "pages"
            raise UsageError(NOT_A_TABLE_MESSAGE.format(KIND_DESCRIPTIONS[result.kind], what))
        window, form = self.options.page_range, format_by_kind["bindings"]
        result, total = page_rows(result, form, window, self._label_fetcher)
        headers = build_paging_headers(window, total)
        whole = form is JSON
        result = insert_row_totals(result, total, window) if whole else self._convert(result)
        return build_result_response(result, headers)

    def _build_metadata_headers(self, result: SerialisedResult) -> dict[str, str]:
        """Return the link from a CSV with the columns of the query to its metadata."""
        if result.format is not CSV or self.options.spreadsheet == "1":
            return {}
        return {"Link": build_metadata_link(self._build_csv_url(request.path, METADATA_SUFFIX))}

    def _build_csv_url(self, path: str, suffix: str) -> str:
        """Return the address of the CSV or of its metadata, with the values of this request."""
        kept = [pair for pair in parse_address_fields() if pair[0] not in _OPTIONS_OF_OTHER_CSV]
        fields = urlencode(kept)
        return f"{path.removesuffix(CSV.suffix)}.{suffix}{'?' if fields else ''}{fields}"

    def build_metadata_response(self) -> Response:
        """Return the metadata of the CSV of the result; raise NotFound where it is no table.

        Its sources are all documents that have terms of their own, as a row may rest on any.
        """
        if self.saved_query.syntax.form != "SELECT":
            raise NotFound("There is no CSV of this, and so no description of its columns.")
        if not self.has_missing_values:
            _ = self.text  # raises for invalid values, as the CSV itself does
        contract = self.saved_query.contract
        schema: dict[str, object] = {
            "columns": [{"titles": name, "name": name} for name in contract.columns]
        }
        if contract.key:
            schema["primaryKey"] = list(contract.key)
        return build_metadata_response(
            self._build_csv_url(self.saved_query.name, CSV.name),
            self.saved_query.title,
            schema,
            self.graph.select_rows("terms-of-documents"),
        )

    def _convert(self, result: SerialisedResult) -> SerialisedResult:
        """Return rows as spreadsheet programs need them, where the request says so."""
        is_asked = self.options.spreadsheet == "1" and result.kind == "bindings"
        return convert_for_spreadsheets(result) if is_asked else result

    @property
    def _label_fetcher(self) -> "partial[Mapping[str, dict[str, object]]] | None":
        return partial(fetch_label_cells, self.graph) if self.options.has_labels else None

    def _execute(self, format_by_kind: Mapping[ResultKind, ResultFormat]) -> SerialisedResult:
        gone = request.environ.get(CLIENT_GONE_KEY, never_gone)
        question = EngineRequest(self.text, formats=format_by_kind, seconds=self.options.seconds)
        try:
            return self.graph.user_engine.execute(question, gone)
        except NotOffered as error:
            if not self.suffix or isinstance(error, NotRepresentable):
                raise
            kind = next(kind for kind in FORMATS_BY_KIND if kind == error.kind)
            raise NotFound(
                f"There is no {self.suffix} of this: "
                f"it can be had as {list_available_formats(kind)}."
            ) from error

    def _negotiate_formats(self) -> Mapping[ResultKind, ResultFormat]:
        """Return the format for each kind of result, by suffix, by name or by Accept."""
        if self.is_workbook_request:
            return EXCHANGE_FORMATS
        if self.suffix:
            fitting = {kind: find_format_by_suffix(self.suffix, kind) for kind in FORMATS_BY_KIND}
            return {kind: form for kind, form in fitting.items() if form}
        if self.options.format:
            return resolve_format_name(self.options.format)
        return negotiate_formats(request.headers.get("Accept", ""))


def parse_saved_query_request(graph: GraphContext, name: str, suffix: str) -> SavedQueryRequest:
    """Parse the current request to the saved query of that name.

    Raise UsageError for invalid options, and what ``find_saved_query`` raises.
    """
    fields: dict[str, list[str]] = {}
    for field, value in parse_address_fields():
        fields.setdefault(field, []).append(value)
    options = parse_saved_query_options(fields)
    return SavedQueryRequest(
        graph,
        find_saved_query(graph, name, options.query_hash),
        suffix,
        options,
        drop_empty_values(exclude_option_fields(fields)),
    )


def parse_address_fields() -> list[tuple[str, str]]:
    """Return the fields of the query string in order; raise UsageError if they are not UTF-8."""
    return parse_form_fields(request.query_string, "address")


def build_paging_headers(page_range: PageRange | None, total_rows: int) -> dict[str, str]:
    """Build the headers ``X-Total-Count``, ``X-Truncated`` and, for a part of the rows, ``Link``.

    https://www.rfc-editor.org/rfc/rfc8288#section-3
    """
    cut = is_truncated(total_rows, page_range)
    headers = {"X-Total-Count": str(total_rows), "X-Truncated": "true" if cut else "false"}
    if page_range and cut:
        pages = page_range.list_linked_pages(total_rows).items()
        links = (f'<{build_result_page_url(page, page_range)}>; rel="{rel}"' for rel, page in pages)
        headers["Link"] = ", ".join(links)
    return headers


def build_result_page_url(page: int, page_range: PageRange) -> str:
    """Return the path and query string of another page of the current result."""
    kept = [(name, value) for name, value in parse_address_fields() if name not in ("page", "size")]
    return f"{request.path}?{urlencode([*kept, ('page', page), ('size', page_range.size)])}"
