"""Routes of the Reconciliation Service API, which OpenRefine and other clients use.

Versions 0.1, 0.2 and the draft of 1.0:
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
import re
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import NotFound

from loader.errors import UsageError
from query_ui.http.content_security import POLICY_HEADER
from query_ui.http.negotiation import HTML_MEDIA_TYPE
from query_ui.http.request_input import parse_whole_number, read_json_body
from query_ui.http.request_limits import check_length
from query_ui.http.task_gate import Task, current_limits, run_task
from query_ui.reconciliation.candidate_json import find_candidates
from query_ui.reconciliation.data_extension import (
    format_rows_as_lists,
    format_rows_as_objects,
    parse_data_extension_query,
)
from query_ui.reconciliation.manifest import build_manifest
from query_ui.reconciliation.matching.match_name import match_name
from query_ui.reconciliation.matching.scoring import MatchQuery
from query_ui.reconciliation.properties import describe_unknown_types, parse_known_types
from query_ui.reconciliation.query_batch import (
    ReconciliationQuery,
    parse_batch,
    parse_json_object,
    parse_match_request,
    parse_reconciliation_query,
)
from query_ui.reconciliation.registries.registry_name import RegistryNameConverter
from query_ui.reconciliation.response_language import add_language_headers, translate_names
from query_ui.reconciliation.served_services import current_service

blueprint = Blueprint("reconcile", __name__, url_prefix="/reconcile")
blueprint.after_request(add_language_headers)
REGISTRY_PREFIX = "/reconcile/<registry:registry>"
"""Address at which the same routes serve a registry."""

MAX_SUGGESTIONS = 10
"""Largest number of entities that a suggest request returns."""
PREVIEW_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"
"""Content Security Policy of a preview: any site may frame it; it loads style sheets only."""


@blueprint.record
def add_converter(state: BlueprintSetupState) -> None:
    """Let the routes of a registry accept its name."""
    state.app.url_map.converters["registry"] = RegistryNameConverter


@blueprint.url_value_preprocessor
def select_service(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Select the service by the name of a registry in the address."""
    g.registry_name = (values or {}).pop("registry", "")


@blueprint.route("", methods=["GET", "POST"], strict_slashes=False)
def service() -> Response:
    """Return the manifest, candidates for ``queries``, or values of properties for ``extend``."""
    given = request.values
    if "queries" in given:
        return answer_batch(parse_json_object(given["queries"], "queries"))
    if "extend" in given:
        return build_jsonp_response(
            build_extension(parse_json_object(given["extend"], "extend"), format_rows_as_objects)
        )
    if "query" in given:
        query = parse_single_query(given["query"])
        with run_task() as task:
            return build_jsonp_response(build_result(query, task, "result"))
    if request.method == "POST" and not request.form and request.get_data():
        return answer_json_body(read_json_body())
    root_url, batch_size = request.url_root.rstrip("/"), current_limits().max_batch_queries
    return build_jsonp_response(build_manifest(current_service(), root_url, batch_size))


def answer_json_body(body: Any) -> Response:
    """Answer JSON in place of a form: the fields of 0.2 as values, or a request of the draft.

    Raise UsageError for any other JSON.
    """
    fields = body if isinstance(body, dict) else {}
    if isinstance(fields.get("queries"), list):
        return answer_match_request(fields)
    if isinstance(fields.get("queries"), dict):
        return answer_batch(fields["queries"])
    if isinstance(fields.get("extend"), dict):
        return build_jsonp_response(build_extension(fields["extend"], format_rows_as_objects))
    raise UsageError(
        "The body has to be a form with queries or extend, or a JSON object such as "
        '{"queries": {"q0": {"query": "…"}}} or {"extend": {"ids": […], "properties": […]}}.'
    )


def answer_batch(batch: dict[str, Any]) -> Response:
    """Return the candidates for a batch of version 0.1 or 0.2."""
    queries = parse_batch(batch, current_service().properties, current_limits())
    with run_task() as task:
        results = {key: build_result(query, task, "result") for key, query in queries.items()}
    return build_jsonp_response(results)


