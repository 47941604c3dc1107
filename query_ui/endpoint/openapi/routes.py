"""What the address of a route does not tell: what it answers, and what it may be asked besides."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loader.release.search_index.search_schema import KINDS
from query_ui.endpoint.openapi.request_parameters import in_query
from query_ui.endpoint.openapi.responses import ANYTHING, graph, json, page, table
from query_ui.endpoint.openapi.schemas import STRING, Fields, array, record
from query_ui.endpoint.protocol_request import FORM, QUERY
from query_ui.engine.result_formats import FORMATS, NAMES
from query_ui.graph.facets import FACETS
from query_ui.graph.search_index.search_query import LONGEST

COMMON = (400, 404, 406, 410, 413, 502, 503)
"""Problems that any route may have."""
ASKED = (304, *COMMON, 403, 415, 422, 429, 504)
"""Problems of routes that run what a visitor asks."""
PROBLEMS = tuple(sorted({*COMMON, *ASKED} - {304}))


@dataclass(frozen=True, slots=True)
class Route:
    """``content`` by media type is what comes with ``status``; ``body`` what is sent to it.

    ``said`` is what the route is for, where its view does not say so.
    """

    content: Fields = field(default_factory=page)
    parameters: tuple[Fields, ...] = ()
    status: int = 200
    problems: tuple[int, ...] = COMMON
    body: Fields | None = None
    said: str = ""


_PAGE = in_query("page", {"type": "integer", "minimum": 1}, "The page of the list, from 1.")
_SIZE = in_query("size", {"type": "integer", "minimum": 1}, "Things on a page, else 50.")
_CHOICES: tuple[Fields, ...] = (
    *(
        in_query(facet.name, array(STRING), f"{facet.word}: any of these.")
        for facet in FACETS.values()
    ),
    *(
        in_query(facet.parameter, {"enum": ["any", "all"]}, f"Any or all of {facet.name}.")
        for facet in FACETS.values()
    ),
    in_query("sort", {"enum": ["title", "-title", "-year"]}, "The order of the list."),
    in_query("more", STRING, "The facet of which more values are to be offered."),
)
_PAGES = Route(page() | json("List"), (_PAGE, _SIZE, *_CHOICES), problems=(*COMMON, 422))
_SEARCH: tuple[Fields, ...] = (
    in_query("q", STRING | {"maxLength": LONGEST}, "Words; a phrase in quotation marks."),
    in_query("kind", {"enum": list(KINDS)}, "One kind of things, in pages."),
    _PAGE,
)
_COVERAGE: tuple[Fields, ...] = (
    in_query("of", STRING, "What is counted: case-study, initiative or commitment."),
    in_query("rows", STRING, "The facet of the rows."),
    in_query("columns", STRING, "The facet of the columns."),
    in_query("below", STRING, "A concept, to keep the rows to it and what is below it."),
    in_query("page", {"type": "integer", "minimum": 1}, "The page of rows, from 1."),
    in_query("across", {"type": "integer", "minimum": 1}, "The page of columns, from 1."),
)
_DOWNLOAD = Route(
    json("List") | table("bindings") | graph(),
    (_PAGE, _SIZE, *_CHOICES),
    problems=ASKED,
)
_THING = Route(page() | graph())
_THING_WITH_LIST = Route(page() | graph(), (_PAGE,))
_MOVED = Route({}, status=303)
_TEXT = Route({"text/plain": {"schema": STRING}})
_XML = Route({"application/xml": {"schema": STRING}})
_JSON: Fields = {"application/json": {"schema": {"type": "object"}}}

_SPARQL: tuple[Fields, ...] = (
    in_query("query", STRING, "One SPARQL query; without it the service describes itself."),
    in_query("default-graph-uri", array(STRING), "Graphs that are merged as the default graph."),
    in_query("named-graph-uri", array(STRING), "Graphs that GRAPH may name."),
    in_query("format", STRING, f"html, {', '.join(NAMES)}; overrules Accept."),
    in_query(
        "timeout",
        {"type": "number", "minimum": 1},
        "Seconds after which the query is to be stopped, if that is sooner than the limit.",
    ),
)
_QUESTION: Fields = {
    "required": True,
    "content": {
        QUERY: {"schema": STRING},
        FORM: {
            "schema": record(
                {"query": STRING},
                {one["name"]: one["schema"] for one in _SPARQL if one["name"] != "query"},
            )
        },
    },
}
_ANSWER: Fields = page() | table("bindings", "boolean") | graph()
_ENDPOINT = Route(_ANSWER, _SPARQL, problems=ASKED)
SPARQL_QUERY: Fields = {QUERY: {"schema": STRING}}
_QUERY = Route(_ANSWER | SPARQL_QUERY, problems=ASKED)
_DOCTOR = Route(page() | _JSON, _SPARQL, problems=ASKED)
_FILE = Route({"*/*": {"schema": ANYTHING}}, problems=(304, *COMMON))
_IRIS: Fields = {
    "required": True,
    "content": {
        "application/json": {"schema": record({"iris": array(STRING) | {"maxItems": 500}})}
    },
}
_KEEP: Fields = {"required": True, "content": {FORM: {"schema": record({"query": STRING})}}}
_GRAPHS: Fields = {form.media_type: {"schema": ANYTHING} for form in FORMATS["graph"]}

_PREFIX = in_query("prefix", STRING, "What was typed so far.")
_ID = in_query("id", STRING, "The id of a thing, a property or a type.", required=True)
_TYPE = in_query("type", STRING, "A type, or the address of a scheme.")
_CALLBACK = in_query("callback", STRING, "A function to call with the answer, as JSONP does.")
_MATCHED: Fields = {
    name: in_query(name, STRING, said)["schema"]
    for name, said in (("queries", "A batch as JSON."), ("extend", "Ids and properties as JSON."))
}
_BATCH = record({}, _MATCHED) | {"anyOf": [{"required": [name]} for name in _MATCHED]}
_RECONCILIATION: tuple[Fields, ...] = (
    in_query("queries", STRING, "A batch of queries as JSON, by key."),
    in_query("extend", STRING, "Ids and properties as JSON."),
    in_query("query", STRING, "One query, as clients of 0.1 send it."),
    _CALLBACK,
)


def _sent(schema: Fields, kind: str = "application/json") -> Fields:
    """The body of a request that has to have one."""
    return {"required": True, "content": {kind: {"schema": schema}}}


_TABLE = _sent(record({"table": STRING}, {"column": STRING, "type": STRING}), FORM)
_RECONCILING: Mapping[tuple[str, str], Route] = {
    ("reconcile.service", "GET"): Route(_JSON, _RECONCILIATION),
    ("reconcile.service", "POST"): Route(_JSON, body=_sent(_BATCH, FORM)),
    ("reconcile.matched", "POST"): Route(
        _JSON, body=_sent(record({"queries": array({"type": "object"})}))
    ),
    ("reconcile.columns", "POST"): Route(
        _JSON, body=_sent(record({"ids": array(STRING), "properties": array({"type": "object"})}))
    ),
    ("reconcile.properties", "GET"): Route(_JSON, (_TYPE, _CALLBACK)),
    ("reconcile.suggested", "GET"): Route(_JSON, (_PREFIX, _TYPE, _CALLBACK)),
    ("reconcile.suggested_properties", "GET"): Route(_JSON, (_PREFIX, _CALLBACK)),
    ("reconcile.suggested_types", "GET"): Route(_JSON, (_PREFIX, _CALLBACK)),
    ("reconcile.flyout", "GET"): Route(_JSON, (_ID, _CALLBACK)),
    ("reconcile.flyout_property", "GET"): Route(_JSON, (_ID, _CALLBACK)),
    ("reconcile.flyout_type", "GET"): Route(_JSON, (_ID, _CALLBACK)),
    ("reconcile.preview", "GET"): Route(page(), (_ID,)),
}

ROUTES: Mapping[tuple[str, str], Route] = {
    ("home.home", "GET"): Route(),
    ("case_studies.listed", "GET"): _PAGES,
    ("case_studies.page", "GET"): _THING,
    ("initiatives.listed", "GET"): _PAGES,
    ("initiatives.page", "GET"): _THING,
    ("organisations.listed", "GET"): _PAGES,
    ("organisations.page", "GET"): _THING,
    ("concepts.schemes", "GET"): Route(),
    ("concepts.hierarchy", "GET"): _THING,
    ("concepts.page", "GET"): _THING_WITH_LIST,
    ("graphs.listed", "GET"): _PAGES,
    ("graphs.page", "GET"): _THING_WITH_LIST,
    ("downloads.listed", "GET"): _DOWNLOAD,
    ("downloads.others", "GET"): _DOWNLOAD,
    ("things.commitments", "GET"): _PAGES,
    ("things.page", "GET"): _THING,
    ("things.any_page", "GET"): Route(
        page() | graph(),
        (
            in_query("iri", STRING, "Any IRI that the graph speaks of.", required=True),
            in_query("format", STRING, "The name of a format of graphs; overrules Accept."),
        ),
    ),
    ("ontology.terms", "GET"): Route(),
    ("identifiers.thing", "GET"): _MOVED,
    ("identifiers.concept", "GET"): _MOVED,
    ("identifiers.scheme", "GET"): _MOVED,
    ("identifiers.graph", "GET"): _MOVED,
    ("about.related", "GET"): Route(),
    ("about_linking.explain_matching", "GET"): Route(),
    ("lookup.one", "GET"): Route(
        page() | _JSON, (in_query("id", STRING, "An identifier."),), problems=(*COMMON, 422)
    ),
    ("lookup.many", "POST"): Route(_JSON, body=_sent(record({"ids": array(STRING)}))),
    ("linking.page", "GET"): Route(),
    ("linking.matched", "POST"): Route(page(), body=_TABLE),
    ("linking.mapping_set", "POST"): Route(
        {"text/tab-separated-values": {"schema": STRING}}, body=_TABLE
    ),
    ("linking.joined", "POST"): Route({"text/csv": {"schema": STRING}}, body=_TABLE),
    ("changes.page", "GET"): Route(page() | _JSON),
    ("changes.of_release", "GET"): Route(page() | _JSON),
    ("changes.as_json", "GET"): Route(_JSON),
    ("changes.feed", "GET"): Route({"application/atom+xml": {"schema": STRING}}),
    ("coverage.page", "GET"): Route(page(), _COVERAGE, problems=(*COMMON, 422)),
    ("coverage.table", "GET"): Route(
        {"text/csv": {"schema": STRING}}, _COVERAGE[:4], problems=(*COMMON, 422)
    ),
    ("search.page", "GET"): Route(page() | _JSON, _SEARCH, problems=COMMON),
    ("search.as_json", "GET"): Route(_JSON, _SEARCH),
    ("search.suggestions", "GET"): Route(_JSON, _SEARCH[:1]),
    **_RECONCILING,
    ("queries.listed", "GET"): Route(page() | json("SavedQueries")),
    ("queries.listed_as_json", "GET"): Route(json("SavedQueries")),
    ("queries.page", "GET"): _QUERY,
    ("queries.choices", "GET"): Route(
        json("Choices"),
        (in_query("parameter", STRING, "The parameter whose choices are wanted."),),
    ),
    ("sparql.page", "GET"): _ENDPOINT,
    ("sparql.page", "POST"): Route(_ANSWER, _SPARQL[1:], problems=ASKED, body=_QUESTION),
    ("doctor.doctor", "GET"): _DOCTOR,
    ("doctor.doctor", "POST"): Route(page() | _JSON, _SPARQL[1:], problems=ASKED, body=_QUESTION),
    ("completion.known", "GET"): Route(_JSON, problems=(304, *COMMON)),
    ("naming.named", "POST"): Route(_JSON, problems=(*COMMON, 415), body=_IRIS),
    ("permalinks.made", "POST"): Route(
        page() | _JSON, status=201, problems=(*COMMON, 415), body=_KEEP
    ),
    ("permalinks.followed", "GET"): _MOVED,
    ("dataset.described", "GET"): _THING,
    ("dataset.whole", "GET"): _FILE,
    ("dataset.statistics", "GET"): Route(_GRAPHS),
    ("dataset.examples", "GET"): Route(_GRAPHS),
    ("dataset.example", "GET"): Route(_GRAPHS),
    ("openapi.described", "GET"): Route(_JSON, problems=(304, *COMMON)),
    ("health.live", "GET"): _TEXT,
    ("health.ready", "GET"): _TEXT,
    ("metrics.counted", "GET"): _TEXT,
    ("crawling.rules", "GET"): _TEXT,
    ("crawling.index", "GET"): _XML,
    ("crawling.pages", "GET"): _XML,
    ("static", "GET"): replace(_FILE, said="A style sheet, a picture or a script of the site."),
}
"""By endpoint and method."""
