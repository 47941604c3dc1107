"""Look-up of entities by identifier, one at a time or in bulk: ``/lookup``."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.utils import redirect

from loader.errors import BadValue
from loader.identifiers import SCHEMES, recognise_identifier
from query_ui.http.negotiation import HTML_MEDIA_TYPE, prefers_json
from query_ui.http.public_address import to_public_path
from query_ui.http.request_input import read_json_body
from query_ui.http.request_limits import check_count, check_length
from query_ui.http.response import build_json_response
from query_ui.http.task_gate import current_limits, run_task
from query_ui.reconciliation.reconciliation_service import ReconciliationService
from query_ui.reconciliation.served_services import find_service, list_registries

blueprint = Blueprint("lookup", __name__, url_prefix="/lookup")

IDENTIFIERS_PER_SLICE = 50


@blueprint.get("")
def one() -> Response:
    """Redirect (303) to the entity with the identifier ``id``, or describe it as JSON.

    ``registry`` names the registry to look in, instead of the graph. Without an identifier return a
    form. An identifier that is malformed or of no known scheme is a bad request, one that no entity
    has is not found.
    """
    text = request.args.get("id", "").strip()
    if not text:
        page = render_template(
            "lookup.html", schemes=SCHEMES.values(), registries=list_registries()
        )
        return Response(page, mimetype=HTML_MEDIA_TYPE)
    check_length("id", text, current_limits().max_name_characters)
    service = find_service(request.args.get("registry", ""))
    found = describe_identifier(service, text)
    if found["problem"]:
        raise BadValue(str(found["problem"]))
    if not found["iri"]:
        raise NotFound(f"Nothing {service.scope} has the {found['scheme']} {found['full']}.")
    if prefers_json():
        return build_json_response(found)
    response: Response = redirect(service.build_entity_path(found["iri"]), 303)  # type: ignore[assignment]
    response.vary.add("Accept")
    return response


@blueprint.post("")
def many() -> Response:
    """Describe each identifier of ``{"ids": […]}``, at most 5,000; ``iri`` is null if unknown.

    ``"registry"`` names the registry to look in, instead of the graph.
    """
    asked = read_json_body()
    fields = asked if isinstance(asked, dict) else {}
    ids, registry = fields.get("ids"), fields.get("registry") or ""
    if not isinstance(registry, str):
        raise BadRequest("registry has to be the name of a registry.")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise BadRequest('Send the identifiers as JSON: {"ids": ["https://ror.org/…"]}.')
    limits, service = current_limits(), find_service(registry)
    check_count("ids", ids, limits.max_identifiers)
    for text in ids:
        check_length("ids: an identifier", text, limits.max_name_characters)
    items = []
    with run_task() as task:
        for start in range(0, len(ids), IDENTIFIERS_PER_SLICE):
            task.check()
            some = ids[start : start + IDENTIFIERS_PER_SLICE]
            items += [describe_identifier(service, text) for text in some]
    return build_json_response({"total": len(items), "truncated": False, "items": items})


def describe_identifier(service: ReconciliationService, text: str) -> dict[str, Any]:
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
    found = service.name_index.find_entity_numbers(scheme, full)
    if not found:
        return told
    entity = service.name_index.load_entity(found[0])
    url = to_public_path(service.build_entity_path(entity.iri))
    return told | {"iri": entity.iri, "label": entity.label, "url": url}