def parse_single_query(text: str) -> ReconciliationQuery:
    """Parse a single query of version 0.1: a JSON object, or plain text."""
    is_object = text.lstrip().startswith("{")
    query = parse_json_object(text, "query") if is_object else {"query": text}
    return parse_reconciliation_query(
        query, "query", current_service().properties, current_limits()
    )


@blueprint.post("/match", endpoint="matched")
def match_queries() -> Response:
    """Return candidates in the draft 1.0 format, for ``{"queries": [{"conditions": […]}]}``.

    https://reconciliation-api.github.io/specs/draft/
    """
    return answer_match_request(read_json_body())


def answer_match_request(body: Any) -> Response:
    """Return the candidates for the queries of a request in the draft 1.0 format."""
    queries = parse_match_request(body, current_service().properties, current_limits())
    with run_task() as task:
        results = [build_result(query, task, "candidates") for query in queries]
    return build_jsonp_response({"results": results})


@blueprint.post("/extend")
def columns() -> Response:
    """Return property values in the draft 1.0 format, for ``{"ids": […], "properties": […]}``.

    https://reconciliation-api.github.io/specs/draft/
    """
    return build_jsonp_response(build_extension(read_json_body(), format_rows_as_lists))


def build_result(query: ReconciliationQuery, task: Task, field: str) -> dict[str, Any]:
    """Return the result of one query as a JSON object; one slice of a task.

    It has the candidates, best first, in ``field``, and warnings about types and properties that
    do not exist, if any. No entity has an unknown type.
    """
    task.check()
    service = current_service()
    candidates = find_candidates(service, query)
    unknown_types = describe_unknown_types(
        query.question.types, service.types, service.name_index.types
    )
    warnings = [*filter(None, [unknown_types, query.warning])]
    result: dict[str, Any] = {field: translate_names(service, candidates)}
    return result | ({"warnings": warnings} if warnings else {})


def build_extension(extension_request: Any, build_rows: Any) -> dict[str, Any]:
    """Return a data extension response: ``meta``, the columns, and ``rows``.

    ``build_rows`` serialises the rows in the format of one version of the API.
    """
    service = current_service()
    extension = parse_data_extension_query(
        extension_request, service.properties, service.expand_id, current_limits()
    )
    iris = extension.iri_by_id.values()
    with run_task() as task:
        values = service.fetch_cell_values(iris, extension.columns, task.check)
        values = {cell: translate_names(service, items) for cell, items in values.items()}
    meta = [column.property.to_column_header() for column in extension.columns]
    return {"meta": meta, "rows": build_rows(extension, values)}


@blueprint.get("/properties")
@blueprint.get("/extend/propose", endpoint="proposed_properties")
def properties() -> Response:
    """List the properties that a column can be extended with: ``?type=&limit=``.

    The manifest names the first address; the draft of 1.0 fixes the second.
    """
    type_ = request.args.get("type", "")
    service = current_service()
    parse_known_types(type_, "type", service.types, service.name_index.types)
    limit = request.args.get("limit", "")
    wanted = None if limit in ("", "0") else parse_whole_number("limit", limit)
    some = service.list_properties_of_type(type_)[:wanted]
    return build_jsonp_response(
        {"type": type_, "properties": [one.to_property_object() for one in some]}
    )


@blueprint.get("/suggest/entity", endpoint="suggested")
def suggest_entities() -> Response:
    """Suggest entities whose names begin with a prefix or resemble it: ``?prefix=&type=``."""
    prefix, service = parse_prefix(), current_service()
    names, wanted = service.name_index, request.args.get("type", "")
    types = service.list_filter_types(parse_known_types(wanted, "type", service.types, names.types))
    question = MatchQuery(prefix, types=types)
    some = (
        names.find_entities_by_prefix(question.key, types, MAX_SUGGESTIONS) if question.key else []
    )
    if len(some) < MAX_SUGGESTIONS:
        some += [m.entity for m in match_name(names, question, MAX_SUGGESTIONS)]
    unique = list({entity.iri: entity for entity in some}.values())[:MAX_SUGGESTIONS]
    suggestions = [
        {
            "id": service.shorten_iri(entity.iri),
            "name": entity.label,
            "description": service.describe_entity(entity),
            "notable": service.format_types(entity.types),
        }
        for entity in unique
    ]
    return build_jsonp_response({"result": translate_names(service, suggestions)})


