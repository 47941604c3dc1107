"""The reconciliation service of the graph: the entities of the current release."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from loader.settings import BASE
from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.urls import to_page_path
from query_ui.reconciliation.data_extension import ExtensionColumn
from query_ui.reconciliation.properties import PROPERTIES, TYPES
from query_ui.reconciliation.property_values import fetch_cell_values, fetch_property_texts
from query_ui.reconciliation.reconciliation_service import CellValues, ReconciliationService


class GraphService(ReconciliationService):
    """The service at ``/reconcile``."""

    slug = ""
    title = "Concordat KG: UK research-culture practice"
    scope = "in this release"
    identifier_space = BASE
    types = TYPES
    properties = PROPERTIES

    def __init__(self, graph: GraphContext) -> None:
        self._graph = graph

    @property
    def name_index(self) -> NameIndex:
        """The names of the current release; raise BuildError where it has none."""
        return self._graph.name_index

    def build_view_url(self, root_url: str) -> str:
        """Return the address of the page of an entity, with ``{{id}}`` in place of its id."""
        return f"{root_url}/{{{{id}}}}"

    def build_entity_path(self, iri: str) -> str:
        """Return the path of the page of an entity."""
        return to_page_path(iri)

    def describe_entity(self, entity: IndexedEntity) -> str:
        """Return the note of an entity."""
        return entity.note

    def fetch_cell_values(
        self, iris: Iterable[str], columns: Sequence[ExtensionColumn], check: Callable[[], None]
    ) -> CellValues:
        """Return the values of ``columns``, from the graph."""
        return fetch_cell_values(self._graph, iris, columns, check)

    def fetch_texts(self, iris: list[str], property_id: str) -> Mapping[str, Iterable[str]]:
        """Return the values of a property as texts, from the graph."""
        return fetch_property_texts(self._graph, iris, property_id)
