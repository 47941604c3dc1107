"""Collection of the content of the search index from a finished store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from loader.queries import build_queries
from loader.queries.build_queries import INDEX_COLUMNS, build_missing_error
from loader.queries.query_files import load_saved_queries
from loader.release.search_index.broad_tagging import find_broadly_tagged
from loader.release.search_index.card_tags import collect_card_tags
from loader.release.search_index.concept_closure import build_stated_tags, compute_concept_postings
from loader.release.search_index.indexed_entities import (
    EntityNumbering,
    IndexQueryRunner,
    number_entities,
)
from loader.release.search_index.information_content import ConceptWeight, compute_concept_weights
from loader.release.search_index.list_cells import ListCells, collect_list_cells
from loader.release.search_index.list_table_check import check_list_cells
from loader.release.search_index.organisation_parts import (
    collect_organisation_properties,
    collect_records,
)
from loader.release.search_index.page_labels import collect_page_labels
from loader.release.search_index.postings import Postings, build_postings, read_postings
from loader.release.search_index.tag_rows import read_tag_rows
from loader.settings import Settings

INDEX_PURPOSE = "the search index is made with it"
ORGANISATION_FACET = "organisation"
"""The facet whose values are among the texts of an entity."""


@dataclass(frozen=True, slots=True)
class SearchIndexContents:
    """The entities, the postings by facet and the weights of concepts, read from the store.

    ``tags`` are the concepts that entities are tagged with directly, ``scheme_pairs`` of concept
    and scheme, ``broader_pairs`` of a concept and a broader one, ``texts`` the descriptions by
    entity, ``properties`` all properties that the release uses, ``broadly_tagged`` the entities
    with more than a third of the printed keywords, ``list_cells`` what lists have as tables,
    ``list_query_hash`` what ``check_list_cells`` returns for them, and ``page_parts`` what pages
    read in place of queries: ``card_tags.py``, ``page_labels.py`` and ``organisation_parts.py``.
    """

    entities: EntityNumbering
    tags: Postings
    postings_by_facet: Mapping[str, Postings]
    weight_by_concept: Mapping[str, ConceptWeight]
    scheme_pairs: Sequence[tuple[str, str]]
    broader_pairs: Sequence[tuple[str, str]]
    texts: Mapping[str, Sequence[str]]
    properties: Sequence[str]
    broadly_tagged: Sequence[str]
    list_cells: ListCells
    list_query_hash: str | None
    page_parts: Mapping[str, Postings]


def collect_index_contents(store: Store, settings: Settings) -> SearchIndexContents:
    """Read a finished store; raise DataError where a query is missing or invalid."""
    ask = build_query_runner(store, settings.indexing)
    entities = number_entities(ask)
    stated = build_stated_tags(read_tag_rows(ask("tags")), ask("owners"), entities.number_by_iri)
    tags = stated.concepts
    printed = [term.value for (term,) in ask("printed-keywords")]
    schemes, broader = (convert_to_pairs(ask(name)) for name in ("schemes", "broader"))
    facets = {
        name: read_postings(store, query, entities.number_by_iri)
        for name, query in load_saved_queries(settings.facets).items()
        if name not in ("concept", "broad-tagging")
    }
    if ORGANISATION_FACET not in facets:
        raise build_missing_error(settings.facets / f"{ORGANISATION_FACET}.rq", INDEX_PURPOSE)
    facets["kind"] = entities.kind_postings
    facets["concept"] = compute_concept_postings(tags, broader, (concept for concept, _ in schemes))
    weights = compute_concept_weights(facets["concept"], entities, schemes)
    properties = [term.value for (term,) in ask("properties")]
    texts = order_texts(ask("texts"))
    broad = find_broadly_tagged(tags, entities, schemes, len(printed))
    facets["broad-tagging"] = build_postings((entities.number_by_iri[iri], "true") for iri in broad)
    cells = collect_list_cells(ask, stated, entities.number_by_iri)
    text_hash = check_list_cells(store, settings, cells, entities.iris)
    # What is broadly tagged is stated when all this is known.
    apart = {entity.value for (entity,) in ask("label-exceptions")}.union(broad)
    return SearchIndexContents(
        *(entities, tags, facets, weights, schemes, broader, texts, properties, broad),
        list_cells=cells,
        list_query_hash=text_hash,
        page_parts={
            **collect_card_tags(store, settings, stated, entities.iris),
            **collect_page_labels(store, settings, entities, apart),
            **collect_records(store, settings, stated.organisations, facets, entities),
            **collect_organisation_properties(
                ask("organisation-properties"), entities.number_by_iri
            ),
        },
    )


def convert_to_pairs(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Return rows of two terms as texts."""
    return [(first.value, second.value) for first, second in rows]


def order_texts(rows: Iterable[Any]) -> Mapping[str, list[str]]:
    """Return the texts of each entity, by their place and then by themselves."""
    found: dict[str, list[tuple[int, str]]] = {}
    for entity, place, text in rows:
        found.setdefault(entity.value, []).append((int(place.value), text.value))
    # Sorted here, as the engine takes seven times as long to sort a column of texts.
    return {iri: [text for _, text in sorted(places)] for iri, places in found.items()}


def build_query_runner(store: Store, folder: Path) -> IndexQueryRunner:
    """Return a function that runs a query of ``folder`` by its name."""
    return build_queries.build_query_runner(store, folder, INDEX_COLUMNS, INDEX_PURPOSE)
