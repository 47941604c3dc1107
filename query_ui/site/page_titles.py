"""The titles of pages, from their addresses alone."""

from urllib.parse import parse_qs

from flask import current_app

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.urls import build_entity_iri
from query_ui.http.embedding import LIST, EmbedTarget, build_target_finder
from query_ui.site.lists.list_definitions import get_list_definition

_KIND_BY_ENDPOINT = {
    "case_studies.page": "case-study",
    "initiatives.page": "initiative",
    "organisations.page": "organisation",
    "records.action_plans_page": "action-plan",
    "records.registers_page": "register",
    "records.indicators_page": "indicator",
}


def find_target(path: str, query: str) -> EmbedTarget | None:
    """Return the page of a path, where it can be embedded."""
    return build_target_finder(current_app.url_map)(path, query)


def find_title(graph: GraphContext, target: EmbedTarget) -> str:
    """Return the title of a page that can be embedded."""
    if target.endpoint == "queries.page":
        query = graph.saved_queries.get(target.values["name"])
        return query.title if query else "Saved query"
    if target.endpoint == "coverage.page":
        return "Coverage"
    if target.parts == (LIST,):
        return get_list_definition(target.path).title
    iri = find_iri(target)
    labels = EntityLabels(graph)
    labels.load([iri])
    return labels.name(iri)


def find_iri(target: EmbedTarget) -> str:
    """Return the IRI of the entity that a page is about."""
    values = target.values
    if target.endpoint == "things.any_page":
        return parse_qs(target.query).get("iri", [""])[0]
    if target.endpoint == "concepts.page":
        return f"{BASE}concept/{values['scheme']}/{values['name']}"
    if target.endpoint == "graphs.page":
        return f"{BASE}graph/{values['name']}"
    kind = _KIND_BY_ENDPOINT.get(target.endpoint) or values["kind"]
    return build_entity_iri(kind, values.get("slug") or values["name"])
