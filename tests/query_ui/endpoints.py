"""A small SPARQL endpoint for tests, which answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

from pyoxigraph import QueryResultsFormat, QuerySolutions, Store


@dataclass
class Endpoint:
    """What it answers next, and the forms it was sent."""

    address: str = ""
    status: int = 200
    media_type: str = "application/sparql-results+json"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    accept: str = ""
    probe: bytes = b""


@contextmanager
def run_handler(
    handler: type[BaseHTTPRequestHandler], server_class: type[HTTPServer] = HTTPServer
) -> Iterator[str]:
    """Serve a handler on a free port for the length of a ``with`` block; gives its address."""
    server = server_class(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Run an endpoint on a free port for the length of a ``with`` block."""
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = parse_qs(self.rfile.read(length).decode())
            if "quotientOfIntegers" in form["query"][0]:
                self.answer_probe(form["query"][0])
                return
            state.forms.append(form)
            state.accept = self.headers["Accept"]
            self.send_response(state.status)
            headers = {"Content-Type": state.media_type, "Content-Length": str(len(state.body))}
            for name, value in (headers | state.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(state.body)

        def answer_probe(self, text: str) -> None:
            """Answer as an engine does that computes as SPARQL says, unless another is told."""
            results = Store().query(text)
            assert isinstance(results, QuerySolutions)
            body = state.probe or results.serialize(format=QueryResultsFormat.JSON) or b""
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    with run_handler(Handler) as address:
        state.address = f"{address}/sparql"
        yield state
