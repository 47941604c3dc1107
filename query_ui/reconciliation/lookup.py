"""From any known identifier to the thing: ``/lookup?id=``, one by one or many at once."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.utils import redirect

from loader.errors import BadValue
from loader.identifiers import SCHEMES, recognise
from query_ui.graph.name_index import Gazetteer
from query_ui.graph.page_queries import site
from query_ui.graph.urls import path_of
from query_ui.http.response_format import PAGE, json_answer, wants_json

blueprint = Blueprint("lookup", __name__, url_prefix="/lookup")

MOST = 5_000
"""Identifiers in one request."""


@blueprint.get("")
def one() -> Response:
    """The page of the thing with an identifier (303), or what it is as JSON; without one a form."""
    text = request.args.get("id", "").strip()
    if not text:
        return Response(render_template("lookup.html", schemes=SCHEMES.values()), mimetype=PAGE)
    found = known(site().gazetteer, text)
    if found["problem"]:
        raise BadValue(str(found["problem"]))
    if not found["iri"]:
        raise NotFound(f"Nothing in this release has the {found['scheme']} {found['full']}.")
    if wants_json():
        return json_answer(found)
    response: Response = redirect(str(found["url"]), 303)  # type: ignore[assignment]
    response.vary.add("Accept")
    return response


@blueprint.post("")
def many() -> Response:
    """For ``{"ids": […]}``, at most 5,000 of them, what each is; ``iri`` is null for none."""
    asked = request.get_json(silent=True)
    ids = asked.get("ids") if isinstance(asked, dict) else None
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise BadRequest('Send the identifiers as JSON: {"ids": ["https://ror.org/…"]}.')
    if len(ids) > MOST:
        raise BadRequest(f"Ask for at most {MOST:,} identifiers at once: these are {len(ids):,}.")
    names = site().gazetteer
    items = [known(names, text) for text in ids]
    return json_answer({"total": len(items), "truncated": False, "items": items})


def known(names: Gazetteer, text: str) -> dict[str, Any]:
    """What an identifier is, which thing has it, and what is wrong with it, if anything is."""
    told: dict[str, Any] = {"id": text, "scheme": None, "full": None}
    told |= {"iri": None, "label": None, "url": None, "problem": None}
    recognised = recognise(text)
    if recognised is None:
        titles = ", ".join(scheme.title for scheme in SCHEMES.values())
        return told | {"problem": f"“{text}” is no identifier that is known: {titles}, homepage."}
    scheme, full = recognised
    told |= {"scheme": scheme, "full": full}
    if scheme in SCHEMES and not SCHEMES[scheme].sound(full):
        title = SCHEMES[scheme].title
        return told | {"problem": f"“{text}” fails the check digits of {title}; look it up."}
    found = names.identified(scheme, full)
    if not found:
        return told
    thing = names.thing(found[0])
    return told | {"iri": thing.iri, "label": thing.label, "url": path_of(thing.iri)}
