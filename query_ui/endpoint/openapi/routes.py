"""What the address of a route does not tell: what it answers, and what it may be asked besides."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loader.release.search_index.search_schema import ENTITY_KINDS
from query_ui.endpoint.openapi.request_parameters import build_query_parameter
from query_ui.endpoint.openapi.responses import (
    ANY_SCHEMA,
    build_graph_content,
    build_json_content,
    build_page_content,
    build_table_content,
)
from query_ui.endpoint.openapi.schemas import (
    STRING_SCHEMA,
    JsonObject,
    build_array_schema,
    build_object_schema,
)
from query_ui.endpoint.protocol_request import FORM_MEDIA_TYPE, QUERY_MEDIA_TYPE
from query_ui.engine.result_formats import FORMAT_NAMES, FORMATS_BY_KIND
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.search_index.search_query import MAX_QUERY_LENGTH

COMMON_PROBLEMS = (400, 404, 406, 410, 413, 502, 503)
"""Problems that any route may have."""
QUERY_PROBLEMS = (304, *COMMON_PROBLEMS, 403, 415, 422, 429, 504)
"""Problems of routes that run what a visitor asks."""
ALL_PROBLEMS = tuple(sorted({*COMMON_PROBLEMS, *QUERY_PROBLEMS} - {304}))


@dataclass(frozen=True, slots=True)
class RouteDescription:
    """``content`` by media type is what comes with ``status``; ``request_body`` what is sent to it.

    ``summary`` is what the route is for, where its view does not say so.
    """

    content: JsonObject = field(default_factory=build_page_content)
    parameters: tuple[JsonObject, ...] = ()
    status: int = 200
    problem_statuses: tuple[int, ...] = COMMON_PROBLEMS
    request_body: JsonObject | None = None
    summary: str = ""


_PAGE = build_query_parameter(
    "page", {"type": "integer", "minimum": 1}, "The page of the list, from 1."
)
_SIZE = build_query_parameter(
    "size", {"type": "integer", "minimum": 1}, "Things on a page, else 50."
)
_FILTER_PARAMETERS: tuple[JsonObject, ...] = (
    *(
        build_query_parameter(
            facet.name, build_array_schema(STRING_SCHEMA), f"{facet.word}: any of these."
        )
        for facet in FACET_BY_NAME.values()
    ),
    *(
        build_query_parameter(
            facet.parameter, {"enum": ["any", "all"]}, f"Any or all of {facet.name}."
        )
        for facet in FACET_BY_NAME.values()
    ),
    build_query_parameter("sort", {"enum": ["title", "-title", "-year"]}, "The order of the list."),
    build_query_parameter(
        "more", STRING_SCHEMA, "The facet of which more values are to be offered."
    ),
)
_LIST_PAGE = RouteDescription(
    build_page_content() | build_json_content("List"),
    (_PAGE, _SIZE, *_FILTER_PARAMETERS),
    problem_statuses=(*COMMON_PROBLEMS, 422),
)
_SEARCH_PARAMETERS: tuple[JsonObject, ...] = (
    build_query_parameter(
        "q", STRING_SCHEMA | {"maxLength": MAX_QUERY_LENGTH}, "Words; a phrase in quotation marks."
    ),
    build_query_parameter("kind", {"enum": list(ENTITY_KINDS)}, "One kind of things, in pages."),
    _PAGE,
)
_COVERAGE_PARAMETERS: tuple[JsonObject, ...] = (
    build_query_parameter(
        "of", STRING_SCHEMA, "What is counted: case-study, initiative or commitment."
    ),
    build_query_parameter("rows", STRING_SCHEMA, "The facet of the rows."),
    build_query_parameter("columns", STRING_SCHEMA, "The facet of the columns."),
    build_query_parameter(
        "below", STRING_SCHEMA, "A concept, to keep the rows to it and what is below it."
    ),
    build_query_parameter("page", {"type": "integer", "minimum": 1}, "The page of rows, from 1."),
    build_query_parameter(
        "across", {"type": "integer", "minimum": 1}, "The page of columns, from 1."
    ),
)
_DOWNLOAD = RouteDescription(
    build_json_content("List") | build_table_content("bindings") | build_graph_content(),
    (_PAGE, _SIZE, *_FILTER_PARAMETERS),
    problem_statuses=QUERY_PROBLEMS,
)
_ENTITY_PAGE = RouteDescription(build_page_content() | build_graph_content())
_ENTITY_PAGE_WITH_LIST = RouteDescription(build_page_content() | build_graph_content(), (_PAGE,))
_REDIRECT = RouteDescription({}, status=303)
_TEXT = RouteDescription({"text/plain": {"schema": STRING_SCHEMA}})
_XML = RouteDescription({"application/xml": {"schema": STRING_SCHEMA}})
_JSON_CONTENT: JsonObject = {"application/json": {"schema": {"type": "object"}}}

_SPARQL_PARAMETERS: tuple[JsonObject, ...] = (
    build_query_parameter(
        "query", STRING_SCHEMA, "One SPARQL query; without it the service describes itself."
    ),
    build_query_parameter(
        "default-graph-uri",
        build_array_schema(STRING_SCHEMA),
        "Graphs that are merged as the default graph.",
    ),
    build_query_parameter(
        "named-graph-uri", build_array_schema(STRING_SCHEMA), "Graphs that GRAPH may name."
    ),
    build_query_parameter(
        "format", STRING_SCHEMA, f"html, {', '.join(FORMAT_NAMES)}; overrules Accept."
    ),
    build_query_parameter(
        "timeout",
        {"type": "number", "minimum": 1},
        "Seconds after which the query is to be stopped, if that is sooner than the limit.",
    ),
)
_SPARQL_BODY: JsonObject = {
    "required": True,
    "content": {
        QUERY_MEDIA_TYPE: {"schema": STRING_SCHEMA},
        FORM_MEDIA_TYPE: {
            "schema": build_object_schema(
                {"query": STRING_SCHEMA},
                {
                    one["name"]: one["schema"]
                    for one in _SPARQL_PARAMETERS
                    if one["name"] != "query"
                },
            )
        },
    },
}
_SPARQL_CONTENT: JsonObject = (
    build_page_content() | build_table_content("bindings", "boolean") | build_graph_content()
)
_ENDPOINT = RouteDescription(_SPARQL_CONTENT, _SPARQL_PARAMETERS, problem_statuses=QUERY_PROBLEMS)
SPARQL_QUERY: JsonObject = {QUERY_MEDIA_TYPE: {"schema": STRING_SCHEMA}}
_SAVED_QUERY = RouteDescription(_SPARQL_CONTENT | SPARQL_QUERY, problem_statuses=QUERY_PROBLEMS)
_DOCTOR = RouteDescription(
    build_page_content() | _JSON_CONTENT, _SPARQL_PARAMETERS, problem_statuses=QUERY_PROBLEMS
)
_FILE = RouteDescription({"*/*": {"schema": ANY_SCHEMA}}, problem_statuses=(304, *COMMON_PROBLEMS))
_IRIS_BODY: JsonObject = {
    "required": True,
    "content": {
        "application/json": {
            "schema": build_object_schema(
                {"iris": build_array_schema(STRING_SCHEMA) | {"maxItems": 500}}
            )
        }
    },
}
_PERMALINK_BODY: JsonObject = {
    "required": True,
    "content": {FORM_MEDIA_TYPE: {"schema": build_object_schema({"query": STRING_SCHEMA})}},
}
_GRAPH_CONTENT: JsonObject = {
    form.media_type: {"schema": ANY_SCHEMA} for form in FORMATS_BY_KIND["graph"]
}

_PREFIX = build_query_parameter("prefix", STRING_SCHEMA, "What was typed so far.")
_ID = build_query_parameter(
    "id", STRING_SCHEMA, "The id of a thing, a property or a type.", required=True
)
_TYPE = build_query_parameter("type", STRING_SCHEMA, "A type, or the address of a scheme.")
_CALLBACK = build_query_parameter(
    "callback", STRING_SCHEMA, "A function to call with the answer, as JSONP does."
)
_RECONCILIATION_FIELDS: JsonObject = {
    name: build_query_parameter(name, STRING_SCHEMA, said)["schema"]
    for name, said in (("queries", "A batch as JSON."), ("extend", "Ids and properties as JSON."))
}
_RECONCILIATION_BODY = build_object_schema({}, _RECONCILIATION_FIELDS) | {
    "anyOf": [{"required": [name]} for name in _RECONCILIATION_FIELDS]
}
_RECONCILIATION_PARAMETERS: tuple[JsonObject, ...] = (
    build_query_parameter("queries", STRING_SCHEMA, "A batch of queries as JSON, by key."),
    build_query_parameter("extend", STRING_SCHEMA, "Ids and properties as JSON."),
    build_query_parameter("query", STRING_SCHEMA, "One query, as clients of 0.1 send it."),
    _CALLBACK,
)


def _build_request_body(schema: JsonObject, media_type: str = "application/json") -> JsonObject:
    """The body of a request that has to have one."""
    return {"required": True, "content": {media_type: {"schema": schema}}}


_TABLE_BODY = _build_request_body(
    build_object_schema({"table": STRING_SCHEMA}, {"column": STRING_SCHEMA, "type": STRING_SCHEMA}),
    FORM_MEDIA_TYPE,
)
_RECONCILIATION_ROUTES: Mapping[tuple[str, str], RouteDescription] = {
    ("reconcile.service", "GET"): RouteDescription(_JSON_CONTENT, _RECONCILIATION_PARAMETERS),
    ("reconcile.service", "POST"): RouteDescription(
        _JSON_CONTENT, request_body=_build_request_body(_RECONCILIATION_BODY, FORM_MEDIA_TYPE)
    ),
    ("reconcile.matched", "POST"): RouteDescription(
        _JSON_CONTENT,
        request_body=_build_request_body(
            build_object_schema({"queries": build_array_schema({"type": "object"})})
        ),
    ),
    ("reconcile.columns", "POST"): RouteDescription(
        _JSON_CONTENT,
        request_body=_build_request_body(
            build_object_schema(
                {
                    "ids": build_array_schema(STRING_SCHEMA),
                    "properties": build_array_schema({"type": "object"}),
                }
            )
        ),
    ),
    ("reconcile.properties", "GET"): RouteDescription(_JSON_CONTENT, (_TYPE, _CALLBACK)),
    ("reconcile.suggested", "GET"): RouteDescription(_JSON_CONTENT, (_PREFIX, _TYPE, _CALLBACK)),
    ("reconcile.suggested_properties", "GET"): RouteDescription(
        _JSON_CONTENT, (_PREFIX, _CALLBACK)
    ),
    ("reconcile.suggested_types", "GET"): RouteDescription(_JSON_CONTENT, (_PREFIX, _CALLBACK)),
    ("reconcile.flyout", "GET"): RouteDescription(_JSON_CONTENT, (_ID, _CALLBACK)),
    ("reconcile.flyout_property", "GET"): RouteDescription(_JSON_CONTENT, (_ID, _CALLBACK)),
    ("reconcile.flyout_type", "GET"): RouteDescription(_JSON_CONTENT, (_ID, _CALLBACK)),
    ("reconcile.preview", "GET"): RouteDescription(build_page_content(), (_ID,)),
}

ROUTES: Mapping[tuple[str, str], RouteDescription] = {
    ("home.home", "GET"): RouteDescription(),
    ("case_studies.listed", "GET"): _LIST_PAGE,
    ("case_studies.page", "GET"): _ENTITY_PAGE,
    ("initiatives.listed", "GET"): _LIST_PAGE,
    ("initiatives.page", "GET"): _ENTITY_PAGE,
    ("organisations.listed", "GET"): _LIST_PAGE,
    ("organisations.page", "GET"): _ENTITY_PAGE,
    ("concepts.schemes", "GET"): RouteDescription(),
    ("concepts.hierarchy", "GET"): _ENTITY_PAGE,
    ("concepts.page", "GET"): _ENTITY_PAGE_WITH_LIST,
    ("graphs.listed", "GET"): _LIST_PAGE,
    ("graphs.page", "GET"): _ENTITY_PAGE_WITH_LIST,
    ("downloads.listed", "GET"): _DOWNLOAD,
    ("downloads.others", "GET"): _DOWNLOAD,
    ("things.commitments", "GET"): _LIST_PAGE,
    ("things.page", "GET"): _ENTITY_PAGE,
    ("things.any_page", "GET"): RouteDescription(
        build_page_content() | build_graph_content(),
        (
            build_query_parameter(
                "iri", STRING_SCHEMA, "Any IRI that the graph speaks of.", required=True
            ),
            build_query_parameter(
                "format", STRING_SCHEMA, "The name of a format of graphs; overrules Accept."
            ),
        ),
    ),
    ("ontology.terms", "GET"): RouteDescription(),
    ("identifiers.thing", "GET"): _REDIRECT,
    ("identifiers.concept", "GET"): _REDIRECT,
    ("identifiers.scheme", "GET"): _REDIRECT,
    ("identifiers.graph", "GET"): _REDIRECT,
    ("about.related", "GET"): RouteDescription(),
    ("about_linking.explain_matching", "GET"): RouteDescription(),
    ("lookup.one", "GET"): RouteDescription(
        build_page_content() | _JSON_CONTENT,
        (build_query_parameter("id", STRING_SCHEMA, "An identifier."),),
        problem_statuses=(*COMMON_PROBLEMS, 422),
    ),
    ("lookup.many", "POST"): RouteDescription(
        _JSON_CONTENT,
        request_body=_build_request_body(
            build_object_schema({"ids": build_array_schema(STRING_SCHEMA)})
        ),
    ),
    ("linking.page", "GET"): RouteDescription(),
    ("linking.matched", "POST"): RouteDescription(build_page_content(), request_body=_TABLE_BODY),
    ("linking.mapping_set", "POST"): RouteDescription(
        {"text/tab-separated-values": {"schema": STRING_SCHEMA}}, request_body=_TABLE_BODY
    ),
    ("linking.joined", "POST"): RouteDescription(
        {"text/csv": {"schema": STRING_SCHEMA}}, request_body=_TABLE_BODY
    ),
    ("changes.page", "GET"): RouteDescription(build_page_content() | _JSON_CONTENT),
    ("changes.of_release", "GET"): RouteDescription(build_page_content() | _JSON_CONTENT),
    ("changes.as_json", "GET"): RouteDescription(_JSON_CONTENT),
    ("changes.feed", "GET"): RouteDescription({"application/atom+xml": {"schema": STRING_SCHEMA}}),
    ("coverage.page", "GET"): RouteDescription(
        build_page_content(), _COVERAGE_PARAMETERS, problem_statuses=(*COMMON_PROBLEMS, 422)
    ),
    ("coverage.table", "GET"): RouteDescription(
        {"text/csv": {"schema": STRING_SCHEMA}},
        _COVERAGE_PARAMETERS[:4],
        problem_statuses=(*COMMON_PROBLEMS, 422),
    ),
    ("search.page", "GET"): RouteDescription(
        build_page_content() | _JSON_CONTENT, _SEARCH_PARAMETERS, problem_statuses=COMMON_PROBLEMS
    ),
    ("search.as_json", "GET"): RouteDescription(_JSON_CONTENT, _SEARCH_PARAMETERS),
    ("search.suggestions", "GET"): RouteDescription(_JSON_CONTENT, _SEARCH_PARAMETERS[:1]),
    **_RECONCILIATION_ROUTES,
    ("queries.listed", "GET"): RouteDescription(
        build_page_content() | build_json_content("SavedQueries")
    ),
    ("queries.listed_as_json", "GET"): RouteDescription(build_json_content("SavedQueries")),
    ("queries.page", "GET"): _SAVED_QUERY,
    ("queries.choices", "GET"): RouteDescription(
        build_json_content("Choices"),
        (
            build_query_parameter(
                "parameter", STRING_SCHEMA, "The parameter whose choices are wanted."
            ),
        ),
    ),
    ("sparql.page", "GET"): _ENDPOINT,
    ("sparql.page", "POST"): RouteDescription(
        _SPARQL_CONTENT,
        _SPARQL_PARAMETERS[1:],
        problem_statuses=QUERY_PROBLEMS,
        request_body=_SPARQL_BODY,
    ),
    ("doctor.doctor", "GET"): _DOCTOR,
    ("doctor.doctor", "POST"): RouteDescription(
        build_page_content() | _JSON_CONTENT,
        _SPARQL_PARAMETERS[1:],
        problem_statuses=QUERY_PROBLEMS,
        request_body=_SPARQL_BODY,
    ),
    ("completion.known", "GET"): RouteDescription(
        _JSON_CONTENT, problem_statuses=(304, *COMMON_PROBLEMS)
    ),
    ("naming.named", "POST"): RouteDescription(
        _JSON_CONTENT, problem_statuses=(*COMMON_PROBLEMS, 415), request_body=_IRIS_BODY
    ),
    ("permalinks.made", "POST"): RouteDescription(
        build_page_content() | _JSON_CONTENT,
        status=201,
        problem_statuses=(*COMMON_PROBLEMS, 415),
        request_body=_PERMALINK_BODY,
    ),
    ("permalinks.followed", "GET"): _REDIRECT,
    ("dataset.described", "GET"): _ENTITY_PAGE,
    ("dataset.whole", "GET"): _FILE,
    ("dataset.statistics", "GET"): RouteDescription(_GRAPH_CONTENT),
    ("dataset.examples", "GET"): RouteDescription(_GRAPH_CONTENT),
    ("dataset.example", "GET"): RouteDescription(_GRAPH_CONTENT),
    ("openapi.described", "GET"): RouteDescription(
        _JSON_CONTENT, problem_statuses=(304, *COMMON_PROBLEMS)
    ),
    ("health.live", "GET"): _TEXT,
    ("health.ready", "GET"): _TEXT,
    ("metrics.counted", "GET"): _TEXT,
    ("crawling.rules", "GET"): _TEXT,
    ("crawling.index", "GET"): _XML,
    ("crawling.pages", "GET"): _XML,
    ("static", "GET"): replace(_FILE, summary="A style sheet, a picture or a script of the site."),
}
"""By endpoint and method."""