@blueprint.get("/suggest/property", endpoint="suggested_properties")
def suggest_properties() -> Response:
    """Suggest properties whose id or name contains a text: ``?prefix=``."""
    some = (one.to_property_object() for one in current_service().properties.values())
    return build_jsonp_response(
        {"result": [one for one in some if matches_prefix(one["id"], one["name"])]}
    )


@blueprint.get("/suggest/type", endpoint="suggested_types")
def suggest_types() -> Response:
    """Suggest types whose id or name contains a text: ``?prefix=``."""
    service = current_service()
    some = service.format_types(service.types)
    return build_jsonp_response(
        {"result": [one for one in some if matches_prefix(one["id"], one["name"])]}
    )


def parse_prefix() -> str:
    """Return the ``prefix`` of the request without surrounding spaces.

    Raise RequestTooLarge where it is too long for a name.
    """
    prefix = request.args.get("prefix", "").strip()
    check_length("prefix", prefix, current_limits().max_name_characters)
    return prefix


def matches_prefix(*names: str) -> bool:
    """Return whether one of ``names`` contains the prefix of the request, in either case."""
    return any(parse_prefix().lower() in name.lower() for name in names)


@blueprint.get("/flyout/entity")
def flyout() -> Response:
    """Return a short description of an entity as HTML within JSON: ``?id=``."""
    return build_flyout(request.args.get("id", ""), render_preview(request.args.get("id", "")))


@blueprint.get("/flyout/property")
def flyout_property() -> Response:
    """Return a short description of a property as HTML within JSON: ``?id=``."""
    name = request.args.get("id", "")
    known = current_service().properties.get(name)
    if known is None:
        raise NotFound(f"There is no property “{name}”.")
    return build_flyout(
        name, render_template("flyout.html", title=known.name, text=known.description)
    )


@blueprint.get("/flyout/type")
def flyout_type() -> Response:
    """Return a short description of a type as HTML within JSON: ``?id=``."""
    name, service = request.args.get("id", ""), current_service()
    if name not in service.types:
        raise NotFound(f"There is no type “{name}”.")
    text = f"{service.count_entities(name):,} {service.scope}"
    return build_flyout(name, render_template("flyout.html", title=service.types[name], text=text))


def build_flyout(name: str, html: str) -> Response:
    """Return the response of a flyout service."""
    return build_jsonp_response({"id": name, "html": html})


@blueprint.get("/preview")
def preview() -> Response:
    """Return a short description of an entity as a page to show in a frame: ``?id=``."""
    shown = render_preview(request.args.get("id", ""), "preview.html")
    return Response(shown, mimetype=HTML_MEDIA_TYPE, headers={POLICY_HEADER: PREVIEW_POLICY})


def render_preview(name: str, template: str = "flyout.html") -> str:
    """Render the description of the entity with the id ``name``; raise NotFound if none has it."""
    service = current_service()
    entity = service.name_index.find_entity(service.expand_id(name))
    if entity is None:
        raise NotFound(f"There is nothing here with the id “{name}”.")
    word = ", ".join(one["name"] for one in service.format_types(entity.types))
    text, path = service.describe_entity(entity), service.build_entity_path(entity.iri)
    address = request.url_root.rstrip("/") + path if path.startswith("/") else path
    return render_template(template, title=entity.label, kind=word, text=text, address=address)


def build_jsonp_response(value: dict[str, Any]) -> Response:
    """Return ``value`` as JSON, or as a JSONP script where the request has a ``callback``.

    Raise UsageError where ``callback`` is not the name of a function.
    """
    body = json.dumps(value, ensure_ascii=False)
    callback = request.args.get("callback", "")
    if not callback:
        return Response(body, mimetype="application/json")
    if not re.fullmatch(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", callback, re.ASCII):
        raise UsageError("callback has to be the name of a function.")
    # JSON allows these line separators in a string; JavaScript before ES2019 does not.
    safe = body.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    # The leading comment keeps the callback from being the first bytes, which a plug-in or sniffer
    # could take for another type of content.
    return Response(f"/**/{callback}({safe});", mimetype="text/javascript")
