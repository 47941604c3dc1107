"""Breadcrumbs of a page, and the Link header that lists its other representations.

https://www.w3.org/WAI/ARIA/apg/patterns/breadcrumb/
"""

from collections.abc import Sequence

from flask import request

from query_ui.engine.result_formats import FORMATS_BY_KIND
from query_ui.graph.urls import Link, to_generic_page_path, to_page_path
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH

TITLE_BY_PATH = {
    **{path: definition.title for path, definition in LIST_DEFINITION_BY_PATH.items()},
    "/concepts": "Topics",
    "/queries": "Saved queries",
    "/sparql": "SPARQL",
    "/coverage": "Coverage",
    "/changes": "Changes",
    "/dataset": "Dataset",
    "/link": "Match your data",
    "/help": "Help",
    "/about": "About and method",
}
ALTERNATE_FORMATS = ("ttl", "nt", "jsonld", "rdfxml")


def list_breadcrumbs() -> Sequence[Link]:
    """Return links to the pages above the current one, that of its section first."""
    path = request.path
    above: list[Link] = []
    parts = path.strip("/").split("/")
    for end in range(1, len(parts)):
        address = "/" + "/".join(parts[:end])
        if address in TITLE_BY_PATH:
            above.append(Link(TITLE_BY_PATH[address], address))
        elif parts[0] == "concepts" and end == 2:
            above.append(Link(parts[1].replace("-", " ").capitalize(), address))
    return above


def build_link_header(iri: str) -> str:
    """Return the Link header of the page about an IRI: canonical, alternate and describedby.

    An IRI with a fragment has no page of its own, so its data has the address of the generic page.
    https://www.rfc-editor.org/rfc/rfc8288#section-3
    """
    path = to_page_path(iri)
    generic = f"{to_generic_page_path(iri)}&format=" if "?" in path or "#" in path else ""
    links = [f'<{request.root_url.rstrip("/")}{path}>; rel="canonical"']
    for form in FORMATS_BY_KIND["graph"]:
        if form.name in ALTERNATE_FORMATS:
            data = f"{generic}{form.suffix[1:]}" if generic else f"{path}{form.suffix}"
            links.append(f'<{data}>; rel="alternate"; type="{form.media_type}"')
    links.append('</.well-known/void>; rel="describedby"')
    return ", ".join(links)
