"""The paths of the IRIs themselves, which lead on to the page or the data: 303 See Other.

https://www.w3.org/TR/cooluris/
"""

from flask import Blueprint
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from loader.settings import BASE
from query_ui.graph.urls import to_page_path
from query_ui.http.response_format import negotiate_page_or_format, split_suffix

blueprint = Blueprint("identifiers", __name__)


@blueprint.get("/id/<kind>/<path:name>")
def thing(kind: str, name: str) -> Response:
    """A thing: ``/id/{kind}/{slug}``."""
    return redirect_to_page(f"id/{kind}/{name}")


@blueprint.get("/concept/<scheme>/<path:name>")
def concept(scheme: str, name: str) -> Response:
    """A concept: ``/concept/{scheme}/{slug}``."""
    return redirect_to_page(f"concept/{scheme}/{name}")


@blueprint.get("/scheme/<name>")
def scheme(name: str) -> Response:
    """A concept scheme: ``/scheme/{name}``."""
    return redirect_to_page(f"scheme/{name}")


@blueprint.get("/graph/<path:name>")
def graph(name: str) -> Response:
    """A named graph: ``/graph/{slug}``."""
    return redirect_to_page(f"graph/{name}")


def redirect_to_page(path: str) -> Response:
    """The page of the thing, or its data where a suffix or Accept asks for that."""
    stem, suffix = split_suffix(path)
    form = negotiate_page_or_format("graph", suffix)
    return redirect(to_page_path(BASE + stem) + (form.suffix if form else ""), 303)
