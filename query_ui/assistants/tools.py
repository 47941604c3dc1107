"""The tools of the Model Context Protocol server, each a few requests to the site.

https://modelcontextprotocol.io/specification/2025-06-18/server/tools
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urljoin

from query_ui.assistants.entity_finder import find_entity
from query_ui.assistants.query_finder import merge_ranked_queries, rank_saved_queries
from query_ui.assistants.site_client import Fields, SiteClient, SiteReply, ToolError
from query_ui.assistants.tool_result import (
    DEFAULT_ROWS,
    MAX_ROWS,
    ResultOrigin,
    Row,
    RowPage,
    build_result,
    flatten_bindings,
    require_same_release,
)
from query_ui.graph.ask.question_words import MAX_QUESTION_LENGTH
from query_ui.graph.entity_types import ENTITY_TYPE_LABELS
from query_ui.graph.named_queries import NAMED_QUERY_PATH

Arguments: TypeAlias = Mapping[str, Any]

SEARCH_ROWS = 20
"""Rows of a page of a search of one kind; a search of all kinds has the first of each."""
CHOICES_SHOWN = 10
SPARQL_MEDIA_TYPES = "application/sparql-results+json, application/n-triples;q=0.9"
_PAGE = {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 1}
_SIZE = {"type": "integer", "minimum": 1, "maximum": MAX_ROWS, "default": DEFAULT_ROWS}
_PAGING = {"page": _PAGE, "size": _SIZE}
_ENTITY = {
    "type": "string",
    "minLength": 1,
    "maxLength": 1000,
    "description": "The IRI of an entity, its identifier such as a ROR, or its exact name.",
}
_VALUE = {"type": "string", "maxLength": 1000}
_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "As 2028-01-31."}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: name, description for the assistant, schema of its arguments, and function."""

    name: str
    title: str
    description: str
    properties: Mapping[str, Any]
    required: Sequence[str]
    run: Callable[[SiteClient, Arguments], dict[str, Any]]

    @property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments; other arguments are refused."""
        return {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.required),
            "additionalProperties": False,
        }


def search_entities(site: SiteClient, arguments: Arguments) -> dict[str, Any]:
    """Search the full text of all records, organisations and concepts."""
    text, kind, page = arguments["words"], arguments.get("kind", ""), arguments.get("page", 1)
    if page > 1 and not kind:
        raise ToolError("Only a search with a kind has pages. Give kind, or leave page out.")
    fields: Fields = [("q", text), *([("kind", kind), ("page", str(page))] if kind else [])]
    reply = site.get("/search.json", fields)
    columns = ("iri", "label", "kind", "snippet", "url")
    rows = [{name: item.get(name, "") for name in columns} for item in reply.data["items"]]
    rows = [{**row, "url": urljoin(site.root, row["url"])} for row in rows]
    total = reply.data["counts"].get(kind, 0) if kind else reply.data["total"]
    found = RowPage(columns, rows, total, page, SEARCH_ROWS if kind else max(1, total))
    url = site.build_url("/search", fields)
    return build_result(site, found, ResultOrigin(f"Search for {text}", "", reply.release, url))


def find_queries(site: SiteClient, arguments: Arguments) -> dict[str, Any]:
    """Find the saved queries that answer a question, then those that share words with it."""
    page, size, words = arguments.get("page", 1), arguments.get("size", 5), arguments["words"]
    reply = site.get("/queries.json")
    answers = site.get("/ask.json", [("q", words)])
    require_same_release(reply.release, answers.release)
    ranked = merge_ranked_queries(
        answers.data["items"], rank_saved_queries(words, reply.data["items"]), reply.data["items"]
    )
    columns = ("name", "title", "summary", "columns", "parameters", "answers", "values", "unused")
    begin = (page - 1) * size
    rows = [{name: item[name] for name in columns} for item in ranked[begin : begin + size]]
    origin = ResultOrigin("Saved queries", "", reply.release, site.build_url("/queries"))
    return build_result(site, RowPage(columns, rows, len(ranked), page, size), origin)


def run_saved_query(site: SiteClient, arguments: Arguments) -> dict[str, Any]:
    """Run a saved query with values for its parameters."""
    values = arguments.get("parameters", {})
    pairs = [
        (name, text)
        for name, given in values.items()
        for text in (given if isinstance(given, list) else [given])
    ]
    return fetch_saved_query(site, arguments["name"], pairs, arguments)


def fetch_saved_query(
    site: SiteClient, name: str, values: Fields, paging: Arguments, citation: str = ""
) -> dict[str, Any]:
    """Return a page of rows of a saved query; raise ToolError that says what is allowed."""
    catalogue = site.get("/queries.json")
    known = {item["name"]: item for item in catalogue.data["items"]}
    if name not in known:
        near = [item["name"] for item in rank_saved_queries(name, catalogue.data["items"])[:5]]
        more = f" Similar ones: {', '.join(near)}." if near else ""
        raise ToolError(f"There is no saved query “{name[:200]}”.{more} find_query finds others.")
    path, item = f"/queries/{name}", known[name]
    names = [one["name"] for one in item["parameters"]]
    unknown = sorted({field for field, _ in values} - set(names))
    if unknown:
        raise ToolError(
            f"{name} has no parameter {unknown[0][:100]}. {describe_parameters(site, item)}"
        )
    missing = [p["name"] for p in item["parameters"] if p["required"]]
    missing = [one for one in missing if one not in dict(values)]
    if missing:
        raise ToolError(f"Give {', '.join(missing)}. {describe_parameters(site, item)}")
    try:
        text = site.get(f"{path}.rq", values, "application/sparql-query, */*;q=0.1")
    except ToolError as error:
        raise ToolError(f"{error} {describe_parameters(site, item)}") from error
    reply = site.post_query(text.text, SPARQL_MEDIA_TYPES)
    require_same_release(catalogue.release, text.release, reply.release)
    url = site.build_url(path, values)
    title, contract = item["title"], item["contract"]
    origin = ResultOrigin(title, text.text, reply.release, url, citation, contract)
    return build_result(site, select_page(reply, paging), origin)


def describe_parameters(site: SiteClient, item: Mapping[str, Any]) -> str:
    """Return the sentence that lists the parameters of a saved query with some of their choices."""
    if not item["parameters"]:
        return f"{item['name']} has no parameters."
    lines = []
    for parameter in item["parameters"]:
        name = parameter["name"]
        line = f"{name} ({parameter['label']}{', required' if parameter['required'] else ''})"
        if parameter.get("choices"):
            fields = [("parameter", name)]
            data = site.get(f"/queries/{item['name']}/choices.json", fields).data
            shown = [one["label"] for one in data["items"][:CHOICES_SHOWN]]
            line += f", one of {data['total']} choices such as {', '.join(shown)}"
        lines.append(line)
    return f"Parameters of {item['name']}: {'; '.join(lines)}."


def describe_entity(site: SiteClient, arguments: Arguments) -> dict[str, Any]:
    """Return every statement about an entity with its source."""
    iri = find_entity(site, arguments["entity"])
    citation = site.get("/cite", [("iri", iri), ("format", "text")], "*/*").text.strip()
    name = "statements-and-their-sources"
    return fetch_saved_query(site, name, [("thing", iri)], arguments, citation)


def run_sparql(site: SiteClient, arguments: Arguments) -> dict[str, Any]:
    """Run a SPARQL query; a result that is a graph has one row for each statement."""
    text = arguments["query"]
    reply = site.post_query(text, SPARQL_MEDIA_TYPES)
    url = site.build_url("/sparql", [("query", text)])
    origin = ResultOrigin("SPARQL query", text, reply.release, url)
    return build_result(site, select_page(reply, arguments), origin)


def select_page(reply: SiteReply, paging: Arguments) -> RowPage:
    """Return the page of rows of a complete result that the arguments ask for."""
    columns, rows = read_sparql_rows(reply)
    page, size = paging.get("page", 1), paging.get("size", DEFAULT_ROWS)
    return RowPage(columns, rows[(page - 1) * size : page * size], len(rows), page, size)


def read_sparql_rows(reply: SiteReply) -> tuple[Sequence[str], list[Row]]:
    """Return columns and rows of a result: of a graph, one column with a statement in each row.

    https://www.w3.org/TR/n-triples/
    """
    if not reply.headers["Content-Type"].startswith("application/sparql-results+json"):
        return ("statement",), [{"statement": line} for line in reply.text.split("\n") if line]
    data = reply.data
    if "boolean" in data:
        return ("boolean",), [{"boolean": data["boolean"]}]
    return data["head"]["vars"], flatten_bindings(data)


def find_related(site: SiteClient, arguments: Arguments) -> dict[str, Any]:
    """Return the records that share keywords with an entity."""
    iri = find_entity(site, arguments["entity"])
    address = NAMED_QUERY_PATH + "works-sharing-keywords"
    reply = site.get(address, [("thing", iri), ("format", "json")])
    url = site.build_url(address, [("thing", iri)])
    title = f"Records that share keywords with {iri}"
    origin = ResultOrigin(title, reply.sparql, reply.release, url)
    return build_result(site, select_page(reply, arguments), origin)


def list_due_dates(site: SiteClient, arguments: Arguments) -> dict[str, Any]:
    """Return what falls due in a period by the rules of a register, for one or all institutions."""
    names = ("register", "from", "to", "institution")
    values = [(name, arguments[name]) for name in names if name in arguments]
    return fetch_saved_query(site, "due-in-period", values, arguments)


def compare_institutions(site: SiteClient, arguments: Arguments) -> dict[str, Any]:
    """Return what institutions have, each item with the institutions that have it."""
    values = [("institution", text) for text in arguments["institutions"]]
    return fetch_saved_query(site, "compare-institutions", values, arguments)


TOOLS = (
    Tool(
        "search",
        "Search",
        "Search case studies, initiatives, organisations, keywords and other entities by words. "
        "Without kind: the first results of each kind. With kind: all results of it, in pages.",
        {
            "words": {"type": "string", "minLength": 1, "maxLength": 500},
            "kind": {"enum": list(ENTITY_TYPE_LABELS)},
            "page": _PAGE,
        },
        ("words",),
        search_entities,
    ),
    Tool(
        "describe_entity",
        "Describe an entity with its sources",
        "Every statement about one entity, each with document, lines, words, rule, origin (source, "
        "curator or rule) and trust, and the sentence to cite.",
        {"entity": _ENTITY, **_PAGING},
        ("entity",),
        describe_entity,
    ),
    Tool(
        "find_query",
        "Find a saved query",
        "Find saved queries by words, such as those of a user who asks something. They are "
        "checked against a contract in every release: prefer them to SPARQL of your own. Each row "
        "has name, columns and parameters. Those with answers: true answer it with values, which "
        "are ready for run_query; unused are words of the user that change nothing. The others "
        "only share words with it.",
        {
            "words": {"type": "string", "minLength": 1, "maxLength": MAX_QUESTION_LENGTH},
            "page": _PAGE,
            "size": {**_SIZE, "maximum": 20, "default": 5},
        },
        ("words",),
        find_queries,
    ),
    Tool(
        "run_query",
        "Run a saved query",
        "Run a saved query by its name. A value of a parameter is a label, a short name or an IRI; "
        "a list has several values. A parameter without a value keeps its default.",
        {
            "name": {"type": "string", "minLength": 1, "maxLength": 200},
            "parameters": {
                "type": "object",
                "maxProperties": 20,
                "additionalProperties": {
                    "oneOf": [_VALUE, {"type": "array", "items": _VALUE, "maxItems": 50}]
                },
            },
            **_PAGING,
        },
        ("name",),
        run_saved_query,
    ),
    Tool(
        "run_sparql",
        "Run SPARQL",
        "Run one SPARQL 1.1 query (SELECT, ASK, CONSTRUCT or DESCRIBE) within limits of time, "
        "memory and size. The default graph is the union of all graphs. Read the resource of the "
        "ontology for classes and properties first. Updates and SERVICE are refused.",
        {"query": {"type": "string", "minLength": 1, "maxLength": 100_000}, **_PAGING},
        ("query",),
        run_sparql,
    ),
    Tool(
        "find_related",
        "Find related records",
        "Records that share keywords with an entity, those that share most first.",
        {"entity": _ENTITY, **_PAGING},
        ("entity",),
        find_related,
    ),
    Tool(
        "list_due_dates",
        "List what falls due",
        "What institutions, or one, must do in a period after an event in a register, such as the "
        "HR Excellence in Research Award, with the rule and its source.",
        {"register": _VALUE, "from": _DAY, "to": _DAY, "institution": _VALUE, **_PAGING},
        ("from", "to"),
        list_due_dates,
    ),
    Tool(
        "compare_institutions",
        "Compare institutions",
        "Practices, keywords, obligations, registers and groups of two to five institutions, each "
        "item with those that have it. What one lacks may only not have been read.",
        {
            "institutions": {"type": "array", "items": _VALUE, "minItems": 2, "maxItems": 5},
            **_PAGING,
        },
        ("institutions",),
        compare_institutions,
    ),
)
"""All tools, in the order in which they are listed."""
TOOL_BY_NAME = {tool.name: tool for tool in TOOLS}
