"""What the things in an answer are called and where their pages are, as JSON for the editor."""

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import site
from query_ui.graph.urls import is_web, path_of

blueprint = Blueprint("naming", __name__)

MOST = 500


@blueprint.post("/sparql/names")
def named() -> Response:
    """For ``{"iris": […]}``, at most 500 of them, an object from each IRI to its name."""
    asked = request.get_json(silent=True)
    iris = asked.get("iris") if isinstance(asked, dict) else None
    if not isinstance(iris, list) or not all(isinstance(iri, str) for iri in iris):
        raise BadRequest('Send the IRIs as JSON: {"iris": ["https://…"]}.')
    if len(iris) > MOST:
        raise BadRequest(f"Ask for at most {MOST} names at once: these are {len(iris):,}.")
    names = Names(site())
    names.learn(iri for iri in iris if is_iri(iri))
    return jsonify({"names": {iri: name_of(names, iri) for iri in iris}})


def is_iri(text: str) -> bool:
    """Whether a text can stand between angle brackets in a query."""
    return ":" in text and not any(c in '<>"{}|^`\\' or ord(c) <= 32 for c in text)


def name_of(names: Names, iri: str) -> dict[str, str | bool]:
    """The label ("" where there is none), the short form, and where to go ("" for nowhere)."""
    path = path_of(iri)
    return {
        "label": names.known.get(iri, ""),
        "short": names.short(iri),
        "href": path or (iri if is_web(iri) else ""),
        "outside": not path,
    }
