"""Reconciliation candidates as JSON objects, with the features that make up the score.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#reconciliation-query-responses
"""

from collections import Counter
from dataclasses import replace
from typing import Any

from loader.release.name_index.name_normaliser import build_name_key, tokenise_name
from query_ui.reconciliation.matching.match_name import (
    Match,
    add_context_features,
    is_first_certain,
    match_name,
)
from query_ui.reconciliation.matching.scoring import Candidate
from query_ui.reconciliation.query_batch import ReconciliationQuery
from query_ui.reconciliation.reconciliation_service import ReconciliationService


def find_candidates(
    service: ReconciliationService, query: ReconciliationQuery
) -> list[dict[str, Any]]:
    """Return the candidates for one query as JSON objects, best first."""
    types = service.list_filter_types(query.question.types)
    query = replace(query, question=replace(query.question, types=types))
    matches = find_match_by_id(service, query) or match_name(
        service.name_index, query.question, query.limit
    )
    if query.other_properties:
        shares = compute_property_agreement(matches, query, service)
        for m, share in zip(matches, shares, strict=True):
            m.candidate.features["properties"] = share
    return [format_candidate(service, m) for m in matches]


def find_match_by_id(service: ReconciliationService, query: ReconciliationQuery) -> list[Match]:
    """Return the entity whose id is asked for, as the only match, where its type is wanted too.

    https://reconciliation-api.github.io/specs/draft/ (candidate retrieval)
    """
    iri, name_index = service.expand_id(query.entity_id), service.name_index
    entity = name_index.find_entity(iri) if query.entity_id else None
    types = query.question.types
    if entity is None or (types and types.isdisjoint(entity.types)):
        return []
    match = Match(entity, Candidate(entity.number, entity.label, {"identifier": 1.0}))
    add_context_features(name_index, query.question, match)
    return [replace(match, sure=is_first_certain([match]))]


def compute_property_agreement(
    matches: list[Match], query: ReconciliationQuery, service: ReconciliationService
) -> list[float]:
    """Return for each match the share (0 to 1) of the query's other properties that it agrees with.

    The share is reported with weight 0: the text of another column is no evidence for a name.
    """
    agreed: Counter[str] = Counter()
    # One query per property for all candidates, instead of one per candidate.
    for pid, text in query.other_properties:
        wanted = build_name_key(tokenise_name(text))
        for iri, own in service.fetch_texts([m.entity.iri for m in matches], pid).items():
            agreed[iri] += wanted in {build_name_key(tokenise_name(t)) for t in own}
    return [round(agreed[m.entity.iri] / len(query.other_properties), 3) for m in matches]


def format_candidate(service: ReconciliationService, match: Match) -> dict[str, Any]:
    """Return a candidate as a JSON object."""
    features = [{"id": name, "value": value} for name, value in match.candidate.features.items()]
    shown: dict[str, Any] = {
        "id": service.shorten_iri(match.entity.iri),
        "name": match.entity.label,
        "type": service.format_types(match.entity.types),
        "score": match.score,
        "match": match.sure,
        "features": features,
    }
    told = describe_match(service, match)
    return shown | ({"description": told} if told else {})


def describe_match(service: ReconciliationService, match: Match) -> str:
    """Return the alternative name that matched, if any, and the note of the entity."""
    by = match.candidate.by
    also = f"also called {by}" if by and by != match.entity.label else ""
    return " · ".join(filter(None, (also, service.describe_entity(match.entity))))
