"""The format of an answer, settled before it is known what kind of answer it will be."""

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
"""What the names mean: those of the command line, and those that clients are used to sending."""


@lru_cache(maxsize=256)
def negotiate_formats(accept: str) -> Mapping[ResultKind, ResultFormat]:
    """The format that an Accept header likes best for each kind; kinds without one are left out."""
    liked = {kind: negotiate_format(accept, kind) for kind in FORMATS_BY_KIND}
    return {kind: form for kind, form in liked.items() if form}


@lru_cache(maxsize=64)
def resolve_format_name(name: str) -> Mapping[ResultKind, ResultFormat]:
    """The format of that name for the kinds that it can hold; UsageError where there is none.

    Clients send media types as well: those choose as in an Accept header.
    """
    accept = name if "/" in name else _MEDIA_TYPE_BY_NAME.get(name.lower())
    if accept is None:
        raise UsageError(f"format is “{name}”; it can be html, {', '.join(FORMAT_NAMES)}.")
    return negotiate_formats(accept)


def is_page_requested(format_name: str, accept: str) -> bool:
    """Whether a page is wanted: by Accept, or by ``format=html``; any format overrules Accept."""
    return format_name == "html" if format_name else prefers_html(accept)


@lru_cache(maxsize=256)
def prefers_html(accept: str) -> bool:
    """Whether an Accept header likes a page at least as well as any data."""
    if HTML_MEDIA_TYPE not in accept and "application/xhtml+xml" not in accept:
        return False
    types = [form.media_type for forms in FORMATS_BY_KIND.values() for form in forms]
    liked = parse_accept_header(accept, MIMEAccept)
    return liked.best_match([HTML_MEDIA_TYPE, *types], "") == HTML_MEDIA_TYPE
