"""The reconciliation services of a running application: the graph's and those of registries."""

from collections.abc import Mapping
from typing import cast

from flask import current_app, g
from werkzeug.exceptions import NotFound

from query_ui.graph.page_queries import current_graph
from query_ui.http.request_input import shorten
from query_ui.reconciliation.graph_service import GraphService
from query_ui.reconciliation.reconciliation_service import ReconciliationService
from query_ui.reconciliation.registries.registry_service import RegistryService

REGISTRIES_EXTENSION = "concordat-kg-registries"


def list_registries() -> Mapping[str, RegistryService]:
    """Return the registries that are served beside the graph, by name."""
    return cast(Mapping[str, RegistryService], current_app.extensions[REGISTRIES_EXTENSION])


def find_service(slug: str) -> ReconciliationService:
    """Return the service of a registry, or that of the graph for ""; raise NotFound for no such."""
    if not slug:
        return GraphService(current_graph())
    registries = list_registries()
    if slug not in registries:
        known = ", ".join(registries) or "none"
        raise NotFound(f"There is no registry “{shorten(slug)}” here; those served are: {known}.")
    return registries[slug]


def current_service() -> ReconciliationService:
    """Return the service that the address of the request names."""
    return find_service(g.get("registry_name", ""))


def list_registry_names(registries: Mapping[str, RegistryService]) -> list[str]:
    """Return name, title and file of each registry, which pages show."""
    return [f"{n} {one.title} {one.name_index.path.name}" for n, one in registries.items()]
