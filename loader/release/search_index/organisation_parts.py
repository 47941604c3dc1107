"""What organisations have: their records, and properties of these that pages look for.

The queries of an organisation's page would each read all its records, of which there may be
hundreds, and most queries find nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from pyoxigraph import QuerySolutions, Store

from loader.errors import DataError
from loader.namespaces import CKG, ORG
from loader.queries.evaluate import evaluate_query
from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import read_saved_query
from loader.queries.saved_query import SavedQuery
from loader.release.search_index.indexed_entities import EntityNumbering
from loader.release.search_index.list_table_check import SAMPLE_SIZE, find_texts, hash_query
from loader.release.search_index.postings import Postings, build_postings
from loader.settings import Settings

RECORDS_QUERY = "institution-records"
"""The page query of which the records are the result."""
TYPE_FACET = "type"
"""The facet of the classes of entities."""
RECORD_CLASSES = tuple(
    CKG[name].value
    for name in (
        *("Practice", "CaseStudy", "ActionPlan", "Programme", "Scheme", "Pledge", "Report"),
        *("Award", "Resource"),
    )
)
"""The classes of the query."""
ORGANISATION_PROPERTIES = (
    *(CKG[name].value for name in ("indicator", "submissions", "fullTimeEquivalents")),
    *(CKG.initiative.value, ORG.member.value, ORG.organization.value),
)
"""The properties of ``sparql/index/organisation-properties.rq``."""
IN_USE = "true"
"""The only value of the postings of a property: the organisation has something by it."""


def name_records_facet(query: SavedQuery) -> str:
    """Return the name under which the search index has the organisation of each record.

    It has the hash of the query, so that a site with another query finds none.
    """
    return f"records-{hash_query(query)[:16]}"


def name_property_facet(property_iri: str) -> str:
    """Return the name under which the search index has the organisations with a property."""
    return f"organisations-by-{property_iri}"


def collect_organisation_properties(
    rows: Iterable[Any], number_by_iri: Mapping[str, int]
) -> Mapping[str, Postings]:
    """Return the postings of the organisations with each of ``ORGANISATION_PROPERTIES``.

    ``rows`` are of an organisation and a property.
    """
    found: dict[str, list[tuple[int, str]]] = {one: [] for one in ORGANISATION_PROPERTIES}
    for organisation, one in rows:
        if organisation.value in number_by_iri:
            found[one.value].append((number_by_iri[organisation.value], IN_USE))
    return {name_property_facet(one): build_postings(pairs) for one, pairs in found.items()}


def collect_records(
    store: Store,
    settings: Settings,
    organisations: Postings,
    facets: Mapping[str, Postings],
    entities: EntityNumbering,
) -> Mapping[str, Postings]:
    """Return the postings of the organisation of each entity, by ``name_records_facet``.

    None are returned where the records of a sample of organisations, with those of
    ``RECORD_CLASSES`` that ``facets`` have for them, are not those of the query.
    """
    try:
        query = read_saved_query(settings.pages / f"{RECORDS_QUERY}.rq")
    except DataError:
        return {}
    sample = choose_organisations(organisations)
    types = facets.get(TYPE_FACET)
    if not sample or types is None:
        return {}
    solutions = evaluate_query(
        store, bind_parameters(query, {"thing": [f"<{iri}>" for iri in sample]})
    )
    assert isinstance(solutions, QuerySolutions)
    stated = {(record.value, one.value) for record, one, _ in solutions}
    own = [organisations.find_entities(iri) for iri in sample]
    held = {
        (entities.iris[number], one)
        for number, classes in find_texts(types, np.concatenate(own).tolist()).items()
        for one in classes
        if one in RECORD_CLASSES
    }
    return {name_records_facet(query): organisations} if stated == held else {}


def choose_organisations(organisations: Postings) -> Sequence[str]:
    """Return at most ``SAMPLE_SIZE`` organisations with records, at equal distances."""
    values = organisations.values
    places = np.linspace(0, len(values) - 1, min(SAMPLE_SIZE, len(values)), dtype=np.int64)
    return [values[place] for place in places]
