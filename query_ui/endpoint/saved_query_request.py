"""A request to a saved query: its values and options, and the answer as a file or for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.exceptions import NotFound

from loader.errors import NotOffered, UsageError
from loader.queries.parameter_binding import bind, drop_empty_values
from loader.queries.query_files import SavedQuery
from query_ui.endpoint.paging.page_range import Window
from query_ui.endpoint.paging.paged import announced, is_part, shaped
from query_ui.endpoint.paging.request_options import Options, options_of, without_options
from query_ui.endpoint.protocol_request import fields_of
from query_ui.endpoint.result_labels import labels
from query_ui.engine.protocol import Answer, Question, Result, present
from query_ui.engine.result_formats import EXCHANGE, FORMATS, JSON, Format, Kind, suffixed
from query_ui.graph.page_queries import Site
from query_ui.http.compression import coding
from query_ui.http.etag import is_fresh, tag_of
from query_ui.http.negotiation import by_accept, by_name
from query_ui.http.response import delivered
from query_ui.http.response_format import offered, wants_page

NO_TABLE = "An answer that is {} has no {}: ask without."
KINDS = {"boolean": "true or false", "graph": "a graph"}


@dataclass(frozen=True)
class Asking:
    """One request to one saved query; ``suffix`` is that of the path, with its dot, or ""."""

    site: Site
    query: SavedQuery
    suffix: str
    options: Options
    values: Mapping[str, Sequence[str]]

    @property
    def as_page(self) -> bool:
        """Whether a page is wanted: by ``format=html``, else by Accept where nothing says more."""
        if self.suffix or self.options.format:
            return self.options.format == "html" and not self.suffix
        return wants_page()

    @property
    def unanswered(self) -> bool:
        """Whether values are missing: a default that is an example is no answer."""
        return any(p.required and p.name not in self.values for p in self.query.parameters)

    @cached_property
    def text(self) -> str:
        """The query with the values bound; UsageError or BadValue where they do not fit."""
        text = bind(self.query, self.values)
        self.site.choices.check(self.query, self.values)
        return text

    def data(self) -> Response:
        """The answer in the format that the request asks for."""
        release, accept = self.site.visitors.release, request.headers.get("Accept", "")
        liked = coding(request.headers.get("Accept-Encoding", ""))
        tag = tag_of(release, self.text, request.full_path, accept, liked)
        if is_fresh(request.headers.get("If-None-Match", ""), tag):
            return Response(status=304, headers={"ETag": tag, "Vary": "Accept-Encoding"})
        formats = self._formats()
        if self.options.labels or self.options.window:
            response = self._shaped(formats)
        else:
            result = self._run(formats)
            table = result.kind == "bindings" and result.form is JSON
            response = delivered(announced(result) if table else result, {})
        same = tag and self.site.visitors.release == release
        response.headers["Cache-Control"] = "no-cache" if same else "no-store"
        if same:
            response.headers["ETag"] = tag
        return response

    def answer(self, size: int) -> tuple[Answer, int, Window]:
        """The answer for a page, its rows in all, and which are in it; ``size`` at most by itself.

        For a graph or a boolean the number of rows is 0.
        """
        window = self.options.window or Window(1, size)
        total, result = 0, self._run(EXCHANGE)
        if result.kind == "bindings":
            result, total = shaped(result, JSON, window, self._naming)
        with result.body as body:
            return Answer(result.kind, body.read(), self.site.engine.prefixes), total, window

    def _shaped(self, formats: Mapping[Kind, Format]) -> Response:
        """One page of the rows, or names beside them, with the total in JSON and in headers."""
        result = self._run({**formats, "bindings": JSON} if "bindings" in formats else formats)
        if result.kind != "bindings":
            result.body.close()
            what = "label columns" if self.options.labels else "pages"
            raise UsageError(NO_TABLE.format(KINDS[result.kind], what))
        window, form = self.options.window, formats["bindings"]
        result, total = shaped(result, form, window, self._naming)
        headers = pages_header(window, total)
        return delivered(announced(result, total, window) if form is JSON else result, headers)

    @property
    def _naming(self) -> "partial[Mapping[str, dict[str, object]]] | None":
        return partial(labels, self.site) if self.options.labels else None

    def _run(self, formats: Mapping[Kind, Format]) -> Result:
        gone = request.environ.get("waitress.client_disconnected", present)
        question = Question(self.text, formats=formats, seconds=self.options.seconds)
        try:
            return self.site.visitors.run(question, gone)
        except NotOffered as error:
            if not self.suffix:
                raise
            kind = next(kind for kind in FORMATS if kind == error.kind)
            raise NotFound(
                f"There is no {self.suffix} of this: it can be had as {offered(kind)}."
            ) from error

    def _formats(self) -> Mapping[Kind, Format]:
        """The format for each kind of answer, by suffix, by name or by Accept."""
        if self.suffix:
            fitting = {kind: suffixed(self.suffix, kind) for kind in FORMATS}
            return {kind: form for kind, form in fitting.items() if form}
        if self.options.format:
            return by_name(self.options.format)
        return by_accept(request.headers.get("Accept", ""))


def asking(site: Site, query: SavedQuery, suffix: str) -> Asking:
    """What the request at hand asks of a saved query; UsageError for options that cannot be."""
    fields: dict[str, list[str]] = {}
    for name, value in given():
        fields.setdefault(name, []).append(value)
    return Asking(
        site, query, suffix, options_of(fields), drop_empty_values(without_options(fields))
    )


def given() -> list[tuple[str, str]]:
    """The fields of the address in their order; UsageError where they are not UTF-8."""
    return fields_of(request.query_string, "address")


def pages_header(window: Window | None, total: int) -> dict[str, str]:
    """How many rows there are, whether some are left out, and the addresses of the other pages.

    https://www.rfc-editor.org/rfc/rfc8288
    """
    cut = is_part(total, window)
    headers = {"X-Total-Count": str(total), "X-Truncated": "true" if cut else "false"}
    if window and cut:
        pages = window.neighbours(total).items()
        links = (f'<{page_address(page, window)}>; rel="{rel}"' for rel, page in pages)
        headers["Link"] = ", ".join(links)
    return headers


def page_address(page: int, window: Window) -> str:
    """The address of another page of the answer at hand."""
    kept = [(name, value) for name, value in given() if name not in ("page", "size")]
    return f"{request.path}?{urlencode([*kept, ('page', page), ('size', window.size)])}"
