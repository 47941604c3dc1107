"""Saved queries: their list, and each as a form with its result, and as data by suffix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from loader.saved_queries import Parameter, SavedQuery
from loader.terms import XSD
from query_ui.choices import Choices
from query_ui.engine.interface import Answer
from query_ui.formats import FORMATS
from query_ui.parameters import bind, filled
from query_ui.web.answering import chosen, data, split_suffix, wants_page
from query_ui.web.links import query_path
from query_ui.web.results import table
from query_ui.web.site import Site, bare, site

blueprint = Blueprint("queries", __name__, url_prefix="/queries")

INPUTS = {
    XSD.integer.value: "number",
    XSD.gYear.value: "number",
    XSD.date.value: "date",
    XSD.gYearMonth.value: "month",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a parameter may be."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form: choices where there are any, else a typed text field."""

    parameter: Parameter
    type: str
    value: str
    choices: tuple[Choice, ...]


@blueprint.get("")
def listed() -> str:
    """The saved queries by title."""
    found = sorted(site().saved.values(), key=lambda query: query.title.lower())
    return render_template("queries.html", queries=found)


@blueprint.get("/<name>")
def page(name: str) -> Response:
    """One saved query: the form and its result, or the data alone."""
    name, suffix = split_suffix(name)
    shared = site()
    query = shared.saved.get(name)
    if query is None:
        raise NotFound(f"There is no saved query “{name}”. /queries lists those there are.")
    values = filled(request.args.to_dict(flat=False))
    if not suffix and unanswered(query, values) and wants_page():
        return form_page(shared, query, values)
    text = bind(query, values)
    choices_of(shared).check(query, values)
    answer = shared.visitors.ask(text)
    form = chosen(answer.kind, suffix)
    return data(answer, form) if form else form_page(shared, query, values, answer)


def choices_of(shared: Site) -> Choices:
    """What the parameters of the saved queries may be."""
    return Choices(shared.engine, shared.saved, shared.pages["choices"])


def unanswered(query: SavedQuery, values: Mapping[str, Sequence[str]]) -> bool:
    """Whether the form has to be filled in first: a default that is an example is no answer."""
    return any(p.required and p.name not in values for p in query.parameters)


def form_page(
    shared: Site,
    query: SavedQuery,
    values: Mapping[str, Sequence[str]],
    answer: Answer | None = None,
) -> Response:
    """The form, and the result where there is one."""
    text = bare(bind(query, values)) if answer else bare(query.text)
    page = render_template(
        "query.html",
        query=query,
        inputs=[field_of(shared, p, values.get(p.name, ())) for p in query.parameters],
        table=table(shared, answer) if answer else None,
        formats=FORMATS[answer.kind] if answer else (),
        arguments=request.query_string.decode("ascii", "replace"),
        text=text,
        editor=query_path(text),
    )
    return Response(page, mimetype="text/html")


def field_of(shared: Site, parameter: Parameter, given: Sequence[str]) -> Input:
    """The field for a parameter, with what was given, else its default."""
    defaults = [str(term.value) for term in parameter.defaults]
    values = list(given) or ([] if parameter.required else defaults)
    if parameter.datatype == XSD.boolean.value:
        options = [("true", "yes"), ("false", "no")]
    else:
        found = choices_of(shared).of(parameter.choices)
        options = sorted(found.items(), key=lambda option: option[1].lower())
    choices = tuple(Choice(v, label, matches(v, values)) for v, label in options)
    return Input(
        parameter, INPUTS.get(parameter.datatype, "text"), values[0] if values else "", choices
    )


def matches(option: str, values: Sequence[str]) -> bool:
    """Whether an option is among the values, which may be IRIs or the last part of them."""
    return any(option == value or option.endswith(f"/{value}") for value in values)
