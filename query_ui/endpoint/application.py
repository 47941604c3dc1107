"""The endpoint as a WSGI application: from the bytes of a request to those of its answer.

https://www.w3.org/TR/sparql11-protocol/
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from io import BytesIO
from typing import TypeAlias

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request

from loader.errors import ProjectError
from query_ui.endpoint.protocol_request import FORM, METHODS, QUERY, Asked, asked
from query_ui.endpoint.rate_limit import Rate
from query_ui.engine.protocol import Answer, Engine, Question, Result, present
from query_ui.engine.result_formats import Format, Kind
from query_ui.engine.result_writer import wanted
from query_ui.engine.service_snapshots import HEADER, Snapshot, locally
from query_ui.http.compression import coding
from query_ui.http.etag import is_fresh, tag_of
from query_ui.http.headers import PREFLIGHT
from query_ui.http.negotiation import by_accept, by_name, for_people, page_wanted
from query_ui.http.problem_details import FAILED, problem_of
from query_ui.http.wsgi_response import Environ, Headers, Start, send, send_problem, send_result

PATHS = ("/sparql", "/sparql/")
MAX_BODY = 1024 * 1024

_LIMITED = ("/sparql", "/queries/")
_SAFE = ("GET", "HEAD", "QUERY")
_OPTIONS: Headers = [
    ("Allow", ", ".join(METHODS)),
    ("Accept-Query", f"{QUERY}, {FORM}"),
    *PREFLIGHT.items(),
]

Wsgi: TypeAlias = Callable[[Environ, Start], Iterable[bytes]]


class _Request(Request):
    max_content_length = MAX_BODY


class Service:
    """Answers machines at ``/sparql``; everything else goes on to ``pages``.

    ``describe`` gives the service description for the address of the endpoint, ``rate`` counts
    requests to the endpoint and the saved queries. Nothing of an answer leaves before all of it is
    there; where sending breaks off, the connection does too. ``snapshots`` are the copies of other
    endpoints that stand for SERVICE; an answer from one says so in a header.
    """

    def __init__(
        self,
        engine: Engine,
        pages: Wsgi,
        describe: Callable[[str], Answer],
        rate: Rate,
        snapshots: Callable[[], Mapping[str, Snapshot]] = dict,
    ) -> None:
        self._engine = engine
        self._snapshots = snapshots
        self._pages = pages
        self._describe = describe
        self._rate = rate

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(_LIMITED):
            return self._pages(environ, start)
        if path in PATHS and environ["REQUEST_METHOD"] == "OPTIONS":
            return send(environ, start, HTTPStatus.NO_CONTENT, [*_OPTIONS])
        request = _Request(environ)
        try:
            self._rate.check(environ.get("REMOTE_ADDR", ""))
            if path in PATHS:
                found = asked(request)
                name = found.format if found else request.args.get("format", "")
                if not page_wanted(name, environ.get("HTTP_ACCEPT", "")):
                    return self._answered(found, name, request, start)
                _rewind(request)
        except (ProjectError, HTTPException) as error:
            if not for_people(environ.get("HTTP_ACCEPT", "")):
                return send_problem(environ, start, *problem_of(error))
            _rewind(request)
            environ[FAILED] = error
        return self._pages(environ, start)

    def _answered(
        self, found: Asked | None, name: str, request: Request, start: Start
    ) -> Iterable[bytes]:
        """What was asked, or what can be asked; nothing is looked for that the client has."""
        environ = request.environ
        accept = environ.get("HTTP_ACCEPT", "")
        formats = by_name(name) if name else by_accept(accept)
        encoding = coding(environ.get("HTTP_ACCEPT_ENCODING", "")) if _has_chunks(environ) else ""
        release = self._engine.release
        whole = found or Asked("", (request.base_url,), format=name)
        tag = tag_of(release, whole.query, *whole.variants, accept, encoding)
        known = environ.get("HTTP_IF_NONE_MATCH", "") if request.method in _SAFE else ""
        if is_fresh(known, tag):
            return send(environ, start, HTTPStatus.NOT_MODIFIED, _caching(tag))
        used: tuple[Snapshot, ...] = ()
        if found:
            result, used = self._run(found, formats, environ)
        else:
            result = self._description(request, formats)
        same = self._engine.release == release
        told = [(HEADER, snapshot.told) for snapshot in used]
        headers = [*_caching(tag if same else ""), *told]
        return send_result(environ, start, result, encoding, headers)

    def _run(
        self, found: Asked, formats: Mapping[Kind, Format], environ: Environ
    ) -> tuple[Result, tuple[Snapshot, ...]]:
        graphs = found.default_graphs, found.named_graphs
        calls = "service" in found.query.lower()
        known = self._snapshots() if calls else {}
        local = locally(found.query, known, restricted=any(graphs))
        question = Question(local.text, *graphs, formats, found.seconds)
        gone = environ.get("waitress.client_disconnected", present)
        return self._engine.run(question, gone), local.used

    def _description(self, request: Request, formats: Mapping[Kind, Format]) -> Result:
        """What the service can do, as a graph."""
        form = wanted("graph", formats)
        body = self._describe(request.base_url.rstrip("/")).serialise(form)
        return Result("graph", form, BytesIO(body), len(body))


def _caching(tag: str) -> Headers:
    """An answer may be kept, and asked for again by its tag; what changes may not be kept."""
    if not tag:
        return [("Cache-Control", "no-store")]
    return [("ETag", tag), ("Cache-Control", "no-cache")]


def _has_chunks(environ: Environ) -> bool:
    """Whether an end that comes too soon can be told from the end; HTTP/1.0 has no chunks."""
    return environ.get("SERVER_PROTOCOL") == "HTTP/1.1"


def _rewind(request: Request) -> None:
    """Let the pages read the body once more; one that is too large nobody reads."""
    with suppress(RequestEntityTooLarge):
        body = request.get_data()
        request.environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
