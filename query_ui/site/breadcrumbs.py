"""Where a page stands in the site, and how its addresses are told to machines."""

from collections.abc import Sequence

from flask import request

from query_ui.engine.result_formats import FORMATS
from query_ui.graph.urls import Link
from query_ui.site.lists.list_definitions import SHELVES

ROOMS = {
    **{path: shelf.title for path, shelf in SHELVES.items()},
    "/concepts": "Concepts",
    "/queries": "Questions",
    "/sparql": "SPARQL",
    "/coverage": "Coverage",
    "/changes": "Changes",
    "/dataset": "Dataset",
    "/link": "Match a table",
}
FORMS = ("ttl", "nt", "jsonld", "rdfxml")


def crumbs() -> Sequence[Link]:
    """The pages above the one at hand, from the home page on; none on the home page."""
    path = request.path
    above = [Link("Home", "/")]
    parts = path.strip("/").split("/")
    for end in range(1, len(parts)):
        address = "/" + "/".join(parts[:end])
        if address in ROOMS:
            above.append(Link(ROOMS[address], address))
        elif parts[0] == "concepts" and end == 2:
            above.append(Link(parts[1].replace("-", " ").capitalize(), address))
    return above if path != "/" else ()


def link_header(path: str) -> str:
    """The Link header of a thing's page: itself, its data, and what describes the dataset.

    https://www.rfc-editor.org/rfc/rfc8288
    """
    links = [f'<{request.root_url.rstrip("/")}{path}>; rel="canonical"']
    for form in FORMATS["graph"]:
        if form.name in FORMS:
            links.append(f'<{path}{form.suffix}>; rel="alternate"; type="{form.media_type}"')
    links.append('</.well-known/void>; rel="describedby"')
    return ", ".join(links)
