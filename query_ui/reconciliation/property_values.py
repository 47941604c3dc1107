"""Values of properties of reconciled entities, fetched for all entities together."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.reconciliation.data_extension import ExtensionColumn
from query_ui.reconciliation.properties import PROPERTIES, ReconciliationProperty
from query_ui.reconciliation.reconciliation_service import CellValues


def fetch_cell_values(
    graph: GraphContext,
    iris: Iterable[str],
    columns: Sequence[ExtensionColumn],
    check: Callable[[], None],
) -> CellValues:
    """Return the values of ``columns`` for known entities among ``iris``, as JSON objects.

    ``check`` is called before each column and may raise.
    """
    # Ids come from clients: only IRIs of the release may enter a query.
    known = [iri for iri in iris if graph.name_index.find_entity(iri)]
    names = EntityLabels(graph)
    found: dict[tuple[str, str], list[Any]] = {}
    for column in columns:
        check()
        values = fetch_property_values(graph, known, column.property)
        if column.has_names:
            entities = (v.value for terms in values.values() for v in terms)
            names.load(iri for iri in entities if graph.name_index.find_entity(iri))
        for iri in known:
            shown = (
                to_reconciliation_value(graph, names, column, value)
                for value in values.get(iri, [])
            )
            found[iri, column.property.id] = list(shown)
    return found


def to_reconciliation_value(
    graph: GraphContext, labels: EntityLabels, column: ExtensionColumn, value: NamedNode | Literal
) -> dict[str, Any]:
    """Return a value as a JSON object: an entity with id and name, an integer or a text."""
    if isinstance(value, NamedNode):
        if column.has_names and graph.name_index.find_entity(value.value):
            return {"id": value.value.removeprefix(BASE), "name": labels.name(value.value)}
        return {"str": value.value}
    number = value.datatype.value.endswith("#integer")
    return {"int": int(value.value)} if number else {"str": value.value}


def fetch_property_values(
    graph: GraphContext, iris: Sequence[str], reconciled_property: ReconciliationProperty
) -> Mapping[str, list[NamedNode | Literal]]:
    """Return the values of one property, sorted, by entity IRI; other entities may be absent."""
    if reconciled_property.counted:
        return count_tagged_by_class(graph, iris, reconciled_property.counted)
    if reconciled_property.identifier_scheme:
        return {
            iri: list_register_identifiers(graph, iri, reconciled_property.identifier_scheme)
            for iri in iris
        }
    if reconciled_property.id == "iri":
        return {iri: [Literal(iri)] for iri in iris}
    if reconciled_property.page_query:
        rows = graph.select_rows("consortia-of", thing=iris)
    else:
        rows = graph.select_rows("summaries", thing=iris, property=reconciled_property.iri)
    found: dict[str, list[NamedNode | Literal]] = defaultdict(list)
    for row in rows:
        value = row["value"]
        if isinstance(value, NamedNode | Literal):
            found[get_cell_text(row, "thing")].append(value)
    return {iri: sorted(values, key=str) for iri, values in found.items()}


def count_tagged_by_class(
    graph: GraphContext, iris: Sequence[str], class_iri: str
) -> Mapping[str, list[NamedNode | Literal]]:
    """Return the number of entities of a class for each organisation or concept, by IRI."""
    # Concepts are counted over their closure, organisations by their own records.
    rows: list[PageRow] = []
    concepts = [iri for iri in iris if "/concept/" in iri]
    others = [iri for iri in iris if iri not in set(concepts)]
    rows += graph.select_rows("tagged-counts", concept=concepts)
    rows += graph.select_rows("counts-of-organisations", thing=others)
    totals = {
        get_cell_text(row, "thing") or get_cell_text(row, "concept"): int(
            get_cell_text(row, "total")
        )
        for row in rows
        if get_cell_text(row, "class") == class_iri
    }
    return {iri: [Literal(totals.get(iri, 0))] for iri in iris}


def list_register_identifiers(
    graph: GraphContext, iri: str, register: str
) -> list[NamedNode | Literal]:
    """Return the identifiers of an entity in one register, in full form."""
    entity = graph.name_index.find_entity(iri)
    found = graph.name_index.list_identifiers(entity.number, register) if entity else []
    return [Literal(value) for _, value in found]


def fetch_property_texts(
    graph: GraphContext, iris: list[str], property_id: str
) -> Mapping[str, list[str]]:
    """Return the values of a property as texts, by entity IRI.

    A value that is an IRI is included both as IRI and by its label.
    """
    found = fetch_property_values(graph, iris, PROPERTIES[property_id])
    names = EntityLabels(graph)
    names.load(v.value for values in found.values() for v in values if isinstance(v, NamedNode))
    return {
        iri: [t for v in values for t in {v.value, names.label_by_iri.get(v.value, v.value)}]
        for iri, values in found.items()
    }
