"""Requests of tools to the application itself, in this process, with its limits and its errors.

https://peps.python.org/pep-3333/
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

from werkzeug.test import EnvironBuilder, run_wsgi_app

from query_ui.http.rate_limit import WsgiApp
from query_ui.http.wsgi_bridge import NOTES_KEY

Fields: TypeAlias = Sequence[tuple[str, str]]

MAX_REPLY_BYTES = 8 * 1024 * 1024
"""The largest response that a tool reads, in bytes; the rest of a larger one is not fetched."""
_REDIRECTS = (301, 303, 308)


class ToolError(Exception):
    """A tool cannot answer; its message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class SiteReply:
    """A successful response of the site, with the hash of the release that it is from.

    ``target`` is path and query string, after redirects.
    """

    target: str
    body: bytes
    headers: Mapping[str, str]
    release: str

    @property
    def data(self) -> Any:
        """The body read as JSON (https://www.rfc-editor.org/rfc/rfc8259)."""
        return json.loads(self.body)

    @property
    def sparql(self) -> str:
        """The query that ``target`` has as a field, "" where it has none."""
        return parse_qs(urlsplit(self.target).query).get("query", [""])[0]

    @property
    def text(self) -> str:
        """The body as UTF-8 text."""
        return self.body.decode("utf-8")


class SiteClient:
    """Sends requests to the WSGI application, as from the client of an outer request.

    ``root`` is the public address of the site without a slash at its end; ``environ`` has what is
    taken over from the outer request, such as the address of the client.
    """

    def __init__(self, app: WsgiApp, root: str, environ: Mapping[str, Any] | None = None) -> None:
        self._app = app
        self.root = root
        self._environ = dict(environ or {})

    def get(self, path: str, fields: Fields = (), accept: str = "application/json") -> SiteReply:
        """Return the response to a GET, redirects followed; raise ToolError for an error."""
        target = f"{path}?{urlencode(fields)}" if fields else path
        for _ in range(3):
            status, headers, reply = self._send("GET", target, accept)
            if status not in _REDIRECTS:
                break
            target = headers["Location"].removeprefix(self.root)
            target = target.removeprefix(urlsplit(self.root).path)
        return self._check(status, reply)

    def post_query(self, text: str, accept: str) -> SiteReply:
        """Return the result of a SPARQL query; raise ToolError where it fails.

        https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct
        """
        status, _, reply = self._send("POST", "/sparql", accept, text.encode())
        return self._check(status, reply)

    def build_url(self, path: str, fields: Fields = ()) -> str:
        """Return the public address of a page."""
        return f"{self.root}{path}?{urlencode(fields)}" if fields else f"{self.root}{path}"

    def _send(
        self, method: str, target: str, accept: str, body: bytes = b""
    ) -> tuple[int, Mapping[str, str], SiteReply]:
        path, _, query = target.partition("?")
        builder = EnvironBuilder(
            path,
            base_url=f"{self.root}/",
            query_string=query,
            method=method,
            headers=[("Accept", accept)],
            data=body or None,
            content_type="application/sparql-query" if body else None,
        )
        environ: dict[str, Any] = dict(builder.get_environ())
        builder.close()
        notes: dict[str, Any] = dict(self._environ.get(NOTES_KEY, {}))
        environ |= {**self._environ, NOTES_KEY: notes, "SERVER_PROTOCOL": "HTTP/1.1"}
        chunks, status, headers = run_wsgi_app(self._app, environ)
        try:
            content = _read_bounded(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()
        known = {name.title(): value for name, value in headers}
        reply = SiteReply(target, content, known, notes.get("release", ""))
        return int(status.split(" ", 1)[0]), known, reply

    def _check(self, status: int, reply: SiteReply) -> SiteReply:
        """Return the reply; raise ToolError with the detail of its problem document.

        https://www.rfc-editor.org/rfc/rfc9457
        """
        if status == 200:
            return reply
        try:
            problem = reply.data
        except ValueError:
            problem = {"detail": reply.text[:500]}
        extra = [f"{name} {problem[name]}" for name in ("line", "column") if name in problem]
        place = f" ({', '.join(extra)})" if extra else ""
        raise ToolError(f"{problem.get('detail', 'The request failed.')}{place} [status {status}]")


def _read_bounded(chunks: Iterable[bytes]) -> bytes:
    """Return a body; raise ToolError for one that is too large."""
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_REPLY_BYTES:
            raise ToolError(
                f"The result has more than {MAX_REPLY_BYTES // 1024 // 1024} MB. "
                "Count in the query, add a LIMIT, or give a value for a parameter."
            )
        parts.append(chunk)
    return b"".join(parts)
