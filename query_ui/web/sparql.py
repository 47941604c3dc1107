"""The SPARQL endpoint, and the page to write queries on.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from loader.errors import QueryRefused, UsageError
from query_ui.engine.interface import Answer
from query_ui.formats import FORMATS, Format, named
from query_ui.web.answering import chosen, data
from query_ui.web.links import query_path
from query_ui.web.results import table
from query_ui.web.site import Site, bare, site

blueprint = Blueprint("sparql", __name__, url_prefix="/sparql")

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: the query, its dataset, and the name of a format or ""."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str


@blueprint.get("")
def get() -> Response:
    """``?query=``; without a query the editor, or the service description for machines."""
    if not request.args.getlist("query"):
        return opening(site())
    return answer_to(site(), asked_by(request.args))


@blueprint.post("")
def post() -> Response:
    """A form, or the query itself as the body."""
    if request.mimetype == FORM:
        return answer_to(site(), asked_by(request.form))
    if request.mimetype == QUERY:
        return answer_to(site(), asked_by(request.args, body_text()))
    if request.mimetype == UPDATE:
        raise QueryRefused("Updates are not allowed: releases are read-only.")
    raise UnsupportedMediaType(f"Send the query as {FORM} or as {QUERY}.")


def body_text() -> str:
    """The body as text; UsageError where it is not UTF-8."""
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        place = error.start + 1
        raise UsageError(f"The body is not UTF-8: byte {place} cannot be read.") from error


def asked_by(values: MultiDict[str, str], body: str | None = None) -> Asked:
    """What the parameters of a request ask; UsageError where that is not one query."""
    if "update" in values:
        raise QueryRefused("Updates are not allowed: releases are read-only.")
    queries = values.getlist("query") + ([] if body is None else [body])
    if len(queries) != 1:
        raise UsageError(f"Send one query: this request has {len(queries)}.")
    return Asked(
        queries[0],
        tuple(values.getlist("default-graph-uri")),
        tuple(values.getlist("named-graph-uri")),
        values.get("format", ""),
    )


def answer_to(shared: Site, asked: Asked) -> Response:
    """The answer in the format that was asked for, chosen once the kind of the answer is known."""
    answer = shared.visitors.ask(
        asked.query, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs
    )
    form = format_of(asked, answer)
    return data(answer, form) if form else editor(shared, asked.query, answer)


def format_of(asked: Asked, answer: Answer) -> Format | None:
    """The format by name, else by Accept; None for a page."""
    if not asked.format:
        return chosen(answer.kind, page_first=False)
    if asked.format == "html":
        return None
    form = named(asked.format, answer.kind)
    if form is None:
        names = ", ".join(f.name for f in FORMATS[answer.kind])
        raise UsageError(f"format is “{asked.format}”; for this query it can be html, {names}.")
    return form


def opening(shared: Site) -> Response:
    """The page to write a query on, or what the service can do as a graph."""
    form = chosen("graph")
    if form:
        return data(shared.ask("service", endpoint=request.base_url), form)
    return editor(shared, bare(shared.pages["editor"].text))


def editor(shared: Site, query: str, answer: Answer | None = None) -> Response:
    """The page with the query, and its result where it has been asked."""
    page = render_template(
        "sparql.html",
        query=query,
        table=table(shared, answer) if answer else None,
        formats=FORMATS[answer.kind] if answer else (),
        here=query_path(query),
    )
    return Response(page, mimetype="text/html")
