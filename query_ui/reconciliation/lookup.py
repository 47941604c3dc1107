"""Look-up of entities by identifier, one at a time or in bulk: ``/lookup``."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.utils import redirect

from loader.errors import BadValue
from loader.identifiers import SCHEMES, recognise_identifier
from query_ui.graph.name_index import NameIndex
from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import to_page_path
from query_ui.http.negotiation import HTML_MEDIA_TYPE, prefers_json
from query_ui.http.public_address import to_public_path
from query_ui.http.request_input import read_json_body
from query_ui.http.request_limits import check_count, check_length
from query_ui.http.response import build_json_response
from query_ui.http.task_gate import current_limits, run_task

blueprint = Blueprint("lookup", __name__, url_prefix="/lookup")

IDENTIFIERS_PER_SLICE = 50


@blueprint.get("")
def one() -> Response:
    """Redirect (303) to the entity with the identifier ``id``, or describe it as JSON.

    Without an identifier return a form. An identifier that is malformed or of no known scheme is a
    bad request, one that no entity has is not found.
    """
    text = request.args.get("id", "").strip()
    if not text:
        return Response(
            render_template("lookup.html", schemes=SCHEMES.values()), mimetype=HTML_MEDIA_TYPE
        )
    check_length("id", text, current_limits().max_name_characters)
    found = describe_identifier(current_graph().name_index, text)
    if found["problem"]:
        raise BadValue(str(found["problem"]))
    if not found["iri"]:
        raise NotFound(f"Nothing in this release has the {found['scheme']} {found['full']}.")
    if prefers_json():
        return build_json_response(found)
    response: Response = redirect(to_page_path(found["iri"]), 303)  # type: ignore[assignment]
    response.vary.add("Accept")
    return response


@blueprint.post("")
def many() -> Response:
    """Describe each identifier of ``{"ids": […]}``, at most 5,000; ``iri`` is null if unknown."""
    asked = read_json_body()
    ids = asked.get("ids") if isinstance(asked, dict) else None
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise BadRequest('Send the identifiers as JSON: {"ids": ["https://ror.org/…"]}.')
    limits, names = current_limits(), current_graph().name_index
    check_count("ids", ids, limits.max_identifiers)
    for text in ids:
        check_length("ids: an identifier", text, limits.max_name_characters)
    items = []
    with run_task() as task:
        for start in range(0, len(ids), IDENTIFIERS_PER_SLICE):
            task.check()
            some = ids[start : start + IDENTIFIERS_PER_SLICE]
            items += [describe_identifier(names, text) for text in some]
    return build_json_response({"total": len(items), "truncated": False, "items": items})


def describe_identifier(name_index: NameIndex, text: str) -> dict[str, Any]:
    """Describe an identifier: its scheme and full form, the entity that has it, and any problem.

    The keys are ``id``, ``scheme``, ``full``, ``iri``, ``label``, ``url`` and ``problem``; unknown
    values are None.
    """
    told: dict[str, Any] = {"id": text, "scheme": None, "full": None}
    told |= {"iri": None, "label": None, "url": None, "problem": None}
    recognised = recognise_identifier(text)
    if recognised is None:
        titles = ", ".join(scheme.title for scheme in SCHEMES.values())
        return told | {"problem": f"“{text}” is no identifier that is known: {titles}, homepage."}
    scheme, full = recognised
    told |= {"scheme": scheme, "full": full}
    if scheme in SCHEMES and not SCHEMES[scheme].is_valid(full):
        title = SCHEMES[scheme].title
        return told | {"problem": f"“{text}” fails the check digits of {title}; look it up."}
    found = name_index.find_entity_numbers(scheme, full)
    if not found:
        return told
    entity = name_index.load_entity(found[0])
    return told | {
        "iri": entity.iri,
        "label": entity.label,
        "url": to_public_path(to_page_path(entity.iri)),
    }
