"""Choice between a page and a data format by suffix or Accept, and responses with data."""

import json
from collections.abc import Mapping

from flask import Response, request
from werkzeug.exceptions import NotAcceptable, NotFound

from query_ui.engine.protocol import QueryResult
from query_ui.engine.result_formats import (
    FORMATS_BY_KIND,
    ResultFormat,
    ResultKind,
    find_format_by_suffix,
    negotiate_format,
)

HTML_MEDIA_TYPE = "text/html"
KNOWN_SUFFIXES = frozenset(form.suffix for kind in FORMATS_BY_KIND.values() for form in kind)


def split_suffix(name: str) -> tuple[str, str]:
    """Split a path into its stem and the suffix of a format with its dot, "" where it has none."""
    stem, dot, end = name.rpartition(".")
    return (stem, dot + end) if stem and dot + end in KNOWN_SUFFIXES else (name, "")


def negotiate_page_or_format(
    result_kind: ResultKind, suffix: str = "", page_first: bool = True
) -> ResultFormat | None:
    """Return the format requested by suffix, else by Accept; None for the page.

    ``page_first`` decides between page and data where the client accepts both equally. Raises
    NotAcceptable where nothing fits, and NotFound where ``suffix`` does not fit the kind.
    """
    if suffix:
        form = find_format_by_suffix(suffix, result_kind)
        if form is None:
            raise NotFound(
                f"There is no {suffix} of this: "
                f"it can be had as {list_available_formats(result_kind)}."
            )
        return form
    types = [
        name for form in FORMATS_BY_KIND[result_kind] for name in (form.media_type, *form.also)
    ]
    order = [HTML_MEDIA_TYPE, *types] if page_first else [*types, HTML_MEDIA_TYPE]
    accept = request.headers.get("Accept", "").strip() or "*/*"
    best = request.accept_mimetypes.best_match(order, order[0] if accept == "*/*" else "")
    if not best:
        raise NotAcceptable(
            f"This can be had as {HTML_MEDIA_TYPE} "
            f"and {list_available_formats(result_kind, as_media_types=True)}."
        )
    return None if best == HTML_MEDIA_TYPE else negotiate_format(accept, result_kind)


def prefers_page() -> bool:
    """Return whether the client prefers HTML to data, or both equally."""
    every = [form for forms in FORMATS_BY_KIND.values() for form in forms]
    types = [name for form in every for name in (form.media_type, *form.also)]
    accept = request.headers.get("Accept", "").strip() or "*/*"
    return HTML_MEDIA_TYPE == request.accept_mimetypes.best_match(
        [HTML_MEDIA_TYPE, *types], HTML_MEDIA_TYPE if accept == "*/*" else ""
    )


def prefers_json() -> bool:
    """Return whether the client prefers JSON to HTML."""
    return (
        request.accept_mimetypes.best_match([HTML_MEDIA_TYPE, "application/json"], HTML_MEDIA_TYPE)
        != HTML_MEDIA_TYPE
    )


def build_json_response(
    value: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> Response:
    """Build a JSON response, without escapes for characters other than ASCII."""
    body = json.dumps(value, ensure_ascii=False)
    return Response(body, mimetype="application/json", headers=dict(headers or {}))


def list_available_formats(result_kind: ResultKind, as_media_types: bool = False) -> str:
    """List the suffixes or media types of a kind of result for a message."""
    return ", ".join(
        form.media_type if as_media_types else form.suffix for form in FORMATS_BY_KIND[result_kind]
    )


def serialise_result(result: QueryResult, result_format: ResultFormat) -> Response:
    """Build the response with a result in ``result_format``."""
    return Response(result.serialise(result_format), content_type=result_format.content_type)
