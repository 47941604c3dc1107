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
from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import to_page_path
from query_ui.http.content_security import POLICY_HEADER
from query_ui.http.response_format import HTML_MEDIA_TYPE
from query_ui.reconciliation.candidate_json import (
    expand_entity_id,
    find_candidates,
    shorten_entity_iri,
)
from query_ui.reconciliation.data_extension import (
    format_rows_as_lists,
    format_rows_as_objects,
    parse_data_extension_query,
)
from query_ui.reconciliation.manifest import build_manifest
from query_ui.reconciliation.matching.match_name import match_name
from query_ui.reconciliation.matching.match_query import MatchQuery
from query_ui.reconciliation.properties import PROPERTIES, list_properties_of_type
from query_ui.reconciliation.property_values import fetch_cell_values, fetch_property_texts
from query_ui.reconciliation.query_batch import (
    ReconciliationQuery,
    parse_batch,
    parse_json_object,
    parse_match_request,
    parse_reconciliation_query,
)
from query_ui.reconciliation.types import TYPES, build_type_object, format_types, parse_types

blueprint = Blueprint("reconcile", __name__, url_prefix="/reconcile")

MAX_SUGGESTIONS = 10
PREVIEW_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"
"""A preview stands inside the pages of clients, and loads no more than the style sheet."""


@blueprint.route("", methods=["GET", "POST"], strict_slashes=False)
def service() -> Response:
    """The manifest; with ``queries`` a batch of candidates, with ``extend`` a table of values."""
    given = request.values
    if "queries" in given:
        batch = parse_batch(given["queries"])
        return build_jsonp_response(
            {key: {"result": list_candidates(asked)} for key, asked in batch.items()}
        )
    if "extend" in given:
        return build_jsonp_response(
            build_extension(parse_json_object(given["extend"], "extend"), format_rows_as_objects)
        )
    if "query" in given:
        return build_jsonp_response({"result": list_candidates(parse_single_query(given["query"]))})
    return build_jsonp_response(build_manifest(request.url_root.rstrip("/")))


def parse_single_query(text: str) -> ReconciliationQuery:
    """One query, as clients of 0.1 ask it: a JSON object, or the bare text."""
    if text.lstrip().startswith("{"):
        return parse_reconciliation_query(parse_json_object(text, "query"), "query")
    return parse_reconciliation_query({"query": text}, "query")


@blueprint.post("/match", endpoint="matched")
def match_queries() -> Response:
    """Candidates as the draft of 1.0 has it: ``{"queries": [{"conditions": […]}]}``."""
    asked = parse_match_request(request.get_json(silent=True))
    return build_jsonp_response(
        {"results": [{"candidates": list_candidates(one)} for one in asked]}
    )


@blueprint.post("/extend")
def columns() -> Response:
    """Values as the draft of 1.0 has it: ``{"ids": […], "properties": […]}``."""
    return build_jsonp_response(
        build_extension(request.get_json(silent=True), format_rows_as_lists)
    )


def list_candidates(query: ReconciliationQuery) -> list[dict[str, Any]]:
    """The candidates for one query."""
    shared = current_graph()
    return find_candidates(shared.name_index, query, partial(fetch_property_texts, shared))


def build_extension(extension_request: Any, build_rows: Any) -> dict[str, Any]:
    """The head and the rows of an extension."""
    extension = parse_data_extension_query(extension_request)
    values = fetch_cell_values(current_graph(), extension.iri_by_id.values(), extension.columns)
    meta = [column.property.to_column_header() for column in extension.columns]
    return {"meta": meta, "rows": build_rows(extension, values)}


@blueprint.get("/properties")
def properties() -> Response:
    """The properties that a column can be extended with: ``?type=&limit=``."""
    type_ = request.args.get("type", "")
    parse_types(type_, "type")
    limit = request.args.get("limit", "")
    some = list_properties_of_type(type_)[
        : int(limit) if limit.isdigit() and limit != "0" else None
    ]
    return build_jsonp_response(
        {"type": type_, "properties": [one.to_property_object() for one in some]}
    )


