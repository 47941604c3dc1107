"""The tags on cards: the concepts of ``sparql/pages/cards.rq``, which are most of its rows.

A store takes about 4 µs for each term of each row, so that the query for a list of fifty case
studies takes most of its time for them; the index has them as postings.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from pyoxigraph import QuerySolutions, Store

from loader.errors import DataError
from loader.namespaces import CKG, DCTERMS
from loader.queries.evaluate import evaluate_query
from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import read_saved_query
from loader.queries.saved_query import SavedQuery
from loader.release.search_index.concept_closure import StatedTags
from loader.release.search_index.list_table_check import SAMPLE_SIZE, find_texts, hash_query
from loader.release.search_index.postings import Postings, sort_distinct
from loader.settings import Settings

CARDS_QUERY = "cards"
"""The page query of which the tags are rows."""
CARD_TAG_PROPERTIES = (DCTERMS.subject.value, CKG.beneficiary.value)
"""The properties whose values are postings in the search index, under ``name_card_facet``."""


def name_card_facet(query: SavedQuery, tag_property: str) -> str:
    """Return the name under which the search index has the values of a property for a query.

    It has the hash of the query, so that a site with another query finds no values.
    """
    return f"card-{hash_query(query)[:16]}-{tag_property}"


def collect_card_tags(
    store: Store, settings: Settings, tags: StatedTags, iris: Sequence[str]
) -> Mapping[str, Postings]:
    """Return the postings of the tags on cards by name; none where the query says otherwise.

    A sample of entities is compared. ``iris`` are those of the entities by number.
    """
    try:
        query = read_saved_query(settings.pages / f"{CARDS_QUERY}.rq")
    except DataError:
        return {}
    found = dict(zip(CARD_TAG_PROPERTIES, (tags.subjects, tags.beneficiaries), strict=True))
    numbers = choose_tagged_sample(list(found.values()))
    if not numbers:
        return {}
    values = {"thing": [f"<{iris[number]}>" for number in numbers]}
    solutions = evaluate_query(store, bind_parameters(query, values))
    assert isinstance(solutions, QuerySolutions)
    stated = {
        tuple(term.value for term in solution)
        for solution in solutions
        if solution[1].value in CARD_TAG_PROPERTIES
    }
    held = {
        (iris[number], one, value)
        for one, postings in found.items()
        for number, texts in find_texts(postings, numbers).items()
        for value in texts
    }
    if stated != held:
        return {}
    return {name_card_facet(query, one): postings for one, postings in found.items()}


def choose_tagged_sample(tags: Sequence[Postings]) -> list[int]:
    """Return the numbers of at most ``SAMPLE_SIZE`` entities with tags, at equal distances."""
    tagged = sort_distinct(np.concatenate([postings.entities for postings in tags]))
    places = np.linspace(0, len(tagged) - 1, min(SAMPLE_SIZE, len(tagged)), dtype=np.int64)
    return [int(number) for number in tagged[places]]
