"""Routes for crawlers: ``robots.txt`` and the sitemap.

https://www.sitemaps.org/protocol.html and https://www.rfc-editor.org/rfc/rfc9309
"""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from query_ui.graph.page_queries import current_graph, get_cell_text
from query_ui.graph.urls import to_page_path
from query_ui.http.public_address import to_public_path

blueprint = Blueprint("crawling", __name__)

SITEMAP_PART_SIZE = 10_000
"""Entities in one part, as in ``sparql/pages/crawlable.rq``; the protocol allows 50,000."""
FIXED_PATHS = (
    *("/", "/case-studies", "/initiatives", "/organisations", "/concepts", "/graphs"),
    *(
        "/coverage",
        "/things/commitment",
        "/things/concept",
        "/action-plans",
        "/registers",
        "/indicators",
    ),
    *("/queries", "/ontology", "/dataset", "/about/related", "/changes"),
)


@blueprint.get("/robots.txt")
def rules() -> Response:
    """Return the rules for crawlers: all but query results, and where the sitemap is."""
    text = render_template("robots.txt", root=request.root_url.rstrip("/"))
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """Return the sitemap index: https://www.sitemaps.org/protocol.html#index"""
    total = current_graph().count("count-crawlable").value
    # The division is rounded up; the fixed pages need a first part even in an empty graph.
    parts = range(1, max(1, -(-total // SITEMAP_PART_SIZE)) + 1)
    return _render_xml("sitemap-index.xml", parts=parts)


@blueprint.get("/sitemap-<int:part>.xml")
def pages(part: int) -> Response:
    """Return one part of the sitemap: entity pages, and the fixed pages in the first part.

    Raise NotFound past the last part.
    """
    shared = current_graph()
    entities = (
        [get_cell_text(row, "thing") for row in shared.select_rows("crawlable", part)]
        if part
        else []
    )
    paths = [*(FIXED_PATHS if part == 1 else ()), *filter(None, map(to_page_path, entities))]
    if not paths:
        path = to_public_path("/sitemap.xml")
        raise NotFound(f"The map has no such part: {path} lists those there are.")
    return _render_xml("sitemap.xml", paths=paths)


def _render_xml(template: str, **context: object) -> Response:
    text = render_template(template, root=request.root_url.rstrip("/"), **context)
    return Response(text, content_type="application/xml; charset=utf-8")
