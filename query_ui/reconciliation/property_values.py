"""The values that a column gets for reconciled things, asked for all of them together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode

from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Row, Site, string
from query_ui.reconciliation.candidate_json import short
from query_ui.reconciliation.data_extension import Column
from query_ui.reconciliation.properties import PROPERTIES, Property

Cells = Mapping[tuple[str, str], list[Any]]
"""The values of a thing, by its address and the id of the property."""


def cells(site: Site, iris: Iterable[str], columns: Sequence[Column]) -> Cells:
    """The values of some properties of some things, each as the specification writes it."""
    known = [iri for iri in iris if site.gazetteer.thing_at(iri)]
    names = Names(site)
    found: dict[tuple[str, str], list[Any]] = {}
    for column in columns:
        values = values_of(site, known, column.property)
        if column.named:
            things = (v.value for terms in values.values() for v in terms)
            names.learn(iri for iri in things if site.gazetteer.thing_at(iri))
        for iri in known:
            shown = (cell(site, names, column, value) for value in values.get(iri, []))
            found[iri, column.property.id] = list(shown)
    return found


def cell(site: Site, names: Names, column: Column, value: NamedNode | Literal) -> dict[str, Any]:
    """One value: a thing that can be reconciled itself, a number or a text."""
    if isinstance(value, NamedNode):
        if column.named and site.gazetteer.thing_at(value.value):
            return {"id": short(value.value), "name": names.name(value.value)}
        return {"str": value.value}
    number = value.datatype.value.endswith("#integer")
    return {"int": int(value.value)} if number else {"str": value.value}


def values_of(
    site: Site, iris: Sequence[str], wanted: Property
) -> Mapping[str, list[NamedNode | Literal]]:
    """The values of one property, by thing."""
    if wanted.counted:
        return counted(site, iris, wanted.counted)
    if wanted.register:
        return {iri: registered(site, iri, wanted.register) for iri in iris}
    if wanted.id == "iri":
        return {iri: [Literal(iri)] for iri in iris}
    if wanted.asked:
        rows = site.rows("consortia-of", thing=iris)
    else:
        rows = site.rows("summaries", thing=iris, property=wanted.iri)
    found: dict[str, list[NamedNode | Literal]] = defaultdict(list)
    for row in rows:
        value = row["value"]
        if isinstance(value, NamedNode | Literal):
            found[string(row, "thing")].append(value)
    return {iri: sorted(values, key=str) for iri, values in found.items()}


def counted(
    site: Site, iris: Sequence[str], class_: str
) -> Mapping[str, list[NamedNode | Literal]]:
    """How many things of a class each organisation or concept has; 0 where there are none."""
    rows: list[Row] = []
    concepts = [iri for iri in iris if "/concept/" in iri]
    others = [iri for iri in iris if iri not in set(concepts)]
    rows += site.rows("tagged-counts", concept=concepts)
    rows += site.rows("counts-of-organisations", thing=others)
    totals = {
        string(row, "thing") or string(row, "concept"): int(string(row, "total"))
        for row in rows
        if string(row, "class") == class_
    }
    return {iri: [Literal(totals.get(iri, 0))] for iri in iris}


def registered(site: Site, iri: str, register: str) -> list[NamedNode | Literal]:
    """The identifiers of a thing in one register, in full form."""
    thing = site.gazetteer.thing_at(iri)
    found = site.gazetteer.identifiers(thing.number, register) if thing else []
    return [Literal(value) for _, value in found]


def texts(site: Site, iris: list[str], pid: str) -> Mapping[str, list[str]]:
    """The values of a property as texts, by thing: names of things beside their addresses."""
    found = values_of(site, iris, PROPERTIES[pid])
    names = Names(site)
    names.learn(v.value for values in found.values() for v in values if isinstance(v, NamedNode))
    return {
        iri: [t for v in values for t in {v.value, names.known.get(v.value, v.value)}]
        for iri, values in found.items()
    }
