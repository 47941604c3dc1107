"""Content negotiation: the format of a response by suffix, name or Accept, and page or data.

https://www.rfc-editor.org/rfc/rfc9110#section-12
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable, NotFound
from werkzeug.http import parse_accept_header

from loader.errors import UsageError
from query_ui.engine.result_formats import (
    FORMAT_NAMES,
    FORMATS_BY_KIND,
    ResultFormat,
    ResultKind,
    find_format_by_suffix,
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


def negotiate_format(accept: str, kind: ResultKind) -> ResultFormat | None:
    """Return the format that an Accept header prefers for ``kind``, or None (HTTP 406).

    An empty header accepts anything. The most specific matching range determines the quality of
    a type; of equal qualities, an exact type precedes a wildcard, then the order of
    ``FORMATS_BY_KIND`` decides.
    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
    """
    ranges = dict(_parse_media_ranges(accept)) if accept.strip() else {"*/*": 1.0}
    scored = [(*_score_format(form, ranges), form) for form in FORMATS_BY_KIND[kind]]
    best = max(scored, key=lambda item: item[:2])
    return best[2] if best[0] > 0 else None


def _parse_media_ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Yield the media ranges of an Accept header with their qualities; skip malformed ones."""
    for element in accept.lower().split(","):
        name, *parameters = (part.strip() for part in element.split(";"))
        quality = next((p[2:].strip() for p in parameters if p.startswith("q=")), "1")
        if re.fullmatch(r"[^\s/]+/[^\s/]+", name) and re.fullmatch(r"[01](\.\d{0,3})?", quality):
            yield name, min(float(quality), 1.0)


def _score_format(
    result_format: ResultFormat, quality_by_range: dict[str, float]
) -> tuple[float, int]:
    """Return the quality of a format and how exact the range is: 2 type, 1 family, 0 any."""
    family = result_format.media_type.partition("/")[0]
    tries = ((2, result_format.media_type), (1, f"{family}/*"), (0, "*/*"))
    own = next(
        (
            (quality_by_range[name], exactness)
            for exactness, name in tries
            if name in quality_by_range
        ),
        (0.0, 0),
    )
    return max(
        [
            own,
            *(
                (quality_by_range[name], 2)
                for name in result_format.also
                if name in quality_by_range
            ),
        ]
    )


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
    best = parse_accept().best_match(order, order[0] if accept == "*/*" else "")
    if not best:
        raise NotAcceptable(
            f"This can be had as {HTML_MEDIA_TYPE} "
            f"and {list_available_formats(result_kind, as_media_types=True)}."
        )
    return None if best == HTML_MEDIA_TYPE else negotiate_format(accept, result_kind)


def parse_accept() -> MIMEAccept:
    """Return the Accept header of the request without ``charset``: all texts here are UTF-8."""
    accept = re.sub(r"(?i);\s*charset=[^;,]*", "", request.headers.get("Accept", ""))
    return parse_accept_header(accept, MIMEAccept)


def prefers_page() -> bool:
    """Return whether the client prefers HTML to data, or both equally."""
    every = [form for forms in FORMATS_BY_KIND.values() for form in forms]
    types = [name for form in every for name in (form.media_type, *form.also)]
    accept = request.headers.get("Accept", "").strip() or "*/*"
    return HTML_MEDIA_TYPE == parse_accept().best_match(
        [HTML_MEDIA_TYPE, *types], HTML_MEDIA_TYPE if accept == "*/*" else ""
    )


def prefers_json() -> bool:
    """Return whether the client prefers JSON to HTML."""
    return (
        parse_accept().best_match([HTML_MEDIA_TYPE, "application/json"], HTML_MEDIA_TYPE)
        != HTML_MEDIA_TYPE
    )


def list_available_formats(result_kind: ResultKind, as_media_types: bool = False) -> str:
    """List the suffixes or media types of a kind of result for a message."""
    return ", ".join(
        form.media_type if as_media_types else form.suffix for form in FORMATS_BY_KIND[result_kind]
    )
