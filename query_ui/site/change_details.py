"""The entities of a release diff as a page shows them, with the values that came and went."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.urls import Link, to_generic_page_path, to_page_path

MAX_SHOWN_PROPERTIES = 4
MAX_SHOWN_LENGTH = 120
"""Characters of the old values, and of the new ones, that the page shows of a property."""


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """What changed in one property: its values before and after in words, "" for none."""

    link: Link
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedEntity:
    """An entity that changed; ``more`` counts the properties that changed and are not shown."""

    link: Link
    properties: tuple[PropertyChange, ...]
    more: int


@dataclass(frozen=True, slots=True)
class StateChanges:
    """The entities with one state; those of a page are described, ``count`` is of all."""

    state: str
    heading: str
    count: int
    entities: tuple[ChangedEntity, ...]


def describe_entities(
    labels: EntityLabels, entities: Sequence[Mapping[str, Any]]
) -> tuple[ChangedEntity, ...]:
    """Return entities of ``changes.json`` for display; a removed one links to its 410 page."""
    labels.load(
        changed["property"]
        for entity in entities
        for changed in entity.get("properties", ())[:MAX_SHOWN_PROPERTIES]
    )
    return tuple(describe_entity(labels, entity) for entity in entities)


def describe_entity(labels: EntityLabels, entity: Mapping[str, Any]) -> ChangedEntity:
    """Return one entity of ``changes.json`` for display."""
    changed = entity.get("properties", ())
    left_out = max(0, len(changed) - MAX_SHOWN_PROPERTIES)
    return ChangedEntity(
        Link(
            entity["name"] or entity["iri"],
            to_page_path(entity["iri"]) or to_generic_page_path(entity["iri"]),
        ),
        tuple(
            PropertyChange(
                labels.build_page_link(one["property"]),
                join_values(one.get("removed", ()), one.get("more_removed", 0)),
                join_values(one.get("added", ()), one.get("more_added", 0)),
            )
            for one in changed[:MAX_SHOWN_PROPERTIES]
        ),
        left_out + entity.get("more_properties", 0),
    )


def join_values(values: Iterable[str], more: int) -> str:
    """Return values as one text of limited length, with the number of those left out."""
    text = "; ".join(values)
    if len(text) > MAX_SHOWN_LENGTH:
        text = f"{text[: MAX_SHOWN_LENGTH - 1]}…"
    return f"{text} and {more} more" if more else text
