"""One reconciliation service: the names it matches, its types and properties, and their values."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.reconciliation.data_extension import ExtensionColumn
from query_ui.reconciliation.properties import ReconciliationProperty

CellValues = Mapping[tuple[str, str], list[Any]]
"""Values as JSON objects, by pair of entity IRI and property id."""


class ReconciliationService(ABC):
    """A service with its own manifest: that of the graph, or of a registry that is served beside.

    ``slug`` is the part of its address after ``/reconcile``, "" for the graph; ``title`` names it
    to people. The IRIs of its entities begin with ``identifier_space``, which their ids leave out.
    ``types`` has the name by type id, ``properties`` the properties by id; ``scope`` says in a
    sentence where its entities are, as in “3 in this release”.
    """

    slug: str
    title: str
    scope: str
    identifier_space: str
    types: Mapping[str, str]
    properties: Mapping[str, ReconciliationProperty]

    @property
    @abstractmethod
    def name_index(self) -> NameIndex:
        """The names to match with."""

    @property
    def path(self) -> str:
        """Path of the service, without the address of the site."""
        return f"/reconcile/{self.slug}" if self.slug else "/reconcile"

    def shorten_iri(self, iri: str) -> str:
        """Return the id of an entity: its IRI without the identifier space."""
        return iri.removeprefix(self.identifier_space)

    def expand_id(self, entity_id: str) -> str:
        """Return the IRI of an entity from its id; an IRI is returned unchanged."""
        is_iri = entity_id.startswith(("http://", "https://", "urn:"))
        return entity_id if is_iri else self.identifier_space + entity_id

    def format_types(self, types: Iterable[str]) -> list[dict[str, str]]:
        """Return the types of an entity as JSON objects, without those that have no name."""
        return [{"id": name, "name": self.types[name]} for name in types if name in self.types]

    def list_filter_types(self, types: frozenset[str]) -> frozenset[str]:
        """Return the types of the index that the types of a query restrict the matches to."""
        return types

    def count_entities(self, type_id: str) -> int:
        """Return the number of entities of a type."""
        return self.name_index.count(type_id)

    def list_properties_of_type(self, type_id: str) -> list[ReconciliationProperty]:
        """Return the properties of a type; all where it is "" or has no name, as a scheme."""
        return [
            one
            for one in self.properties.values()
            if type_id not in self.types or type_id in one.types
        ]

    @abstractmethod
    def build_view_url(self, root_url: str) -> str:
        """Return the address of the page of an entity, with ``{{id}}`` in place of its id."""

    @abstractmethod
    def build_entity_path(self, iri: str) -> str:
        """Return where the page of an entity is: a path of this site, or an address elsewhere."""

    @abstractmethod
    def describe_entity(self, entity: IndexedEntity) -> str:
        """Return a note that distinguishes an entity from others of the same name, or ""."""

    @abstractmethod
    def fetch_cell_values(
        self, iris: Iterable[str], columns: Sequence[ExtensionColumn], check: Callable[[], None]
    ) -> CellValues:
        """Return the values of ``columns`` for known entities among ``iris``, as JSON objects.

        ``check`` is called between slices of the work and may raise.
        """

    @abstractmethod
    def fetch_texts(self, iris: list[str], property_id: str) -> Mapping[str, Iterable[str]]:
        """Return the values of a property as texts, by entity IRI."""
