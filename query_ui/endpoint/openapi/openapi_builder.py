"""Puts the description together: every route of the application and every saved query."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loader.queries.query_files import SavedQuery
from query_ui.endpoint.openapi import responses
from query_ui.endpoint.openapi.request_parameters import (
    build_common_parameters,
    build_path_parameter,
    build_saved_query_parameter,
)
from query_ui.endpoint.openapi.routes import (
    ALL_PROBLEMS,
    QUERY_PROBLEMS,
    ROUTES,
    SPARQL_QUERY,
    RouteDescription,
)
from query_ui.endpoint.openapi.schemas import JsonObject, build_component_schemas
from query_ui.engine.result_formats import ResultKind
from query_ui.graph.parameter_choices import ChoiceList

OPENAPI_VERSION = "3.1.1"
_PATH_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_TITLE = "Concordat knowledge graph"
_DESCRIPTION = (
    "A knowledge graph of UK research-culture practice: SPARQL, saved queries and pages. Errors "
    "are problem documents (RFC 9457). GET can be asked as HEAD too."
)


@dataclass(frozen=True, slots=True)
class AppRoute:
    """A route as the application has it: ``rule`` in Flask's words, ``said`` what its view says."""

    rule: str
    endpoint: str
    method: str
    summary: str


@dataclass(frozen=True, slots=True)
class SavedQueryDescription:
    """A saved query with what its parameters may be, each with the address of its choices.

    ``kind`` of answer and ``example`` of one by media type are None and {} where not known.
    """

    query: SavedQuery
    choices: Mapping[str, tuple[ChoiceList, str]]
    kind: ResultKind | None
    example_by_media_type: JsonObject


def build_openapi_document(
    version: str, app_routes: Iterable[AppRoute], saved_queries: Iterable[SavedQueryDescription]
) -> JsonObject:
    """The whole description, without the routes that ``routes.ROUTES`` does not know."""
    paths: JsonObject = {}
    for place in sorted(app_routes, key=lambda place: (place.rule, place.method)):
        route = ROUTES.get((place.endpoint, place.method))
        if route:
            path = paths.setdefault(to_path_template(place.rule), {})
            path[place.method.lower()] = _build_operation(place, route)
    _add_query_method(paths)
    for one in saved_queries:
        paths[f"/queries/{one.query.name}"] = {"get": _build_saved_query_operation(one)}
    return {
        "openapi": OPENAPI_VERSION,
        "info": {"title": _TITLE, "version": version, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": build_component_schemas(),
            "parameters": build_common_parameters(),
            "responses": responses.build_problem_responses(ALL_PROBLEMS),
        },
    }


def to_path_template(rule: str) -> str:
    """The path of a rule as OpenAPI writes it: ``/things/{kind}/{name}``."""
    return _PATH_PARAMETER.sub(r"{\g<name>}", rule)


def _build_operation(app_route: AppRoute, route: RouteDescription) -> JsonObject:
    """One method of one route."""
    parts = [
        build_path_parameter(found["name"], _describe_path_parameter(found))
        for found in _PATH_PARAMETER.finditer(app_route.rule)
    ]
    found: JsonObject = {
        "operationId": _build_operation_id(app_route),
        "summary": app_route.summary or route.summary,
        "tags": [app_route.endpoint.partition(".")[0]],
        "parameters": [*parts, *route.parameters],
        "responses": responses.build_responses(route.content, route.problem_statuses, route.status),
    }
    if route.request_body:
        found["requestBody"] = route.request_body
    return found


def _describe_path_parameter(part: re.Match[str]) -> str:
    suffix = (
        " It may end in the suffix of a format, such as .ttl." if part["name"] != "short" else ""
    )
    return f"The {part['name']} in the address.{suffix}"


def _build_operation_id(app_route: AppRoute) -> str:
    """A name for generated code: one view may stand at more than one address."""
    parts = [app_route.method.lower(), *app_route.endpoint.split(".")]
    if "<suffix>" in app_route.rule:
        parts.append("as")
    return "_".join(parts)


def _add_query_method(paths: JsonObject) -> None:
    """The QUERY method of the endpoint, for which OpenAPI has no place before 3.2."""
    endpoint = paths.get("/sparql", {})
    if "post" in endpoint:
        endpoint["x-query"] = endpoint["post"] | {"operationId": "query_sparql_page"}


def _build_saved_query_operation(saved: SavedQueryDescription) -> JsonObject:
    """A saved query as an operation of its own."""
    query = saved.query
    own = [build_saved_query_parameter(p, *saved.choices[p.name]) for p in query.parameters]
    every = [{"$ref": f"#/components/parameters/{name}"} for name in build_common_parameters()]
    return {
        "operationId": f"ask_{query.name.replace('-', '_')}",
        "summary": query.title,
        "description": f"{query.summary} Suffixes such as .csv do what Accept does; .rq gives "
        "the SPARQL with the values in it.",
        "tags": ["saved queries"],
        "parameters": [*own, *every],
        "responses": responses.build_responses(_build_saved_query_content(saved), QUERY_PROBLEMS),
    }


def _build_saved_query_content(saved: SavedQueryDescription) -> JsonObject:
    """The formats of the answer, with an example where there is one."""
    found: JsonObject = responses.build_page_content() | SPARQL_QUERY
    if saved.kind != "graph":
        found |= responses.build_table_content(
            *([saved.kind] if saved.kind else ("bindings", "boolean"))
        )
    if saved.kind in ("graph", None):
        found |= responses.build_graph_content()
    for media_type, example in saved.example_by_media_type.items():
        found[media_type] = found[media_type] | {"example": example}
    return found
