"""The reconciliation service of one registry: the organisations of a file that the server read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from loader.errors import UsageError
from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.reconciliation.data_extension import ExtensionColumn
from query_ui.reconciliation.properties import ReconciliationProperty
from query_ui.reconciliation.reconciliation_service import CellValues, ReconciliationService
from query_ui.reconciliation.register_cache import open_register_index
from query_ui.reconciliation.registries.registry_properties import (
    ORGANISATION,
    REGISTRY_PROPERTIES,
    RELATION_PROPERTIES,
    list_texts,
)

ENTITIES_PER_SLICE = 100


class RegistryService(ReconciliationService):
    """The service at ``/reconcile/{slug}``."""

    properties = REGISTRY_PROPERTIES
    scope = "in this registry"

    def __init__(self, slug: str, title: str, name_index: NameIndex) -> None:
        """Serve a registry; raise UsageError where its records have no common identifier space."""
        self.slug = slug
        self.title = title
        self._name_index = name_index
        self.identifier_space = find_identifier_space(*name_index.find_iri_range())
        if not self.identifier_space:
            first, last = name_index.find_iri_range()
            raise UsageError(
                f"The registry {slug} ({title}) has identifiers of several kinds, such as {first} "
                f"and {last}; serve each kind as a registry of its own."
            )
        kinds = sorted(name_index.types - {ORGANISATION})
        self.types = {ORGANISATION: "Organisation"} | {k: k.capitalize() for k in kinds}
        self.entity_count = name_index.count_all()

    def describe_contents(self) -> str:
        """Return a line with the number of organisations and where they are served."""
        return (
            f"{self.entity_count:,} organisations of {self.title} at {self.path}, with identifiers "
            f"below {self.identifier_space}"
        )

    @property
    def name_index(self) -> NameIndex:
        """The names of the registry."""
        return self._name_index

    def format_types(self, types: Iterable[str]) -> list[dict[str, str]]:
        """Return the types of an organisation as JSON objects, the common one first."""
        return super().format_types(dict.fromkeys([ORGANISATION, *types]))

    def list_filter_types(self, types: frozenset[str]) -> frozenset[str]:
        """Return the types to filter by; each entity is an organisation, so that is no filter."""
        return frozenset() if ORGANISATION in types else types

    def count_entities(self, type_id: str) -> int:
        """Return the number of organisations of a type."""
        return self.entity_count if type_id == ORGANISATION else super().count_entities(type_id)

    def list_properties_of_type(self, type_id: str) -> list[ReconciliationProperty]:
        """Return all properties: every type is one of organisations."""
        return list(self.properties.values())

    def build_view_url(self, root_url: str) -> str:
        """Return the address of a record: that of its authority, else its preview here."""
        if self.identifier_space.startswith("http"):
            return f"{self.identifier_space}{{{{id}}}}"
        return f"{root_url}{self.path}/preview?id={{{{id}}}}"

    def build_entity_path(self, iri: str) -> str:
        """Return the address of the record at its authority, else the path of its preview here."""
        if iri.startswith("http"):
            return iri
        return f"{self.path}/preview?id={quote(self.shorten_iri(iri), safe='')}"

    def describe_entity(self, entity: IndexedEntity) -> str:
        """Return the town, the nation or else the country, and the status unless it is active."""
        known = self._name_index.load_attributes(entity.number)
        area = known.get("nation") or known.get("region") or entity.country
        status = entity.status if entity.status != "active" else ""
        return ", ".join(dict.fromkeys(filter(None, (entity.place, area, status, entity.note))))

    def fetch_cell_values(
        self, iris: Iterable[str], columns: Sequence[ExtensionColumn], check: Callable[[], None]
    ) -> CellValues:
        """Return the values of ``columns`` as JSON objects, from the name index alone."""
        values: dict[tuple[str, str], list[Any]] = {}
        for number, iri in enumerate(iris):
            if number % ENTITIES_PER_SLICE == 0:
                check()
            entity = self._name_index.find_entity(iri)
            if entity is None:
                continue
            for column in columns:
                texts = list_texts(self._name_index, entity, column.property.id)
                values[iri, column.property.id] = [self._format_value(column, t) for t in texts]
        return values

    def _format_value(self, column: ExtensionColumn, text: str) -> dict[str, str]:
        """Return a value as a JSON object: an organisation of the registry with id and name."""
        if column.has_names and column.property.id in RELATION_PROPERTIES:
            related = self._name_index.find_entity(text)
            if related:
                return {"id": self.shorten_iri(text), "name": related.label}
        return {"str": text}

    def fetch_texts(self, iris: list[str], property_id: str) -> Mapping[str, Iterable[str]]:
        """Return the values of a property as texts; organisations by IRI and by name."""
        found: dict[str, list[str]] = {}
        for iri in iris:
            entity = self._name_index.find_entity(iri)
            if entity:
                texts = list_texts(self._name_index, entity, property_id)
                related = [self._name_index.find_entity(text) for text in texts]
                found[iri] = [*texts, *(one.label for one in related if one)]
        return found


def find_identifier_space(first: str, last: str) -> str:
    """Return the beginning of all IRIs between two, up to a separator; "" where they differ.

    What the first and the last in the order of characters have in common, all have.
    """
    common = next(
        (first[:at] for at, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1),
        first[: len(last)],
    )
    space = common[: max(common.rfind(mark) for mark in "/:#") + 1]
    has_authority = not space.startswith("http") or space.count("/") > 2
    return space if has_authority and space not in ("urn:", "http:", "https:") else ""


def open_registries(
    files: Sequence[tuple[str, Path]], out_folder: Path
) -> dict[str, RegistryService]:
    """Open the registries to be served, by name; an index is built where the cache has none.

    Raise UsageError where two have the same name or one cannot be read.
    """
    found: dict[str, RegistryService] = {}
    for name, path in files:
        if name in found:
            raise UsageError(f"Two registries have the name {name}; give one another: NAME={path}.")
        found[name] = RegistryService(name, path.name, open_register_index([path], out_folder))
    return found
