"""Reconciliation candidates as JSON objects, with the features that make up the score.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#reconciliation-query-responses
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from loader.release.name_index.name_normaliser import build_name_key, tokenise_name
from loader.settings import BASE
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.match_name import (
    Match,
    add_context_features,
    is_first_certain,
    match_name,
)
from query_ui.reconciliation.matching.scoring import Candidate
from query_ui.reconciliation.properties import format_types
from query_ui.reconciliation.query_batch import ReconciliationQuery

TextFetcher = Callable[[list[str], str], Mapping[str, Iterable[str]]]
"""Function from entity IRIs and a property id to the texts of the values, by IRI."""


def find_candidates(
    name_index: NameIndex, query: ReconciliationQuery, fetch_texts: TextFetcher
) -> list[dict[str, Any]]:
    """Return the candidates for one query as JSON objects, best first."""
    matches = find_match_by_id(name_index, query) or match_name(
        name_index, query.question, query.limit
    )
    if query.other_properties:
        for m, share in zip(
            matches, compute_property_agreement(matches, query, fetch_texts), strict=True
        ):
            m.candidate.features["properties"] = share
    return [format_candidate(m) for m in matches]


def find_match_by_id(name_index: NameIndex, query: ReconciliationQuery) -> list[Match]:
    """Return the entity whose id is asked for, as the only match, where its type is wanted too.

    https://reconciliation-api.github.io/specs/draft/ (candidate retrieval)
    """
    entity = name_index.find_entity(expand_entity_id(query.entity_id)) if query.entity_id else None
    types = query.question.types
    if entity is None or (types and types.isdisjoint(entity.types)):
        return []
    match = Match(entity, Candidate(entity.number, entity.label, {"identifier": 1.0}))
    add_context_features(name_index, query.question, match)
    return [replace(match, sure=is_first_certain([match]))]


def compute_property_agreement(
    matches: list[Match], query: ReconciliationQuery, fetch_texts: TextFetcher
) -> list[float]:
    """Return for each match the share (0 to 1) of the query's other properties that it agrees with.

    The share is reported with weight 0: the text of another column is no evidence for a name.
    """
    agreed: Counter[str] = Counter()
    # One query per property for all candidates, instead of one per candidate.
    for pid, text in query.other_properties:
        wanted = build_name_key(tokenise_name(text))
        for iri, own in fetch_texts([m.entity.iri for m in matches], pid).items():
            agreed[iri] += wanted in {build_name_key(tokenise_name(t)) for t in own}
    return [round(agreed[m.entity.iri] / len(query.other_properties), 3) for m in matches]


def format_candidate(match: Match) -> dict[str, Any]:
    """Return a candidate as a JSON object."""
    features = [{"id": name, "value": value} for name, value in match.candidate.features.items()]
    shown: dict[str, Any] = {
        "id": shorten_entity_iri(match.entity.iri),
        "name": match.entity.label,
        "type": format_types(match.entity.types),
        "score": match.score,
        "match": match.sure,
        "features": features,
    }
    told = describe_match(match)
    return shown | ({"description": told} if told else {})


def describe_match(match: Match) -> str:
    """Return the alternative name that matched, if any, and the note of the entity."""
    by = match.candidate.by
    also = f"also called {by}" if by and by != match.entity.label else ""
    return " · ".join(filter(None, (also, match.entity.note)))


def shorten_entity_iri(iri: str) -> str:
    """Return the id of an entity: its IRI without the base, the manifest's ``identifierSpace``."""
    return iri.removeprefix(BASE)


def expand_entity_id(entity_id: str) -> str:
    """Return the IRI of an entity from its id; an IRI is returned unchanged."""
    return entity_id if entity_id.startswith(("http://", "https://", "urn:")) else BASE + entity_id
