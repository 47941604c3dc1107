"""Puts the description together: every route of the application and every saved query."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loader.queries.query_files import SavedQuery
from query_ui.endpoint.openapi import responses
from query_ui.endpoint.openapi.request_parameters import in_path, of_query, shared
from query_ui.endpoint.openapi.routes import ASKED, PROBLEMS, ROUTES, SPARQL_QUERY, Route
from query_ui.endpoint.openapi.schemas import Fields, schemas
from query_ui.engine.result_formats import Kind
from query_ui.graph.parameter_choices import Options

VERSION = "3.1.1"
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_TITLE = "Concordat knowledge graph"
_SAID = (
    "A knowledge graph of UK research-culture practice: SPARQL, saved queries and pages. Errors "
    "are problem documents (RFC 9457). GET can be asked as HEAD too."
)


@dataclass(frozen=True, slots=True)
class Place:
    """A route as the application has it: ``rule`` in Flask's words, ``said`` what its view says."""

    rule: str
    endpoint: str
    method: str
    said: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved query with what its parameters may be, each with the address of its choices.

    ``kind`` of answer and ``example`` of one by media type are None and {} where not known.
    """

    query: SavedQuery
    choices: Mapping[str, tuple[Options, str]]
    kind: Kind | None
    example: Fields


def document(version: str, places: Iterable[Place], saved: Iterable[Saved]) -> Fields:
    """The whole description, without the routes that ``routes.ROUTES`` does not know."""
    paths: Fields = {}
    for place in sorted(places, key=lambda place: (place.rule, place.method)):
        route = ROUTES.get((place.endpoint, place.method))
        if route:
            path = paths.setdefault(template(place.rule), {})
            path[place.method.lower()] = _operation(place, route)
    _add_query_method(paths)
    for one in saved:
        paths[f"/queries/{one.query.name}"] = {"get": _ask(one)}
    return {
        "openapi": VERSION,
        "info": {"title": _TITLE, "version": version, "description": _SAID},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "parameters": shared(),
            "responses": responses.components(PROBLEMS),
        },
    }


def template(rule: str) -> str:
    """The path of a rule as OpenAPI writes it: ``/things/{kind}/{name}``."""
    return _PART.sub(r"{\g<name>}", rule)


def _operation(place: Place, route: Route) -> Fields:
    """One method of one route."""
    parts = [in_path(found["name"], _about(found)) for found in _PART.finditer(place.rule)]
    found: Fields = {
        "operationId": _identifier(place),
        "summary": place.said or route.said,
        "tags": [place.endpoint.partition(".")[0]],
        "parameters": [*parts, *route.parameters],
        "responses": responses.responses(route.content, route.problems, route.status),
    }
    if route.body:
        found["requestBody"] = route.body
    return found


def _about(part: re.Match[str]) -> str:
    suffix = (
        " It may end in the suffix of a format, such as .ttl." if part["name"] != "short" else ""
    )
    return f"The {part['name']} in the address.{suffix}"


def _identifier(place: Place) -> str:
    """A name for generated code: one view may stand at more than one address."""
    parts = [place.method.lower(), *place.endpoint.split(".")]
    if "<suffix>" in place.rule:
        parts.append("as")
    return "_".join(parts)


def _add_query_method(paths: Fields) -> None:
    """The QUERY method of the endpoint, for which OpenAPI has no place before 3.2."""
    endpoint = paths.get("/sparql", {})
    if "post" in endpoint:
        endpoint["x-query"] = endpoint["post"] | {"operationId": "query_sparql_page"}


def _ask(saved: Saved) -> Fields:
    """A saved query as an operation of its own."""
    query = saved.query
    own = [of_query(p, *saved.choices[p.name]) for p in query.parameters]
    every = [{"$ref": f"#/components/parameters/{name}"} for name in shared()]
    return {
        "operationId": f"ask_{query.name.replace('-', '_')}",
        "summary": query.title,
        "description": f"{query.summary} Suffixes such as .csv do what Accept does; .rq gives "
        "the SPARQL with the values in it.",
        "tags": ["saved queries"],
        "parameters": [*own, *every],
        "responses": responses.responses(_content(saved), ASKED),
    }


def _content(saved: Saved) -> Fields:
    """The formats of the answer, with an example where there is one."""
    found: Fields = responses.page() | SPARQL_QUERY
    if saved.kind != "graph":
        found |= responses.table(*([saved.kind] if saved.kind else ("bindings", "boolean")))
    if saved.kind in ("graph", None):
        found |= responses.graph()
    for media_type, example in saved.example.items():
        found[media_type] = found[media_type] | {"example": example}
    return found
