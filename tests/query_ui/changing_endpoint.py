"""A SPARQL endpoint that changes from one release to another between two queries."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from pyoxigraph import Literal, Quad, RdfFormat, Store

from loader.namespaces import CATALOGUE, DCTERMS
from loader.queries.evaluate import evaluate_query
from query_ui.cli.exporting import build_release_statement
from query_ui.engine.result_formats import EXCHANGE_FORMATS
from query_ui.engine.result_writer import serialise_results
from tests.query_ui.endpoints import run_handler

MEDIA_TYPES = {
    "bindings": "application/sparql-results+json",
    "boolean": "application/sparql-results+json",
    "graph": "application/n-triples",
}


class ChangingEndpoint:
    """The releases of a build folder, one at a time; ``switch_after`` queries it holds the other.

    With ``switch_after`` 0 it does not change by itself.
    """

    def __init__(self, out: Path, first: str, second: str) -> None:
        self.address = ""
        self.queries = 0
        self.switch_after = 0
        self._publications = 0
        self._stores = {name: load_release(out, name) for name in (first, second)}
        self._lock = threading.Lock()
        self.name = second
        self.switch()

    def switch(self) -> None:
        """Hold the other release from now on, published anew."""
        self.name = next(name for name in self._stores if name != self.name)
        self._publications += 1
        store, statement = self._stores[self.name], build_release_statement(self.name)
        for quad in store.quads_for_pattern(statement.subject, DCTERMS.available, None, CATALOGUE):
            store.remove(quad)
        time = Literal(str(self._publications))
        store.add(Quad(statement.subject, DCTERMS.available, time, CATALOGUE))

    def answer(self, form: dict[str, list[str]]) -> tuple[str, bytes]:
        """Return the media type and the body of the answer to a query."""
        with self._lock:
            default, named = (form.get(f"{kind}-graph-uri", []) for kind in ("default", "named"))
            results = evaluate_query(self._stores[self.name], form["query"][0], default, named)
            body = io.BytesIO()
            kind, _ = serialise_results(results, EXCHANGE_FORMATS, {}, body)
            del results
            self.queries += 1
            if self.queries == self.switch_after:
                self.switch()
        return MEDIA_TYPES[kind], body.getvalue()


def load_release(out: Path, name: str) -> Store:
    """Return the statements of a release in memory, with the one that names it."""
    store = Store()
    store.load(path=str(out / "releases" / name / "graph.nq"), format=RdfFormat.N_QUADS)
    store.add(build_release_statement(name))
    return store


@contextmanager
def run_changing_endpoint(out: Path, first: str, second: str) -> Iterator[ChangingEndpoint]:
    """Run the endpoint on a free port for a ``with`` block."""
    state = ChangingEndpoint(out, first, second)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            media_type, body = state.answer(form)
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    # The threads of this class are daemons, so a connection that is kept open delays no end.
    with run_handler(Handler, ThreadingHTTPServer) as address:
        state.address = f"{address}/sparql"
        yield state
