"""Routes of the IRIs themselves, which redirect with 303 to the page or the data.

https://www.w3.org/TR/cooluris/
"""

from flask import Blueprint
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from loader.settings import BASE
from query_ui.graph.urls import to_page_path
from query_ui.http.negotiation import negotiate_page_or_format, split_suffix

blueprint = Blueprint("identifiers", __name__)


@blueprint.get("/id/<kind>/<path:name>", endpoint="thing")
def redirect_entity(kind: str, name: str) -> Response:
    """Redirect from the IRI of an entity, ``/id/{kind}/{slug}``."""
    return redirect_to_page(f"id/{kind}/{name}")


@blueprint.get("/concept/<scheme>/<path:name>")
def concept(scheme: str, name: str) -> Response:
    """Redirect from the IRI of a concept, ``/concept/{scheme}/{slug}``."""
    return redirect_to_page(f"concept/{scheme}/{name}")


@blueprint.get("/scheme/<name>")
def scheme(name: str) -> Response:
    """Redirect from the IRI of a concept scheme, ``/scheme/{name}``."""
    return redirect_to_page(f"scheme/{name}")


@blueprint.get("/graph/<path:name>")
def graph(name: str) -> Response:
    """Redirect from the IRI of a named graph, ``/graph/{slug}``."""
    return redirect_to_page(f"graph/{name}")


def redirect_to_page(path: str) -> Response:
    """Return a 303 redirect to the page, or to the data if suffix or Accept prefer a format."""
    stem, suffix = split_suffix(path)
    form = negotiate_page_or_format("graph", suffix)
    return redirect(to_page_path(BASE + stem) + (form.suffix if form else ""), 303)
