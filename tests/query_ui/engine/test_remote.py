"""The remote engine: what it sends, what it reads, and what it says of a bad endpoint."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from loader.errors import (
    EndpointError,
    QueryError,
    QueryRefused,
    QueryStopped,
    ReleaseChanged,
    UsageError,
)
from loader.settings import BASE
from query_ui.engine.held_release import HeldRelease, LocalRelease
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.protocol import EngineRequest, QueryLimits, QueryResult
from query_ui.engine.remote import RemoteEngine, describe_missing_files
from tests.query_ui.endpoints import Endpoint, endpoint

ROWS = b"""{"head": {"vars": ["t", "none"]}, "results": {"bindings": [
  {"t": {"type": "literal", "value": "Lles", "xml:lang": "cy"}},
  {"t": {"type": "literal", "value": "2.5",
         "datatype": "http://www.w3.org/2001/XMLSchema#decimal"}}]}}"""
HELD = b"""{"head": {"vars": ["release", "available"]}, "results": {"bindings": [
  {"release": {"type": "uri", "value": "urn:sha256:NAME"}}]}}"""
QUERY = "SELECT ?t ?none { ?s ?p ?t }"
XML = b"""<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">
<head></head><boolean>false</boolean></sparql>"""


@pytest.fixture
def remote() -> Iterator[Endpoint]:
    with endpoint() as state:
        yield state


def test_rows_keep_language_and_datatype(remote: Endpoint) -> None:
    remote.body = ROWS
    answer = RemoteEngine(remote.address, {}).query(QUERY)
    decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    assert (answer.kind, answer.columns) == ("bindings", ("t", "none"))
    assert answer.rows == [
        (Literal("Lles", language="cy"), None),
        (Literal("2.5", datatype=decimal), None),
    ]


def test_the_query_and_the_dataset_are_sent_as_a_form(remote: Endpoint) -> None:
    remote.body = ROWS
    engine = RemoteEngine(remote.address, {})
    text = "SELECT ?t ?none { ?s ?p 'é&=+' }"
    engine.query(text, default_graphs=["urn:a", "urn:b"], named_graphs=["urn:c"])
    assert remote.forms == [
        {
            "query": [f"BASE <{BASE}> {text}"],
            "default-graph-uri": ["urn:a", "urn:b"],
            "named-graph-uri": ["urn:c"],
        }
    ]
    assert "application/sparql-results+json" in remote.accept
    assert "application/n-triples" in remote.accept


def test_false_and_graphs_are_read_in_other_formats(remote: Endpoint) -> None:
    engine = RemoteEngine(remote.address, {})
    remote.media_type, remote.body = "application/sparql-results+xml", XML
    assert engine.query("ASK {}").boolean is False
    remote.media_type = "text/turtle; charset=utf-8"
    remote.body = '@prefix e: <urn:e:> . e:a e:b "é"@cy .'.encode()
    answer = engine.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert answer.kind == "graph"
    assert answer.rows == [
        (NamedNode("urn:e:a"), NamedNode("urn:e:b"), Literal("é", language="cy"))
    ]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (
            (400, "text/plain", b"no such prefix: ex", {}),
            "answered 400 Bad Request: no such prefix",
        ),
        ((503, "text/html", b"<p>busy</p>", {}), "answered 503 Service Unavailable: <p>busy</p>"),
        ((302, "text/html", b"", {"Location": "http://127.0.0.1:9/"}), "answered 302 Found"),
        ((200, "text/html", b"<p>hello</p>", {}), "text/html that cannot be read: neither SPARQL"),
        ((200, "application/sparql-results+json", ROWS[:-20], {}), "cannot be read"),
        ((200, "application/sparql-results+json", b"", {}), "cannot be read"),
        ((200, "text/turtle", b"<urn:a> <urn:b>", {}), "text/turtle that cannot be read"),
        (
            (200, "application/sparql-results+json", ROWS, {"Content-Length": "999"}),
            "broke off in the middle",
        ),
        ((200, "text/turtle", b"", {}), "it is a result of the kind graph, and the query has"),
    ],
)
def test_a_bad_endpoint_is_described(
    remote: Endpoint, reply: tuple[int, str, bytes, dict[str, str]], message: str
) -> None:
    remote.status, remote.media_type, remote.body, remote.headers = reply
    with pytest.raises(EndpointError) as caught:
        RemoteEngine(remote.address, {}).query(QUERY)
    assert str(caught.value).startswith(f"The endpoint {remote.address} ")
    assert message in str(caught.value)


def test_an_endpoint_that_is_not_there() -> None:
    with pytest.raises(EndpointError, match="cannot be reached: .*refused"):
        RemoteEngine("http://127.0.0.1:1/sparql", {}).query("ASK {}")


def test_an_endpoint_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(EndpointError, match="did not answer within 0.2 s|timed out"):
            RemoteEngine(address, {}, timeout_seconds=0.2).query("ASK {}")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/", "sparql", ""])
def test_only_web_addresses_are_endpoints(address: str) -> None:
    with pytest.raises(UsageError, match="no address of an endpoint"):
        RemoteEngine(address, {})


def test_visitors_may_not_make_the_endpoint_call_others(remote: Endpoint) -> None:
    remote.body = ROWS
    visitors = RemoteEngine(remote.address, {}).isolate(
        QueryLimits(light_workers=1, heavy_workers=1)
    )
    try:
        with pytest.raises(QueryRefused, match="SERVICE"):
            visitors.query("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }")
        assert remote.forms == []
        assert visitors.query(QUERY).columns == ("t", "none")
    finally:
        visitors.close()


def test_a_syntax_error_is_explained_here_and_not_sent(remote: Endpoint) -> None:
    with pytest.raises(QueryError) as caught:
        RemoteEngine(remote.address, {}).query("SELECT * WHERE {\n  ?s ?p }")
    assert not isinstance(caught.value, EndpointError)
    assert caught.value.line == 2
    assert "^" in caught.value.excerpt
    assert remote.forms == []


def test_an_update_is_refused_here_and_not_sent(remote: Endpoint) -> None:
    with pytest.raises(QueryRefused):
        RemoteEngine(remote.address, {}).query("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    assert remote.forms == []


def test_an_answer_above_the_limit_of_size_is_no_answer(remote: Endpoint) -> None:
    remote.body = ROWS
    engine = RemoteEngine(remote.address, {}, max_bytes=len(ROWS) - 1)
    with pytest.raises(QueryStopped, match="larger than") as caught:
        engine.query(QUERY)
    assert caught.value.limit == "size"
    assert RemoteEngine(remote.address, {}, max_bytes=len(ROWS)).query(QUERY).rows


def test_without_files_of_a_release_the_site_says_what_is_missing(
    remote: Endpoint, tmp_path: Path
) -> None:
    engine = RemoteEngine(remote.address, {})
    assert engine.release == ""
    assert "Search, filters with counts, related records" in describe_missing_files(engine)
    name = "a" * 64
    held = QueryResult("bindings", HELD.replace(b"NAME", name.encode()))
    engine.held = HeldRelease(LocalRelease(tmp_path, name), lambda: held)
    assert (engine.release, describe_missing_files(engine)) == (name, "")


def test_an_answer_is_not_given_out_once_the_endpoint_holds_another_release(
    remote: Endpoint, tmp_path: Path
) -> None:
    remote.body = ROWS
    names = ["a" * 64] * 3 + ["b" * 64] * 2
    engine = RemoteEngine(remote.address, {})
    engine.held = HeldRelease(
        LocalRelease(tmp_path, names[0]),
        lambda: QueryResult("bindings", HELD.replace(b"NAME", names.pop(0).encode())),
    )
    with pin_release(engine.release):
        assert engine.query(QUERY).rows
        with engine.execute(EngineRequest(QUERY)).body as body:
            assert body.read()
        with pytest.raises(ReleaseChanged):
            engine.execute(EngineRequest(QUERY))
        with pytest.raises(ReleaseChanged):
            engine.query(QUERY)
    assert len(remote.forms) == 4
