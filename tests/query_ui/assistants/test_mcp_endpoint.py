"""The tools over HTTP, driven by the client of the official package, and hostile messages."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
import urllib3
from flask import Flask
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.http.rate_limit import WorkRateLimiter
from query_ui.http.request_limits import RequestLimits

STUDY = "https://w3id.org/concordat-kg/id/case-study/shipped"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@asynccontextmanager
async def open_session(address: str) -> AsyncIterator[ClientSession]:
    """A session of the official client."""
    async with (
        streamable_http_client(f"{address}/mcp") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


def call(address: str, name: str, arguments: dict[str, Any]) -> CallToolResult:
    """The result of one tool; a result that is no error has the required shape."""

    async def exchange() -> CallToolResult:
        async with open_session(address) as session:
            await session.list_tools()  # the client then checks results against the schema
            return await session.call_tool(name, arguments)

    return anyio.run(exchange)


def rows_of(result: CallToolResult) -> list[dict[str, Any]]:
    """The rows of a result that is no error."""
    assert not result.isError, result.content
    assert result.structuredContent is not None
    return list(result.structuredContent["rows"])


def message_of(result: CallToolResult) -> str:
    """The sentence of an error."""
    assert result.isError
    return str(getattr(result.content[0], "text", ""))


def send(
    address: str, body: Any, headers: dict[str, str] | None = None, method: str = "POST"
) -> urllib3.BaseHTTPResponse:
    """One raw request."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return urllib3.request(
        method, f"{address}/mcp", body=data, headers={**HEADERS, **(headers or {})}, retries=False
    )


