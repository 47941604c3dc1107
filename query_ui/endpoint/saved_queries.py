"""Saved queries: their list, and each at one address as form, answer, text, choices and data."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from loader.errors import BrokenQuery, UsageError
from loader.queries.query_files import SavedQuery
from query_ui.endpoint import query_catalogue
from query_ui.endpoint.html_table import SHOWN, Table, table
from query_ui.endpoint.paging.page_range import Window
from query_ui.endpoint.paging.request_options import RESERVED
from query_ui.endpoint.protocol_request import QUERY
from query_ui.endpoint.query_form import inputs
from query_ui.endpoint.saved_query_request import Asking, asking, given, page_address, pages_header
from query_ui.engine.protocol import Answer
from query_ui.engine.result_formats import FORMATS, Format
from query_ui.graph.page_queries import Site, bare, site
from query_ui.graph.urls import query_path
from query_ui.http.response_format import json_answer, split_suffix, wants_json

blueprint = Blueprint("queries", __name__)

TEXT = ".rq"


@blueprint.get("/queries")
def listed() -> Response:
    """The saved queries by title, as a page or as JSON."""
    if wants_json():
        return listed_as_json()
    shared = site()
    page = render_template("queries.html", queries=by_title(shared), broken=shared.broken.values())
    return Response(page, mimetype="text/html")


@blueprint.get("/queries.json")
def listed_as_json() -> Response:
    """The saved queries by title with their parameters, as JSON."""
    shared = site()
    return json_answer(query_catalogue.listing(by_title(shared), shared.broken))


@blueprint.get("/queries/<name>")
def page(name: str) -> Response:
    """One saved query: the form and its answer, or by suffix, format or Accept the data alone."""
    shared = site()
    if name.endswith(TEXT):
        return text_of(asking(shared, found(shared, name.removesuffix(TEXT)), TEXT))
    name, suffix = split_suffix(name)
    asked = asking(shared, found(shared, name), suffix)
    return form_page(asked) if asked.as_page else asked.data()


@blueprint.get("/queries/<name>/choices.json")
def choices(name: str) -> Response:
    """What the parameters of a saved query may be, with counts; ``parameter=`` names one."""
    query = found(site(), name)
    known = [parameter.name for parameter in query.parameters]
    wanted = request.args.get("parameter")
    if wanted is not None and wanted not in known:
        raise UsageError(
            f'{name} has no parameter "{wanted}"; its parameters are: {", ".join(known) or "none"}.'
        )
    names = known if wanted is None else [wanted]
    return json_answer(query_catalogue.choices(query, site().choices, names))


def found(shared: Site, name: str) -> SavedQuery:
    """The saved query of that name; BrokenQuery or NotFound where it cannot be asked."""
    if name in shared.broken:
        raise BrokenQuery(name, shared.broken[name].findings)
    if name not in shared.saved:
        raise NotFound(f"There is no saved query “{name}”. /queries lists those there are.")
    return shared.saved[name]


def by_title(shared: Site) -> list[SavedQuery]:
    """The saved queries in the order that people look them up."""
    return sorted(shared.saved.values(), key=lambda query: query.title.lower())


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer on a page: its table, the formats it can be had in, and the pages beside it."""

    table: Table
    formats: tuple[Format, ...]
    page: int = 1
    earlier: str = ""
    later: str = ""


def text_of(asked: Asking) -> Response:
    """The SPARQL of a query with the values bound; a default that is an example stays."""
    text = bare(asked.query.text if asked.unanswered else asked.text)
    return Response(text, content_type=f"{QUERY}; charset=utf-8")


def form_page(asked: Asking) -> Response:
    """The form, and the answer once every value that is needed is there."""
    shared, query = asked.site, asked.query
    headers: dict[str, str] = {}
    shown = None
    if not asked.unanswered:
        answer, total, window = asked.answer(SHOWN)
        shown = shown_on_page(shared, answer, total, window)
        if answer.kind == "bindings":
            headers = pages_header(window, total)
    text = bare(asked.text if shown else query.text)
    page = render_template(
        "query.html",
        query=query,
        proof=shared.proofs.of(shared.engine.release, query),
        inputs=inputs(shared.choices, query, asked.values),
        labels=asked.options.labels,
        shown=shown,
        arguments=urlencode([pair for pair in given() if pair[0] not in RESERVED]),
        text=text,
        editor=query_path(text),
    )
    return Response(page, mimetype="text/html", headers=headers)


def shown_on_page(shared: Site, answer: Answer, total: int, window: Window) -> Shown:
    """The answer as the page shows it; ``total`` and ``window`` are those of its rows."""
    found, formats = table(shared, answer), FORMATS[answer.kind]
    if answer.kind != "bindings":
        return Shown(found, formats)
    pages = window.neighbours(total)
    return Shown(
        replace(found, total=total, first=window.start + 1),
        formats,
        window.page,
        page_address(pages["prev"], window) if "prev" in pages else "",
        page_address(pages["next"], window) if "next" in pages else "",
    )
