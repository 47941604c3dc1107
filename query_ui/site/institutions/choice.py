"""The institutions that a request names, by slug, IRI, ROR identifier or name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index.autocomplete import autocomplete_entities
from query_ui.graph.search_index.search_query import MAX_QUERY_LENGTH
from query_ui.graph.urls import Link, build_entity_iri
from query_ui.site.lists.list_items import collect_column_iris

ORGANISATION = f"{BASE}id/organisation/"
_ROR = re.compile(r"(?:https?://)?(?:www\.)?(?:ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}\d{2})", re.I)
"""https://ror.readme.io/docs/identifier"""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One institution of a request; ``slug`` is its value in the address."""

    link: Link
    slug: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A text that names no institution, with institutions that it may mean."""

    text: str
    candidates: tuple[Chosen, ...]


def resolve_institutions(
    graph: GraphContext, texts: Sequence[str]
) -> tuple[list[Chosen], list[Unknown]]:
    """Return the institutions that texts name, each once, and the texts that name none."""
    labels = EntityLabels(graph)
    found: dict[str, Chosen] = {}
    unknown: list[Unknown] = []
    for text in dict.fromkeys(text.strip() for text in texts if text.strip()):
        chosen, candidates = resolve_text(graph, labels, text)
        if chosen:
            found[chosen.slug] = chosen
        else:
            unknown.append(Unknown(text, tuple(candidates)))
    return list(found.values()), unknown


def resolve_text(
    graph: GraphContext, labels: EntityLabels, text: str
) -> tuple[Chosen | None, list[Chosen]]:
    """Return the institution that a text names, or None and institutions with similar names."""
    iri = find_iri(graph, text)
    if iri:
        labels.load([iri])
        return (build_choice(labels, iri) if iri in labels.label_by_iri else None), []
    index = graph.index
    near = autocomplete_entities(index, text[:MAX_QUERY_LENGTH]) if index else []
    near = [one for one in near if one.iri.startswith(ORGANISATION)]
    labels.load(one.iri for one in near)
    exact = [one for one in near if text.casefold() in (one.name.casefold(), one.label.casefold())]
    if len(exact) == 1:
        return build_choice(labels, exact[0].iri), []
    return None, [build_choice(labels, one.iri) for one in near]


def find_iri(graph: GraphContext, text: str) -> str:
    """Return the IRI that a text is or identifies: a slug, an IRI or a ROR identifier; or ""."""
    if text.startswith(ORGANISATION):
        return text
    ror = _ROR.fullmatch(text)
    if ror:
        identifier = f"https://ror.org/{ror[1].lower()}"
        rows = graph.select_rows("organisation-by-identifier", identifier=identifier)
        return next(iter(collect_column_iris(rows)), "")
    return build_entity_iri("organisation", text) if _SLUG.fullmatch(text) else ""


def build_choice(labels: EntityLabels, iri: str) -> Chosen:
    """Return an institution as a choice."""
    return Chosen(labels.build_page_link(iri), iri.removeprefix(ORGANISATION))
