"""Matching of a name and its evidence: ranked candidates, and whether the first is certain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from loader.release.name_index.name_normaliser import build_name_key, tokenise_name
from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.reconciliation.matching.candidates import generate_candidates
from query_ui.reconciliation.matching.scoring import Candidate, MatchQuery
from query_ui.reconciliation.matching.town_university import is_town_alone

CERTAIN_SCORE = 85.0
"""Smallest score of a match that needs no review."""
MIN_LEAD = 5.0
"""Smallest lead in score of such a match over the next candidate."""
MIN_CANDIDATE_SCORE = 45.0
"""Smallest score of a candidate."""
MIN_TYPO_SIMILARITY = 0.95
"""Smallest ``spelling`` value of a misspelt name that needs no review."""
MIN_IDENTIFIER_OVERLAP = 0.5
"""Smallest ``token_overlap`` with a name for an identifier to be conclusive."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Relation of an organisation to another one that the same text names.

    It is the ``part`` of the other, or the ``whole`` that the other belongs to; ``iri`` is that of
    the other.
    """

    kind: Literal["part", "whole"]
    iri: str

    def __str__(self) -> str:
        """Return the relation in words: "part of https://ror.org/…"."""
        return f"{'part of' if self.kind == 'part' else 'includes'} {self.iri}"


@dataclass(frozen=True, slots=True)
class Match:
    """Candidate with its entity.

    ``sure`` is true where it needs no review, ``is_manual`` where a person has chosen it. A match
    with a ``relation`` is named in the text as well, and belongs to the sure match.
    """

    entity: IndexedEntity
    candidate: Candidate
    sure: bool = False
    is_manual: bool = False
    relation: Relation | None = None

    @property
    def score(self) -> float:
        """Score of the candidate, 0 to 100."""
        return self.candidate.score


def match_name(name_index: NameIndex, query: MatchQuery, limit: int = 5) -> list[Match]:
    """Return at most ``limit`` matches for a query, best first; only the first may be sure."""
    asked = collect_candidates(name_index, query)
    entities = name_index.load_entities([candidate.number for candidate in asked])
    found = [Match(entities[candidate.number], candidate) for candidate in asked]
    fitting = [m for m in found if not query.types or not query.types.isdisjoint(m.entity.types)]
    for m in fitting:
        add_context_features(name_index, query, m)
    ranked = sorted((m for m in fitting if m.score >= MIN_CANDIDATE_SCORE), key=compute_sort_key)
    if ranked and is_first_certain(ranked):
        ranked[0] = replace(ranked[0], sure=True)
    return ranked[:limit]


def compute_sort_key(match: Match) -> tuple[float, bool, str, str]:
    """Return the sort key: score descending, then active entities first, then label and IRI."""
    return -match.score, match.entity.status != "active", match.entity.label, match.entity.iri


def is_first_certain(ranked: Sequence[Match]) -> bool:
    """Return whether the first match is certain.

    It scores at least ``CERTAIN_SCORE``, leads by ``MIN_LEAD``, is not withdrawn and has conclusive
    evidence. ``ranked`` has at least one match.
    """
    # Without a lead, a namesake or a near-namesake would be taken at random.
    first, *rest = ranked
    second = max((m.score for m in rest), default=0.0)
    ahead = first.score >= CERTAIN_SCORE and first.score - second >= MIN_LEAD
    return ahead and first.entity.status != "withdrawn" and has_conclusive_evidence(first.candidate)


def has_conclusive_evidence(candidate: Candidate) -> bool:
    """Return whether the evidence may be conclusive.

    That is a whole name, an identifier with a name that resembles it, or a name with every word of
    the query apart from misspellings; an acronym only where it is a word of the label.
    """
    features = candidate.features
    if candidate.has_whole_name or "acronym_in_label" in features:
        return True
    if "identifier" in features:
        return features.get("token_overlap", 1.0) >= MIN_IDENTIFIER_OVERLAP
    return (
        features.get("token_overlap", 0.0) >= 1.0
        and features.get("spelling", 0.0) >= MIN_TYPO_SIMILARITY
    )


def collect_candidates(name_index: NameIndex, query: MatchQuery) -> list[Candidate]:
    """Return the best candidate for each entity, found by name or by identifier."""
    best: dict[int, Candidate] = {}
    for candidate in generate_candidates(name_index, query):
        known = best.get(candidate.number)
        if known is None or candidate.score > known.score:
            best[candidate.number] = candidate
    for scheme, value in query.identifiers:
        for number in name_index.find_entity_numbers(scheme, value):
            # Found by identifier only: the name does not match, unless the query has none.
            unlike = {"token_overlap": 0.0} if query.words else {}
            best.setdefault(number, Candidate(number, "", unlike))
    return list(best.values())


def add_context_features(name_index: NameIndex, query: MatchQuery, match: Match) -> None:
    """Add features for identifiers, place, country and status to the candidate of ``match``."""
    features = match.candidate.features
    own = name_index.list_identifiers(match.entity.number) if query.identifiers else []
    for scheme, value in query.identifiers:
        values = [v for s, v in own if s == scheme]
        if value in values:
            features["homepage" if scheme == "homepage" else "identifier"] = 1.0
        # A body may have several homepages, so another one is no evidence against it.
        elif values and scheme != "homepage":
            features["other_identifier"] = 1.0
    # Towns are compared only where both sides have one; nothing follows from a missing value.
    town = build_name_key(tokenise_name(match.entity.place))
    if query.places and town:
        named = {build_name_key(tokenise_name(name)) for name in query.places}
        features["place" if town in named else "other_place"] = 1.0
    if query.country and match.entity.country:
        same = match.entity.country == query.country
        features["country" if same else "other_country"] = 1.0
    if is_town_alone(name_index, query, match.entity, features):
        features["town_alone"] = 1.0
    if match.entity.status in ("inactive", "withdrawn"):
        features[match.entity.status] = 1.0
    if is_superseded(name_index, match.entity):
        features["superseded"] = 1.0


def is_superseded(name_index: NameIndex, entity: IndexedEntity) -> bool:
    """Return whether an inactive entity has one successor, which the index has under its names."""
    if entity.status != "inactive":
        return False
    successors = name_index.list_related_iris(entity.number, "successor")
    return len(successors) == 1 and name_index.find_entity(successors[0]) is not None
