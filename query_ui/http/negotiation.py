"""The format of an answer, settled before it is known what kind of answer it will be."""

from collections.abc import Mapping
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from loader.errors import UsageError
from query_ui.engine.result_formats import FORMATS, NAMES, Format, Kind, negotiate

PAGE = "text/html"

_TYPES = {form.name: form.media_type for forms in FORMATS.values() for form in forms} | {
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
def by_accept(accept: str) -> Mapping[Kind, Format]:
    """The format that an Accept header likes best for each kind; kinds without one are left out."""
    liked = {kind: negotiate(accept, kind) for kind in FORMATS}
    return {kind: form for kind, form in liked.items() if form}


@lru_cache(maxsize=64)
def by_name(name: str) -> Mapping[Kind, Format]:
    """The format of that name for the kinds that it can hold; UsageError where there is none.

    Clients send media types as well: those choose as in an Accept header.
    """
    accept = name if "/" in name else _TYPES.get(name.lower())
    if accept is None:
        raise UsageError(f"format is “{name}”; it can be html, {', '.join(NAMES)}.")
    return by_accept(accept)


def page_wanted(name: str, accept: str) -> bool:
    """Whether a page is wanted: by Accept, or by ``format=html``; any format overrules Accept."""
    return name == "html" if name else for_people(accept)


@lru_cache(maxsize=256)
def for_people(accept: str) -> bool:
    """Whether an Accept header likes a page at least as well as any data."""
    if PAGE not in accept and "application/xhtml+xml" not in accept:
        return False
    types = [form.media_type for forms in FORMATS.values() for form in forms]
    liked = parse_accept_header(accept, MIMEAccept)
    return liked.best_match([PAGE, *types], "") == PAGE
