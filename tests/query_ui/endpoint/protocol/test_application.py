"""What the service does with an engine: when it asks, what it lets go of, and who gets a page."""

import io
import random
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import Client, TestResponse, create_environ

from loader.errors import Limit, QueryStopped
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.application import SparqlEndpoint
from query_ui.engine import open_engine
from query_ui.engine.protocol import EngineRequest, QueryResult, SerialisedResult, never_gone
from query_ui.engine.result_formats import CSV, EXCHANGE_FORMATS, JSON, ResultFormat
from query_ui.http.compression import MAX_IN_MEMORY_BYTES
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY
from tests.query_ui.conftest import BROWSER
from tests.query_ui.http.servers import running_server

FORM: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded"}
CROSSING = "/sparql?" + urlencode({"query": "ASK {}"})


class Body(io.BytesIO):
    """Bytes of an answer; past ``broken`` of them reading fails."""

    def __init__(self, data: bytes, broken: int) -> None:
        super().__init__(data)
        self.broken = broken

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self.broken:
            raise OSError("the disk is gone")
        return super().read(size)


class Scripted:
    """An engine that gives one body to every question, and remembers what it was asked."""

    def __init__(self, size: int = 12, broken: int = 1 << 40, release: str = "r1") -> None:
        self.prefixes: dict[str, str] = {}
        self.release = release
        self.size = size
        self.broken = broken
        self.form: ResultFormat = JSON
        self.questions: list[EngineRequest] = []
        self.gone: list[Callable[[], bool]] = []
        self.bodies: list[Body] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def query(self, text: str, **graphs: object) -> QueryResult:
        raise AssertionError("machines are given written answers")

    def execute(
        self, question: EngineRequest, gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        self.questions.append(question)
        self.gone.append(gone)
        self.bodies.append(Body(random.Random(1).randbytes(self.size), self.broken))
        self.meanwhile()
        return SerialisedResult("bindings", self.form, self.bodies[-1], self.size)

    def isolate(self, limits: object = None) -> "Scripted":
        return self

    def close(self) -> None:
        """Nothing is open."""


def service_over(engine: Scripted) -> SparqlEndpoint:
    def no_pages(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("418 I'm a Teapot", [])
        return [b"a page"]

    return SparqlEndpoint(engine, no_pages, lambda _: QueryResult("graph", b""))


def get(engine: Scripted, method: str = "GET", **headers: str) -> TestResponse:
    return Client(service_over(engine)).open(
        CROSSING, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize("size", [12, 5_000, MAX_IN_MEMORY_BYTES + 1, 3 * MAX_IN_MEMORY_BYTES])
@pytest.mark.parametrize("coding", ["", "gzip", "zstd"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_body_is_closed_when_it_has_gone(size: int, coding: str, method: str) -> None:
    engine = Scripted(size)
    response = get(engine, method, Accept_Encoding=coding)
    assert response.status_code == 200
    assert bool(response.get_data()) is (method == "GET")
    response.close()
    assert [body.closed for body in engine.bodies] == [True]


@pytest.mark.parametrize("coding", ["", "gzip", "zstd"])
def test_a_body_that_nobody_reads_is_closed(coding: str) -> None:
    engine = Scripted(2 * MAX_IN_MEMORY_BYTES)
    environ = create_environ(CROSSING, headers={"Accept-Encoding": coding})
    answer: Any = service_over(engine)(environ, lambda *_: None)
    assert not engine.bodies[0].closed
    answer.close()
    assert [body.closed for body in engine.bodies] == [True]


def test_a_large_body_says_its_length_and_its_format() -> None:
    engine = Scripted(2 * MAX_IN_MEMORY_BYTES)
    engine.form = CSV
    with get(engine) as response:
        assert response.content_length == 2 * MAX_IN_MEMORY_BYTES == len(response.get_data())
        assert response.content_type == "text/csv; charset=utf-8"


def test_http_1_0_is_sent_nothing_in_chunks() -> None:
    engine = Scripted(2 * MAX_IN_MEMORY_BYTES)
    response = Client(service_over(engine)).get(
        CROSSING,
        headers={"Accept-Encoding": "gzip"},
        environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"},
    )
    assert "Content-Encoding" not in response.headers
    assert response.content_length == len(response.data) == 2 * MAX_IN_MEMORY_BYTES


@pytest.mark.parametrize("method", ["GET", "HEAD", "QUERY"])
def test_what_the_client_has_is_not_asked_again(method: str) -> None:
    engine = Scripted()
    client = Client(service_over(engine))
    ask = {"data": "ASK {}", "content_type": "application/sparql-query"}
    request: dict[str, Any] = ask if method == "QUERY" else {"query_string": "query=ASK{}"}
    tag = client.open("/sparql", method=method, **request).headers["ETag"]
    again = client.open("/sparql", method=method, headers={"If-None-Match": tag}, **request)
    assert (again.status_code, again.headers["ETag"]) == (304, tag)
    assert again.headers["Vary"] == "Accept, Accept-Encoding"
    assert len(engine.questions) == 1


def test_a_post_is_always_asked_and_so_is_whatever_is_said_to_be_known_unseen() -> None:
    engine = Scripted()
    client = Client(service_over(engine))
    tag = client.post("/sparql", data="query=ASK{}", **FORM).headers["ETag"]
    known = {"If-None-Match": tag}
    assert client.post("/sparql", data="query=ASK{}", headers=known, **FORM).status_code == 200
    assert get(engine, If_None_Match="*").status_code == 200
    assert len(engine.questions) == 3


def test_an_answer_from_between_two_releases_is_not_kept() -> None:
    engine = Scripted()
    engine.meanwhile = lambda: setattr(engine, "release", "r2")
    response = get(engine)
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_an_engine_without_a_release_has_nothing_to_keep() -> None:
    assert get(Scripted(release="")).headers["Cache-Control"] == "no-store"


def test_the_engine_is_told_all_that_was_asked() -> None:
    engine = Scripted()
    fields = [("query", "ASK {}"), ("default-graph-uri", "urn:d"), ("named-graph-uri", "urn:n")]
    gone = lambda: True  # noqa: E731
    Client(service_over(engine)).get(
        "/sparql",
        query_string=urlencode([*fields, ("timeout", "2.5"), ("format", "csv")]),
        environ_overrides={CLIENT_GONE_KEY: gone},
    )
    assert engine.questions == [
        EngineRequest("ASK {}", ("urn:d",), ("urn:n",), {"bindings": CSV, "boolean": CSV}, 2.5)
    ]
    assert engine.gone == [gone]


def exchanged(port: int, request: str) -> bytes:
    """All that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=600) as connection:
        connection.sendall(request.encode("ascii"))
        with connection.makefile("rb") as answer:
            return answer.read()


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_an_answer_that_breaks_off_does_not_look_whole(coding: str) -> None:
    engine = Scripted(8 * MAX_IN_MEMORY_BYTES, broken=4 * MAX_IN_MEMORY_BYTES)
    with running_server(service_over(engine)) as port:
        got = exchanged(
            port, f"GET {CROSSING} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {coding}\r\n\r\n"
        )
    head, _, body = got.partition(b"\r\n\r\n")
    if coding == "identity":
        assert f"content-length: {8 * MAX_IN_MEMORY_BYTES}".encode() in head
        assert len(body) < 8 * MAX_IN_MEMORY_BYTES
    else:
        assert b"transfer-encoding: chunked" in head
        assert not body.endswith(b"0\r\n\r\n")
    assert engine.bodies[0].closed


def test_a_body_in_chunks_is_read_and_has_the_same_limit() -> None:
    engine = Scripted()
    head = (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with running_server(service_over(engine)) as port:
        small = exchanged(port, f"{head}3\r\nASK\r\n3\r\n {{}}\r\n0\r\n\r\n")
        large = exchanged(port, f"{head}200000\r\n{'#' * 0x200000}\r\n0\r\n\r\n")
    assert small.startswith(b"HTTP/1.1 200 ")
    assert [question.text for question in engine.questions] == ["ASK {}"]
    assert large.startswith(b"HTTP/1.1 413 ")
    assert "longer than 1,048,576 bytes" in large.decode()


PAGE, DATA = "text/html", "application/sparql-results+json"


@pytest.mark.parametrize(
    ("fields", "accept", "kind"),
    [
        ({}, BROWSER, PAGE),
        ({}, "*/*", DATA),
        ({"format": ""}, BROWSER, PAGE),
        ({"format": ""}, "*/*", DATA),
        ({"format": "html"}, "*/*", PAGE),
        ({"format": "csv"}, BROWSER, "text/csv"),
        ({"query": 'SELECT ("format=html" AS ?x) {}'}, "*/*", DATA),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "QUERY"])
def test_a_page_is_for_those_who_want_one(
    client: Client, method: str, fields: dict[str, str], accept: str, kind: str
) -> None:
    encoded = urlencode({"query": "SELECT (1 AS ?x) {}", **fields})
    sent: dict[str, Any] = (
        {"query_string": encoded.replace("%3D", "=")}
        if method == "GET"
        else {"data": encoded, **FORM}
    )
    response = client.open("/sparql", method=method, headers={"Accept": accept}, **sent)
    assert (response.status_code, response.mimetype) == (200, kind)
    if kind == PAGE:
        assert "SELECT (1 AS ?x) {}" in response.text


@pytest.mark.parametrize("format", ["", "csv"])
def test_a_person_is_told_of_an_error_on_a_page_with_the_query(client: Client, format: str) -> None:
    asked = {"query": "SELECT ?broken {", "format": format}
    response = client.post("/sparql/", data=urlencode(asked), headers={"Accept": BROWSER}, **FORM)
    assert (response.status_code, response.mimetype) == (400, PAGE)
    assert "SELECT ?broken {" in response.text
    large = client.post("/sparql", data=b"#" * 2_000_000, headers={"Accept": BROWSER}, **FORM)
    assert (large.status_code, large.mimetype) == (413, PAGE)
    assert "longer than 1,048,576 bytes" in large.text


@pytest.mark.parametrize("path", ["/sparql", "/queries", "/case-studies", "/none"])
@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_an_address_that_is_not_utf8_is_told_so(client: Client, path: str, accept: str) -> None:
    wrong = {"QUERY_STRING": "query=ASK{}&page=\xff"}
    response = client.get(path, headers={"Accept": accept}, environ_overrides=wrong)
    assert response.status_code == 400
    assert "holds bytes that are not UTF-8" in response.text


def test_a_stopped_query_is_not_asked_again_for_the_page(settings: Settings) -> None:
    class Stopping(Scripted):
        def execute(
            self, question: EngineRequest, gone: Callable[[], bool] = never_gone
        ) -> SerialisedResult:
            self.questions.append(question)
            raise QueryStopped("It took too long.", Limit.TIME, 30.0)

    stopping = Stopping()
    client = Client(create_app(settings, open_engine(settings), stopping))
    response = client.get(CROSSING + "&format=csv", headers={"Accept": BROWSER})
    assert (response.status_code, response.mimetype) == (504, PAGE)
    assert "It took too long." in response.text
    assert len(stopping.questions) == 1


def test_a_page_is_asked_for_with_the_same_limits(settings: Settings) -> None:
    class Truth(Scripted):
        def execute(
            self, question: EngineRequest, gone: Callable[[], bool] = never_gone
        ) -> SerialisedResult:
            self.questions.append(question)
            self.gone.append(gone)
            return SerialisedResult("boolean", JSON, io.BytesIO(b'{"head":{},"boolean":true}'), 26)

    engine = Truth()
    gone = lambda: False  # noqa: E731
    page = Client(create_app(settings, open_engine(settings), engine)).get(
        CROSSING + "&timeout=2&named-graph-uri=urn:n",
        headers={"Accept": BROWSER},
        environ_overrides={CLIENT_GONE_KEY: gone},
    )
    assert (page.status_code, page.mimetype) == (200, PAGE)
    assert engine.questions == [EngineRequest("ASK {}", (), ("urn:n",), EXCHANGE_FORMATS, 2.0)]
    assert engine.gone == [gone]


def test_the_description_is_kept_and_compressed_like_an_answer(client: Client) -> None:
    first = client.get("/sparql", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    known = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert client.get("/sparql", headers=known).status_code == 304
    other = client.get("/sparql", headers={**known, "Host": "data.example.org"})
    assert other.status_code == 200
    named = client.get("/sparql?format=nt", headers={"Accept": BROWSER})
    assert named.mimetype == "application/n-triples"
    assert client.head("/sparql").headers["ETag"]