def message(method: str, **params: Any) -> dict[str, Any]:
    """A JSON-RPC request."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def test_tools_say_what_they_read_and_that_they_only_read(assistant_address: str) -> None:
    async def exchange() -> None:
        async with open_session(assistant_address) as session:
            tools = (await session.list_tools()).tools
            assert [tool.name for tool in tools] == [
                *("search", "describe_entity", "find_query", "run_query", "run_sparql"),
                *("find_related", "list_due_dates", "compare_institutions"),
            ]
            for tool in tools:
                assert tool.annotations is not None and tool.annotations.readOnlyHint
                assert tool.outputSchema and tool.description
                assert tool.inputSchema["additionalProperties"] is False
            await session.send_ping()

    anyio.run(exchange)


def test_resources_are_ontology_schemes_and_guides(assistant_address: str) -> None:
    async def exchange() -> None:
        async with open_session(assistant_address) as session:
            found = (await session.list_resources()).resources
            uris = {str(one.uri) for one in found}
            assert "concordat-kg://ontology" in uris
            assert "concordat-kg://scheme/keywords" in uris
            guide = "concordat-kg://guide/querying"
            assert guide in uris
            text = (await session.read_resource(guide)).contents[0]  # type: ignore[arg-type]
            assert getattr(text, "text", "").startswith("# Querying")
            scheme = "concordat-kg://scheme/keywords"
            text = (await session.read_resource(scheme)).contents[0]  # type: ignore[arg-type]
            assert "prefLabel" in getattr(text, "text", "")
            for wrong in ("concordat-kg://scheme/nothing", "file:///etc/passwd"):
                with pytest.raises(McpError, match="There is no resource"):
                    await session.read_resource(wrong)  # type: ignore[arg-type]

    anyio.run(exchange)


def test_a_saved_query_gives_rows_total_query_release_and_citation(
    assistant_address: str, assistant_app: Flask
) -> None:
    arguments = {"name": "by-keyword", "parameters": {"keyword": "training"}, "size": 1}
    result = call(assistant_address, "run_query", arguments)
    found = result.structuredContent
    expected = assistant_app.test_client().get("/queries/by-keyword.json?keyword=training").json
    assert found is not None and expected is not None
    assert found["total"] == len(expected["results"]["bindings"]) > 0
    assert rows_of(result)[0]["study"] == expected["results"]["bindings"][0]["study"]["value"]
    assert "concept/keywords/training" in found["query"] and "SELECT" in found["query"]
    assert found["release"][:12] in found["citation"]
    assert found["url"] == f"{assistant_address}/queries/by-keyword?keyword=training"
    assert found["truncated"] is (found["total"] > 1)
    assert found["next_page"] == (2 if found["total"] > 1 else None)


def test_pages_of_rows_are_all_rows(assistant_address: str) -> None:
    query = "SELECT ?s { ?s a ?class } ORDER BY ?s ?class LIMIT 5"
    arguments: dict[str, Any] = {"query": query, "size": 2}
    pages = [
        call(assistant_address, "run_sparql", {**arguments, "page": page}) for page in (1, 2, 3, 9)
    ]
    whole = call(assistant_address, "run_sparql", {"query": query})
    assert [row for page in pages for row in rows_of(page)] == rows_of(whole)
    assert [len(rows_of(page)) for page in pages] == [2, 2, 1, 0]
    following = [page.structuredContent["next_page"] for page in pages if page.structuredContent]
    assert following == [2, 3, None, None]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ASK { ?s ?p ?o }", [{"boolean": True}]),
        ("ASK { <urn:no> ?p ?o }", [{"boolean": False}]),
        ("SELECT ?n { VALUES ?n { 1 2 } }", [{"n": "1"}, {"n": "2"}]),
        (
            "CONSTRUCT { <urn:a> <urn:b> 'c' } { }",
            [{"statement": '<urn:a> <urn:b> "c" .'}],
        ),
    ],
)
def test_sparql_of_each_form(
    assistant_address: str, query: str, expected: list[dict[str, Any]]
) -> None:
    assert rows_of(call(assistant_address, "run_sparql", {"query": query})) == expected


def test_search_describe_and_relate(assistant_address: str) -> None:
    hits = rows_of(call(assistant_address, "search", {"words": "training"}))
    assert hits and all(hit["url"].startswith(f"{assistant_address}/") for hit in hits)
    kind = hits[0]["kind"]
    of_kind = call(assistant_address, "search", {"words": "training", "kind": kind})
    assert {row["kind"] for row in rows_of(of_kind)} == {kind}
    assert of_kind.structuredContent is not None
    assert of_kind.structuredContent["total"] == len(rows_of(of_kind))
    study = rows_of(call(assistant_address, "run_query", {"name": "by-keyword"}))[0]
    described = call(assistant_address, "describe_entity", {"entity": study["study"]})
    assert described.structuredContent is not None
    assert f"“{study['title']}”. Concordat" in described.structuredContent["citation"]
    related = rows_of(call(assistant_address, "find_related", {"entity": study["study"]}))
    assert study["study"] not in {row["related"] for row in related}
    assert [int(row["shared"]) for row in related] == sorted(
        (int(row["shared"]) for row in related), reverse=True
    )


def test_find_query_gives_the_values_of_a_question(assistant_address: str) -> None:
    words = "case studies by keyword training, but cheap"
    found = rows_of(call(assistant_address, "find_query", {"words": words, "size": 20}))
    assert (found[0]["name"], found[0]["answers"]) == ("by-keyword", True)
    assert found[0]["values"] == {"keyword": ["training"]}
    assert "cheap" in found[0]["unused"]
    assert [one["name"] for one in found].count("by-keyword") == 1
    assert {one["answers"] for one in found[1:]} <= {False}
    run = {"name": "by-keyword", "parameters": found[0]["values"]}
    assert rows_of(call(assistant_address, "run_query", run))


def test_what_is_due_for_one_institution(assistant_address: str) -> None:
    iri = "https://w3id.org/concordat-kg/id/organisation/keele-university"
    arguments = {"from": "1990-01-01", "to": "2090-01-01", "institution": iri}
    found = call(assistant_address, "list_due_dates", arguments)
    assert not found.isError and found.structuredContent is not None
    # The contract of the query tests that its rows are then those of one institution.
    assert f'VALUES ?institution {{ "{iri}" }}' in found.structuredContent["query"]


def test_a_result_says_whether_its_tests_hold(assistant_address: str, assistant_app: Flask) -> None:
    items = assistant_app.test_client().get("/queries.json").get_json()["items"]
    expected = {one["name"]: one["contract"] for one in items}
    result = call(assistant_address, "run_query", {"name": "by-keyword"}).structuredContent
    assert result is not None and result["contract"] == expected["by-keyword"]
    plain = call(assistant_address, "run_sparql", {"query": "ASK {}"}).structuredContent
    assert plain is not None and plain["contract"]["holds"] is None


def test_find_query_ranks_by_words(assistant_address: str) -> None:
    found = rows_of(
        call(assistant_address, "find_query", {"words": "which case studies have a keyword?"})
    )
    assert found[0]["name"] == "by-keyword"
    assert found[0]["parameters"][0]["name"] == "keyword"
    assert rows_of(call(assistant_address, "find_query", {"words": "zebra"})) == []


def test_statuses_of_claims_are_given(assistant_address: str) -> None:
    query = (
        "PREFIX ckg: <https://w3id.org/concordat-kg/ontology#> "
        "SELECT ?thing { ?thing ckg:standing ?status ; a ?class "
        "FILTER (?class IN (ckg:Claim, ckg:Commitment)) } ORDER BY ?thing LIMIT 3"
    )
    result = call(assistant_address, "run_sparql", {"query": query})
    assert result.structuredContent is not None
    statuses = result.structuredContent["verification"]["statuses"]
    assert [one["iri"] for one in statuses] == [row["thing"] for row in rows_of(result)]
    assert rows_of(result), "the small graph has no claim"
    assert {one["status"] for one in statuses} <= {"Supported", "Unsupported", "Disputed", "False"}


HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("nothing", {}, "There is no tool “nothing”. Tools: search"),
    ("search", {}, "'words' is a required property"),
    ("search", {"words": 3}, "words: 3 is not of type 'string'"),
    ("search", {"words": "x", "kind": "planet"}, "kind may be: {'enum': ['concept'"),
    ("search", {"words": "x", "page": 2}, "Only a search with a kind has pages"),
    ("search", {"words": "x" * 501}, "is too long"),
    ("search", {"words": "x", "other": 1}, "'other' was unexpected"),
    ("describe_entity", {"entity": "No such thing"}, "No entity is called “No such thing”"),
    ("describe_entity", {"entity": "urn://<x>"}, "is not a valid IRI"),
    ("describe_entity", {"entity": f"{STUDY}-none"}, "The graph has no entity"),
    ("run_query", {"name": "by-keywords"}, "Similar ones: by-keyword"),
    ("run_query", {"name": "../sparql"}, "There is no saved query"),
    ("run_query", {"name": "by-keyword", "parameters": {"keyword": "zzz"}}, "keyword (Keyword)"),
    ("run_query", {"name": "by-keyword", "parameters": {"colour": "red"}}, "no parameter colour"),
    ("run_query", {"name": "by-keyword", "parameters": {"most": "many"}}, "give a whole number"),
    ("run_query", {"name": "by-keyword", "parameters": {"keyword": 7}}, "parameters: 7"),
    ("run_query", {"name": "by-keyword", "size": 201}, "201 is greater than the maximum"),
    ("run_query", {"name": "by-keyword", "page": 0}, "0 is less than the minimum"),
    ("run_query", {"name": "by-keyword", "page": "2"}, "'2' is not of type 'integer'"),
    ("run_query", {"name": "members"}, "Give consortium. Parameters of members"),
    ("run_sparql", {"query": "SELECT {"}, "line 1"),
    ("run_sparql", {"query": "DELETE WHERE { ?s ?p ?o }"}, "[status 4"),
    ("run_sparql", {"query": "SELECT * { SERVICE <http://x.test/> { ?s ?p ?o } }"}, "SERVICE"),
    ("run_sparql", {"query": ENDLESS}, "[status 504]"),
    ("run_sparql", {"query": "x" * 100_001}, "is too long"),
    ("list_due_dates", {"from": "soon", "to": "2028-01-01"}, "from: 'soon' does not match"),
    ("list_due_dates", {"from": "2028-13-01", "to": "2028-01-01"}, "2028-13-01"),
    ("compare_institutions", {"institutions": ["one"]}, "is too short"),
]


def test_what_is_wrong_is_said_in_a_sentence(assistant_address: str) -> None:
    async def exchange() -> list[str]:
        async with open_session(assistant_address) as session:
            return [message_of(await session.call_tool(name, args)) for name, args, _ in HOSTILE]

    messages = anyio.run(exchange)
    assert [m for m, (_, _, part) in zip(messages, HOSTILE, strict=True) if part not in m] == []
    assert not any("Traceback" in message for message in messages)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        ([message("ping"), message("ping")], {}, 400),
        ({"jsonrpc": "1.0"}, {}, 400),
        (message("ping"), {"MCP-Protocol-Version": "1999-01-01"}, 400),
        (message("ping"), {"Content-Type": "text/plain"}, 400),
        (message("ping"), {"Accept": "text/html"}, 406),
        (message("ping"), {"Origin": "https://elsewhere.test"}, 403),
        (message("ping"), {"Origin": "null"}, 403),
        (b" " * (1024 * 1024 + 1), {}, 413),
        (message("ping"), {}, 200),
        ({"jsonrpc": "2.0", "method": "notifications/initialized"}, {}, 202),
    ],
)
def test_messages_that_no_client_of_the_package_sends(
    assistant_address: str, body: Any, headers: dict[str, str], status: int
) -> None:
    response = send(assistant_address, body, headers)
    assert response.status == status, response.data
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_are_no_streams_and_no_sessions(assistant_address: str, method: str) -> None:
    response = send(assistant_address, b"", method=method)
    assert (response.status, {*response.headers["Allow"].split(", ")}) == (
        405,
        {"OPTIONS", "POST"},
    )


def test_unknown_methods_of_the_protocol_are_refused(assistant_address: str) -> None:
    error = send(assistant_address, message("tools/destroy")).json()["error"]
    assert error["code"] in (-32601, -32602)


def test_own_origin_is_allowed(assistant_address: str) -> None:
    assert send(assistant_address, message("ping"), {"Origin": assistant_address}).status == 200


def test_without_the_package_the_address_says_what_to_install(
    assistant_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    response = assistant_app.test_client().post("/mcp", json=message("ping"), buffered=True)
    assert response.status_code == 501
    assert response.json is not None
    assert "pip install 'concordat-kg[mcp]'" in response.json["detail"]


def test_work_of_tools_is_counted_for_the_client(assistant_settings: Any) -> None:
    limits = RequestLimits(work_seconds_per_minute=0.001, work_seconds_at_once=0.001)
    engine = open_engine(assistant_settings)
    app = create_app(assistant_settings, engine, rate_limiter=WorkRateLimiter(limits))
    call_it = message("tools/call", name="run_sparql", arguments={"query": "ASK { ?s ?p ?o }"})
    first, second = (
        app.test_client().post("/mcp", json=call_it, headers=HEADERS, buffered=True)
        for _ in range(2)
    )
    engine.close()
    assert (first.status_code, second.status_code) == (200, 429)
    assert int(second.headers["Retry-After"]) > 0
