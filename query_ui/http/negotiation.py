"""Negotiation of the format of a result before the kind of the result is known."""

from collections.abc import Mapping
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from loader.errors import UsageError
from query_ui.engine.result_formats import (
    FORMAT_NAMES,
    FORMATS_BY_KIND,
    ResultFormat,
    ResultKind,
    negotiate_format,
)

HTML_MEDIA_TYPE = "text/html"

_MEDIA_TYPE_BY_NAME = {
    form.name: form.media_type for forms in FORMATS_BY_KIND.values() for form in forms
} | {
    "json": "application/json",
    "json-ld": "application/ld+json",
    "n3": "text/turtle",
    "rdf": "application/rdf+xml",
    "rdf+xml": "application/rdf+xml",
    "turtle": "text/turtle",
    "xml": "application/xml",
}
"""Values of ``format``: the names on the command line, and those that SPARQL clients send."""


@lru_cache(maxsize=256)
def negotiate_formats(accept: str) -> Mapping[ResultKind, ResultFormat]:
    """Return the format that an Accept header prefers for each kind; omit kinds without one."""
    liked = {kind: negotiate_format(accept, kind) for kind in FORMATS_BY_KIND}
    return {kind: form for kind, form in liked.items() if form}


@lru_cache(maxsize=64)
def resolve_format_name(name: str) -> Mapping[ResultKind, ResultFormat]:
    """Return the format called ``name`` for each kind that it fits; raise UsageError for no such.

    ``name`` may also be a media type, which is negotiated as in an Accept header.
    """
    accept = name if "/" in name else _MEDIA_TYPE_BY_NAME.get(name.lower())
    if accept is None:
        raise UsageError(f"format is “{name}”; it can be html, {', '.join(FORMAT_NAMES)}.")
    return negotiate_formats(accept)


def is_page_requested(format_name: str, accept: str) -> bool:
    """Return whether a page is requested, by ``format=html`` or, without a format, by Accept."""
    return format_name == "html" if format_name else prefers_html(accept)


@lru_cache(maxsize=256)
def prefers_html(accept: str) -> bool:
    """Return whether an Accept header prefers HTML to data, or both equally."""
    if HTML_MEDIA_TYPE not in accept and "application/xhtml+xml" not in accept:
        return False
    types = [form.media_type for forms in FORMATS_BY_KIND.values() for form in forms]
    liked = parse_accept_header(accept, MIMEAccept)
    return liked.best_match([HTML_MEDIA_TYPE, *types], "") == HTML_MEDIA_TYPE
