"""The SPARQL 1.1 Protocol tests of the W3C, read from their manifest."""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from rdflib import RDF, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from werkzeug.test import Client

from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.endpoint.protocol.conftest import serving, settings_over

MANIFEST = "conformance/sparql-protocol/manifest.ttl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": ("application/sparql-results+json", "application/sparql-results+xml"),
    "RDF": ("text/turtle", "application/n-triples", "application/rdf+xml"),
}
DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"


@dataclass
class Step:
    """One request of a test and what has to come back."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    statuses: tuple[str, ...] = ()
    boolean: bool | None = None
    format: str = ""


def steps(graph: Graph, test: Node) -> Iterator[Step]:
    """The requests of a test in their order."""
    action = graph.value(test, MF.action)
    requests = graph.value(action, HT.requests)
    assert isinstance(requests, BNode | URIRef)
    for request in Collection(graph, requests):
        answer = graph.value(request, HT.resp)
        body = graph.value(request, HT.body)
        encoding = str(graph.value(body, CNT.characterEncoding) or "UTF-8") if body else "UTF-8"
        expected = graph.value(answer, MF.expectedBoolean)
        yield Step(
            str(graph.value(request, HT.methodName)),
            str(graph.value(request, HT.absolutePath)),
            dict(headers(graph, request)),
            str(graph.value(body, CNT.chars)).encode(encoding) if body else b"",
            tuple(str(s)[-3:] for s in graph.objects(answer, MF.expectedStatus)),
            None if expected is None else bool(getattr(expected, "value", None)),
            str(graph.value(answer, MF.expectedFormat) or ""),
        )


def headers(graph: Graph, request: Node) -> Iterator[tuple[str, str]]:
    listed = graph.value(request, HT.headers)
    if isinstance(listed, BNode | URIRef):
        for header in Collection(graph, listed):
            yield (
                str(graph.value(header, HT.fieldName)),
                str(graph.value(header, HT.fieldValue)),
            )


Ask: TypeAlias = Callable[[Step], tuple[int, str, bytes]]


@pytest.fixture(scope="module", params=["in process", "over a socket"])
def ask(
    request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ask]:
    """Asks an endpoint over the graphs of the tests."""
    graphs = "\n".join(
        f"<{DATA.format(n)}> {{ {(shared / MANIFEST).with_name(f'data{n}.nt').read_text()} }}"
        for n in (1, 2, 3)
    )
    settings = settings_over(tmp_path_factory.mktemp("w3c"), graphs)
    if request.param == "in process":
        yield partial(in_process, Client(create_app(settings, open_engine(settings))))
        return
    with serving(settings) as port:
        yield partial(over_a_socket, port)


def test_every_query_test_and_every_bad_one_is_passed(shared: Path, ask: Ask) -> None:
    graph = Graph().parse(shared / MANIFEST)
    names = {
        str(test).rpartition("#")[2]: test for test in graph.subjects(RDF.type, MF.ProtocolTest)
    }
    chosen = {n: t for n, t in names.items() if n.startswith(("query_", "bad_"))}
    assert len([n for n in chosen if n.startswith("query_")]) == 13
    assert len([n for n in chosen if n.startswith("bad_")]) == 14
    failed = [
        (name, *ask(step))
        for name, test in chosen.items()
        for step in steps(graph, test)
        if not holds(ask, step)
    ]
    assert failed == []


def test_every_update_is_refused(shared: Path, ask: Ask) -> None:
    graph = Graph().parse(shared / MANIFEST)
    seen = 0
    for test in graph.subjects(RDF.type, MF.ProtocolTest):
        for step in steps(graph, test):
            if "update" in step.headers.get("content-type", "") or step.body.startswith(b"update"):
                status, _, body = ask(step)
                assert 400 <= status < 500
                assert json.loads(body)["detail"]
                seen += 1
    assert seen > 8


def holds(ask: Ask, step: Step) -> bool:
    """Whether the answer is as the manifest wants it."""
    status, kind, body = ask(step)
    if f"{status // 100}xx" not in step.statuses:
        return False
    if step.format and kind not in FORMATS[step.format]:
        return False
    return step.boolean is None or json.loads(body)["boolean"] is step.boolean


def in_process(client: Client, step: Step) -> tuple[int, str, bytes]:
    """Status, media type and body of the answer, without a server."""
    with client.open(
        step.path, method=step.method, headers=step.headers, data=step.body or None
    ) as answer:
        return answer.status_code, answer.mimetype or "", answer.get_data()


def over_a_socket(port: int, step: Step) -> tuple[int, str, bytes]:
    """Status, media type and body of the answer of a server."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request(step.method, step.path, step.body or None, step.headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers.get_content_type(), body