@blueprint.get("/suggest/entity", endpoint="suggested")
def suggest_entities() -> Response:
    """Things whose names begin so, or are like it: ``?prefix=&type=``."""
    prefix, names = parse_prefix(), current_graph().name_index
    types = parse_types(request.args.get("type", ""), "type")
    question = MatchQuery(prefix, types=types)
    some = (
        names.find_entities_by_prefix(question.key, types, MAX_SUGGESTIONS) if question.key else []
    )
    if len(some) < MAX_SUGGESTIONS:
        some += [m.thing for m in match_name(names, question, MAX_SUGGESTIONS)]
    unique = list({thing.iri: thing for thing in some}.values())[:MAX_SUGGESTIONS]
    return build_jsonp_response(
        {
            "result": [
                {
                    "id": shorten_entity_iri(thing.iri),
                    "name": thing.label,
                    "description": thing.note,
                    "notable": format_types(thing.types),
                }
                for thing in unique
            ]
        }
    )


@blueprint.get("/suggest/property", endpoint="suggested_properties")
def suggest_properties() -> Response:
    """Properties with these letters in their names."""
    some = (one.to_property_object() for one in PROPERTIES.values())
    return build_jsonp_response(
        {"result": [one for one in some if matches_prefix(one["id"], one["name"])]}
    )


@blueprint.get("/suggest/type", endpoint="suggested_types")
def suggest_types() -> Response:
    """Types with these letters in their names."""
    some = (build_type_object(name) for name in TYPES)
    return build_jsonp_response(
        {"result": [one for one in some if matches_prefix(one["id"], one["name"])]}
    )


def parse_prefix() -> str:
    """What was typed so far."""
    return request.args.get("prefix", "").strip()


def matches_prefix(*names: str) -> bool:
    """Whether one of the names holds what was typed."""
    return any(parse_prefix().lower() in name.lower() for name in names)


@blueprint.get("/flyout/entity")
def flyout() -> Response:
    """A few lines about a thing, as JSON with HTML in it."""
    return build_flyout(request.args.get("id", ""), render_preview(request.args.get("id", "")))


@blueprint.get("/flyout/property")
def flyout_property() -> Response:
    """What a property is."""
    name = request.args.get("id", "")
    known = PROPERTIES.get(name)
    if known is None:
        raise NotFound(f"There is no property “{name}”.")
    return build_flyout(
        name, render_template("flyout.html", title=known.name, text=known.description)
    )


@blueprint.get("/flyout/type")
def flyout_type() -> Response:
    """What a type is."""
    name = request.args.get("id", "")
    if name not in TYPES:
        raise NotFound(f"There is no type “{name}”.")
    text = f"{current_graph().name_index.count(name):,} in this release"
    return build_flyout(name, render_template("flyout.html", title=TYPES[name], text=text))


def build_flyout(name: str, html: str) -> Response:
    """The answer of a flyout service."""
    return build_jsonp_response({"id": name, "html": html})


@blueprint.get("/preview")
def preview() -> Response:
    """A few lines about a thing, as a page for the frame of a client: ``?id=``."""
    shown = render_preview(request.args.get("id", ""), "preview.html")
    return Response(shown, mimetype=HTML_MEDIA_TYPE, headers={POLICY_HEADER: PREVIEW_POLICY})


def render_preview(name: str, template: str = "flyout.html") -> str:
    """A few lines about a thing; NotFound for an id that names none."""
    thing = current_graph().name_index.find_entity(expand_entity_id(name))
    if thing is None:
        raise NotFound(f"There is nothing here with the id “{name}”.")
    word = ", ".join(one["name"] for one in format_types(thing.types))
    address = request.url_root.rstrip("/") + to_page_path(thing.iri)
    return render_template(template, title=thing.label, kind=word, text=thing.note, address=address)


def build_jsonp_response(value: dict[str, Any]) -> Response:
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
