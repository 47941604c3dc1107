"""How an answer leaves the site: as a page, or in the format that a suffix or Accept asks for."""

import json
from collections.abc import Mapping

from flask import Response, request
from werkzeug.exceptions import NotAcceptable, NotFound

from query_ui.engine.protocol import Answer
from query_ui.engine.result_formats import FORMATS, Format, Kind, negotiate, suffixed

PAGE = "text/html"
SUFFIXES = frozenset(form.suffix for kind in FORMATS.values() for form in kind)


def split_suffix(name: str) -> tuple[str, str]:
    """A path without its suffix, and the suffix with its dot: "" where it has none we know."""
    stem, dot, end = name.rpartition(".")
    return (stem, dot + end) if stem and dot + end in SUFFIXES else (name, "")


def chosen(kind: Kind, suffix: str = "", page_first: bool = True) -> Format | None:
    """The format asked for by suffix, else by Accept; None means the page.

    ``page_first``: what a caller gets who takes anything, the page or the data. NotAcceptable where
    nothing fits, NotFound for a suffix that does not fit the kind.
    """
    if suffix:
        form = suffixed(suffix, kind)
        if form is None:
            raise NotFound(f"There is no {suffix} of this: it can be had as {offered(kind)}.")
        return form
    types = [name for form in FORMATS[kind] for name in (form.media_type, *form.also)]
    order = [PAGE, *types] if page_first else [*types, PAGE]
    accept = request.headers.get("Accept", "").strip() or "*/*"
    best = request.accept_mimetypes.best_match(order, order[0] if accept == "*/*" else "")
    if not best:
        raise NotAcceptable(f"This can be had as {PAGE} and {offered(kind, types=True)}.")
    return None if best == PAGE else negotiate(accept, kind)


def wants_page() -> bool:
    """Whether the caller likes a page at least as well as any data, or takes anything."""
    every = [form for forms in FORMATS.values() for form in forms]
    types = [name for form in every for name in (form.media_type, *form.also)]
    accept = request.headers.get("Accept", "").strip() or "*/*"
    return PAGE == request.accept_mimetypes.best_match(
        [PAGE, *types], PAGE if accept == "*/*" else ""
    )


def wants_json() -> bool:
    """Whether the caller likes JSON better than a page."""
    return request.accept_mimetypes.best_match([PAGE, "application/json"], PAGE) != PAGE


def json_answer(value: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    """An object as JSON, each text as it is written."""
    body = json.dumps(value, ensure_ascii=False)
    return Response(body, mimetype="application/json", headers=dict(headers or {}))


def offered(kind: Kind, types: bool = False) -> str:
    """The suffixes or media types of a kind of result, for a sentence."""
    return ", ".join(form.media_type if types else form.suffix for form in FORMATS[kind])


def data(answer: Answer, form: Format) -> Response:
    """An answer as the engine's own serialiser writes it."""
    return Response(answer.serialise(form), content_type=form.content_type)
