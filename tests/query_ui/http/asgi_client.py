"""Requests to an ASGI application in this process."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from query_ui.http.wsgi_bridge import AsgiApplication, Scope

Headers = list[tuple[bytes, bytes]]


class AsgiResponse(NamedTuple):
    """The status, headers and body of a response."""

    status: int
    headers: dict[str, str]
    body: bytes


def build_scope(
    target: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> Scope:
    """Build the scope of a request, as uvicorn does."""
    path, _, query = target.partition("?")
    pairs = [(b"host", b"localhost")]
    pairs += [(n.lower().encode(), v.encode("latin-1")) for n, v in (headers or {}).items()]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": pairs,
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
    }


def respond(app: AsgiApplication, scope: Scope) -> AsgiResponse:
    """Return the whole response to a request; the client stays until it has it."""
    messages: list[dict[str, Any]] = []

    async def converse() -> None:
        asked, done = False, asyncio.Event()

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                await done.wait()
                return {"type": "http.disconnect"}
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)

        await app(scope, receive, send)
        done.set()

    asyncio.run(converse())
    headers = {n.decode(): v.decode("latin-1") for n, v in messages[0]["headers"]}
    return AsgiResponse(
        messages[0]["status"], headers, b"".join(m.get("body", b"") for m in messages[1:])
    )
