"""Small sites for the processes of an edition, which import this module quickly."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from wsgiref.types import WSGIApplication

from werkzeug.wrappers import Request, Response

PAGES = 150
LAST = f"/page-{PAGES - 1}"


def respond(request: Request) -> Response:
    """A site of pages that lead to others, with downloads and redirects."""
    number = int(re.sub(r"\D", "", request.path) or 0)
    if request.path.endswith(".csv"):
        return Response(f"number\n{number}\n", mimetype="text/csv")
    if request.path.startswith("/id/"):
        return Response(status=303, headers={"Location": f"/page-{number}#here"})
    links = "".join(
        f'<a href="{to}">{to}</a>'
        for other in (number * 2 + 1, number * 2 + 2)
        if other < PAGES
        for to in (f"/page-{other}", f"/id/page-{other}", f"/page-{other}.csv", "/sparql?query=x")
    )
    text = f'<main class="wrap" id="main"><h1>{number}</h1>{links}</main>'
    return Response(text, mimetype="text/html")


@Request.application
def fail_late(request: Request) -> Response:
    return Response("no", status=500) if request.path == LAST else respond(request)


@Request.application
def end_process(request: Request) -> Response:
    if request.path == LAST:
        os._exit(9)
    return respond(request)


def open_pages() -> WSGIApplication:
    return Request.application(respond)


def open_failing() -> WSGIApplication:
    return fail_late


def open_ending() -> WSGIApplication:
    return end_process


def wait_long(batch: Sequence[Path]) -> int:
    for folder in batch:
        (folder / str(os.getpid())).touch()
        time.sleep(0.02)
    return len(batch)
