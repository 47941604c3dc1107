"""For crawlers: which pages there are, and which are answers that nobody need collect.

https://www.sitemaps.org/protocol.html and https://www.rfc-editor.org/rfc/rfc9309
"""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from query_ui.graph.page_queries import site, string
from query_ui.graph.urls import path_of

blueprint = Blueprint("crawling", __name__)

PART = 10_000
"""Things in one part, as in ``sparql/pages/crawlable.rq``; the protocol allows 50,000."""
ALWAYS = (
    *("/", "/case-studies", "/initiatives", "/organisations", "/concepts", "/graphs"),
    *("/coverage", "/things/commitment"),
    *("/queries", "/ontology", "/dataset", "/about/related", "/changes"),
)


@blueprint.get("/robots.txt")
def rules() -> Response:
    """Everything may be read but the answers to queries; where the map is."""
    text = render_template("robots.txt", root=request.root_url.rstrip("/"))
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """The parts of the map of this site."""
    total = site().number("count-crawlable").value
    parts = range(1, max(1, -(-total // PART)) + 1)
    return _xml("sitemap-index.xml", parts=parts)


@blueprint.get("/sitemap-<int:part>.xml")
def pages(part: int) -> Response:
    """One part of the map: the pages of things, and in the first part those that are always there.

    NotFound past the last part.
    """
    shared = site()
    things = [string(row, "thing") for row in shared.rows("crawlable", part)] if part else []
    paths = [*(ALWAYS if part == 1 else ()), *filter(None, map(path_of, things))]
    if not paths:
        raise NotFound("The map has no such part: /sitemap.xml lists those there are.")
    return _xml("sitemap.xml", paths=paths)


def _xml(template: str, **more: object) -> Response:
    text = render_template(template, root=request.root_url.rstrip("/"), **more)
    return Response(text, content_type="application/xml; charset=utf-8")
