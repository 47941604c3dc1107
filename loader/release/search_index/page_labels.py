"""Which names in the search index are the labels of their entities on pages.

They are where ``sparql/pages/labels.rq`` gives one name to choose, and nothing to add to it. The
query reads all statements about each entity, and every page has the labels of tens of entities.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from pyoxigraph import QuerySolutions, Store

from loader.errors import DataError
from loader.queries.evaluate import evaluate_query
from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import read_saved_query
from loader.queries.saved_query import SavedQuery
from loader.release.search_index.indexed_entities import EntityNumbering, RankedLabel
from loader.release.search_index.list_table_check import SAMPLE_SIZE, hash_query
from loader.release.search_index.postings import Postings, build_postings
from loader.settings import Settings

LABELS_QUERY = "labels"
"""The page query of which the labels are the result."""
NAMED = "named"
"""The only value of the postings: the entity has its name as its label."""
ENGLISH_TAGS = ("en", "en-gb")


def name_label_facet(query: SavedQuery) -> str:
    """Return the name under which the search index has the entities with their names as labels.

    It has the hash of the query, so that a site with another query finds none.
    """
    return f"label-{hash_query(query)[:16]}"


def collect_page_labels(
    store: Store, settings: Settings, entities: EntityNumbering, exceptions: Collection[str]
) -> Mapping[str, Postings]:
    """Return the postings of the entities whose names are their labels, by ``name_label_facet``.

    ``exceptions`` are entities that may have more to their labels. None are returned where the
    query does not give the names of a sample of the others, and only those.
    """
    try:
        query = read_saved_query(settings.pages / f"{LABELS_QUERY}.rq")
    except DataError:
        return {}
    numbers = [
        number
        for number, iri in enumerate(entities.iris)
        if iri not in exceptions and has_one_choice(list_names(entities, iri))
    ]
    places = np.linspace(0, len(numbers) - 1, min(SAMPLE_SIZE, len(numbers)), dtype=np.int64)
    sample = [entities.iris[numbers[place]] for place in places]
    if not sample:
        return {}
    solutions = evaluate_query(
        store, bind_parameters(query, {"thing": [f"<{iri}>" for iri in sample]})
    )
    assert isinstance(solutions, QuerySolutions)
    stated = {(thing.value, name.value) for thing, _, name in solutions}
    if stated != {(iri, name.text) for iri in sample for name in list_names(entities, iri)}:
        return {}
    return {name_label_facet(query): build_postings((number, NAMED) for number in numbers)}


def list_names(entities: EntityNumbering, iri: str) -> Sequence[RankedLabel]:
    """Return the names of an entity in all languages, without other labels."""
    return [label for label in entities.labels_by_iri.get(iri, ()) if label.rank == 1]


def has_one_choice(names: Sequence[RankedLabel]) -> bool:
    """Return whether one name is shown whatever the order of preference: the only one in English.

    So is a name in another language if there is no other.
    """
    english = sum(name.language.lower() in ENGLISH_TAGS for name in names)
    return english == 1 or len(names) == 1
