"""Labels and page addresses of the IRIs in a result, as JSON for the query editor."""

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import BadRequest

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import is_web_iri, to_page_path
from query_ui.http.public_address import to_public_path
from query_ui.http.request_input import read_json_body

blueprint = Blueprint("naming", __name__)

MAX_IRIS = 500


@blueprint.post("/sparql/names", endpoint="named")
def serve_labels() -> Response:
    """Return an object from each IRI in ``{"iris": […]}``, at most 500, to its label and link."""
    asked = read_json_body()
    iris = asked.get("iris") if isinstance(asked, dict) else None
    if not isinstance(iris, list) or not all(isinstance(iri, str) for iri in iris):
        raise BadRequest('Send the IRIs as JSON: {"iris": ["https://…"]}.')
    if len(iris) > MAX_IRIS:
        raise BadRequest(f"Ask for at most {MAX_IRIS} names at once: these are {len(iris):,}.")
    names = EntityLabels(current_graph())
    names.load(iri for iri in iris if is_safe_iri(iri))
    return jsonify({"names": {iri: serialise_label(names, iri) for iri in iris}})


def is_safe_iri(text: str) -> bool:
    """Return whether a text can stand between angle brackets in a query.

    https://www.w3.org/TR/sparql11-query/#rIRIREF
    """
    return ":" in text and not any(c in '<>"{}|^`\\' or ord(c) <= 32 for c in text)


def serialise_label(labels: EntityLabels, iri: str) -> dict[str, str | bool]:
    """Return the label ("" if none), the prefixed form, and the link ("" if none) of an IRI.

    ``outside`` is true if the IRI has no page on this site.
    """
    path = to_page_path(iri)
    return {
        "label": labels.label_by_iri.get(iri, ""),
        "short": labels.short(iri),
        "href": to_public_path(path) or (iri if is_web_iri(iri) else ""),
        "outside": not path,
    }
