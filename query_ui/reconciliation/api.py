"""The reconciliation service: OpenRefine's way to match names, and that of other clients.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
import re
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from loader.errors import UsageError
from query_ui.graph.page_queries import site
from query_ui.graph.urls import path_of
from query_ui.http.content_security import POLICY
from query_ui.http.response_format import PAGE
from query_ui.reconciliation.candidate_json import found, full, short
from query_ui.reconciliation.data_extension import read_extension, rows_as_lists, rows_as_objects
from query_ui.reconciliation.manifest import manifest
from query_ui.reconciliation.matching.match_name import match
from query_ui.reconciliation.matching.match_query import Question
from query_ui.reconciliation.properties import PROPERTIES, proposed
from query_ui.reconciliation.property_values import cells, texts
from query_ui.reconciliation.query_batch import (
    Asked,
    read_batch,
    read_match,
    read_object,
    read_query,
)
from query_ui.reconciliation.types import TYPES, asked_types, shown_types, type_object

blueprint = Blueprint("reconcile", __name__, url_prefix="/reconcile")

SUGGESTED = 10
FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"
"""A preview stands inside the pages of clients, and loads no more than the style sheet."""


@blueprint.route("", methods=["GET", "POST"], strict_slashes=False)
def service() -> Response:
    """The manifest; with ``queries`` a batch of candidates, with ``extend`` a table of values."""
    given = request.values
    if "queries" in given:
        batch = read_batch(given["queries"])
        return said({key: {"result": candidates(asked)} for key, asked in batch.items()})
    if "extend" in given:
        return said(extended(read_object(given["extend"], "extend"), rows_as_objects))
    if "query" in given:
        return said({"result": candidates(single(given["query"]))})
    return said(manifest(request.url_root.rstrip("/")))


def single(text: str) -> Asked:
    """One query, as clients of 0.1 ask it: a JSON object, or the bare text."""
    if text.lstrip().startswith("{"):
        return read_query(read_object(text, "query"), "query")
    return read_query({"query": text}, "query")


@blueprint.post("/match")
def matched() -> Response:
    """Candidates as the draft of 1.0 has it: ``{"queries": [{"conditions": […]}]}``."""
    asked = read_match(request.get_json(silent=True))
    return said({"results": [{"candidates": candidates(one)} for one in asked]})


@blueprint.post("/extend")
def columns() -> Response:
    """Values as the draft of 1.0 has it: ``{"ids": […], "properties": […]}``."""
    return said(extended(request.get_json(silent=True), rows_as_lists))


def candidates(asked: Asked) -> list[dict[str, Any]]:
    """The candidates for one query."""
    shared = site()
    return found(shared.gazetteer, asked, partial(texts, shared))


def extended(asked: Any, shape: Any) -> dict[str, Any]:
    """The head and the rows of an extension."""
    extension = read_extension(asked)
    values = cells(site(), extension.ids.values(), extension.columns)
    meta = [column.property.as_meta() for column in extension.columns]
    return {"meta": meta, "rows": shape(extension, values)}


@blueprint.get("/properties")
def properties() -> Response:
    """The properties that a column can be extended with: ``?type=&limit=``."""
    type_ = request.args.get("type", "")
    asked_types(type_, "type")
    limit = request.args.get("limit", "")
    some = proposed(type_)[: int(limit) if limit.isdigit() and limit != "0" else None]
    return said({"type": type_, "properties": [one.as_object() for one in some]})


@blueprint.get("/suggest/entity")
def suggested() -> Response:
    """Things whose names begin so, or are like it: ``?prefix=&type=``."""
    prefix, names = typed(), site().gazetteer
    types = asked_types(request.args.get("type", ""), "type")
    question = Question(prefix, types=types)
    some = names.beginning(question.key, types, SUGGESTED) if question.key else []
    if len(some) < SUGGESTED:
        some += [m.thing for m in match(names, question, SUGGESTED)]
    unique = list({thing.iri: thing for thing in some}.values())[:SUGGESTED]
    return said(
        {
            "result": [
                {
                    "id": short(thing.iri),
                    "name": thing.label,
                    "description": thing.note,
                    "notable": shown_types(thing.types),
                }
                for thing in unique
            ]
        }
    )


@blueprint.get("/suggest/property")
def suggested_properties() -> Response:
    """Properties with these letters in their names."""
    some = (one.as_object() for one in PROPERTIES.values())
    return said({"result": [one for one in some if fits(one["id"], one["name"])]})


@blueprint.get("/suggest/type")
def suggested_types() -> Response:
    """Types with these letters in their names."""
    some = (type_object(name) for name in TYPES)
    return said({"result": [one for one in some if fits(one["id"], one["name"])]})


def typed() -> str:
    """What was typed so far."""
    return request.args.get("prefix", "").strip()


def fits(*names: str) -> bool:
    """Whether one of the names holds what was typed."""
    return any(typed().lower() in name.lower() for name in names)


@blueprint.get("/flyout/entity")
def flyout() -> Response:
    """A few lines about a thing, as JSON with HTML in it."""
    return flown(request.args.get("id", ""), preview_of(request.args.get("id", "")))


@blueprint.get("/flyout/property")
def flyout_property() -> Response:
    """What a property is."""
    name = request.args.get("id", "")
    known = PROPERTIES.get(name)
    if known is None:
        raise NotFound(f"There is no property “{name}”.")
    return flown(name, render_template("flyout.html", title=known.name, text=known.description))


@blueprint.get("/flyout/type")
def flyout_type() -> Response:
    """What a type is."""
    name = request.args.get("id", "")
    if name not in TYPES:
        raise NotFound(f"There is no type “{name}”.")
    text = f"{site().gazetteer.count(name):,} in this release"
    return flown(name, render_template("flyout.html", title=TYPES[name], text=text))


def flown(name: str, shown: str) -> Response:
    """The answer of a flyout service."""
    return said({"id": name, "html": shown})


@blueprint.get("/preview")
def preview() -> Response:
    """A few lines about a thing, as a page for the frame of a client: ``?id=``."""
    shown = preview_of(request.args.get("id", ""), "preview.html")
    return Response(shown, mimetype=PAGE, headers={POLICY: FRAMED})


def preview_of(name: str, template: str = "flyout.html") -> str:
    """A few lines about a thing; NotFound for an id that names none."""
    thing = site().gazetteer.thing_at(full(name))
    if thing is None:
        raise NotFound(f"There is nothing here with the id “{name}”.")
    word = ", ".join(one["name"] for one in shown_types(thing.types))
    address = request.url_root.rstrip("/") + path_of(thing.iri)
    return render_template(template, title=thing.label, kind=word, text=thing.note, address=address)


def said(value: dict[str, Any]) -> Response:
    """JSON, or a script that calls the function of the client with it (JSONP)."""
    body = json.dumps(value, ensure_ascii=False)
    callback = request.args.get("callback", "")
    if not callback:
        return Response(body, mimetype="application/json")
    if not re.fullmatch(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", callback, re.ASCII):
        raise UsageError("callback has to be the name of a function.")
    # Separators that JSON allows in a text and older scripts do not.
    safe = body.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Response(f"/**/{callback}({safe});", mimetype="text/javascript")
