"""What a name may mean, best first, and whether the best is beyond doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loader.release.name_index.name_normaliser import build_name_key, tokenise_name
from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.reconciliation.matching.candidates import generate_candidates
from query_ui.reconciliation.matching.match_query import MatchQuery
from query_ui.reconciliation.matching.scoring import Candidate

CERTAIN_SCORE = 85.0
"""The least score of a match that needs no review."""
MIN_LEAD = 5.0
"""By how much its score has to exceed that of the next candidate."""
MIN_CANDIDATE_SCORE = 45.0
"""The least score of a candidate."""
MIN_TYPO_SIMILARITY = 0.95
"""The least likeness in spelling of a name with a slip that needs no review."""
MIN_IDENTIFIER_OVERLAP = 0.5
"""The least share of words in common with a thing that an identifier leads to."""


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with its thing; ``sure`` where it may be taken without review.

    ``is_manual`` where that is because a person has chosen it.
    """

    thing: IndexedEntity
    candidate: Candidate
    sure: bool = False
    is_manual: bool = False

    @property
    def score(self) -> float:
        return self.candidate.score


def match_name(name_index: NameIndex, query: MatchQuery, limit: int = 5) -> list[Match]:
    """The candidates for a question, best first; at most the first is sure."""
    asked = collect_candidates(name_index, query)
    things = name_index.things([candidate.number for candidate in asked])
    found = [Match(things[candidate.number], candidate) for candidate in asked]
    fitting = [m for m in found if not query.types or not query.types.isdisjoint(m.thing.types)]
    for m in fitting:
        add_context_features(name_index, query, m)
    ranked = sorted((m for m in fitting if m.score >= MIN_CANDIDATE_SCORE), key=compute_sort_key)
    if ranked and is_first_certain(ranked):
        ranked[0] = replace(ranked[0], sure=True)
    return ranked[:limit]


def compute_sort_key(match: Match) -> tuple[float, bool, str, str]:
    """The best first; of equals those that still exist, then by name."""
    return -match.score, match.thing.status != "active", match.thing.label, match.thing.iri


def is_first_certain(ranked: Sequence[Match]) -> bool:
    """Whether the first scores ``CERTAIN_SCORE``, the next ``MIN_LEAD`` less, and more than
    likeness says so.

    More is a name proper, or an identifier where the name at least resembles it; likeness alone
    suffices where every word is there but for slips of the pen. An acronym never does.
    """
    first, *rest = ranked
    second = max((m.score for m in rest), default=0.0)
    ahead = first.score >= CERTAIN_SCORE and first.score - second >= MIN_LEAD
    return ahead and first.thing.status != "withdrawn" and has_conclusive_evidence(first.candidate)


def has_conclusive_evidence(candidate: Candidate) -> bool:
    """Whether there is evidence of a kind that may settle the matter."""
    features = candidate.features
    if candidate.has_whole_name:
        return True
    if "identifier" in features:
        return features.get("token_overlap", 1.0) >= MIN_IDENTIFIER_OVERLAP
    return (
        features.get("token_overlap", 0.0) >= 1.0
        and features.get("spelling", 0.0) >= MIN_TYPO_SIMILARITY
    )


def collect_candidates(name_index: NameIndex, query: MatchQuery) -> list[Candidate]:
    """For each thing that may be meant the name that speaks best for it."""
    best: dict[int, Candidate] = {}
    for candidate in generate_candidates(name_index, query):
        known = best.get(candidate.number)
        if known is None or candidate.score > known.score:
            best[candidate.number] = candidate
    for scheme, value in query.identifiers:
        for number in name_index.find_entity_numbers(scheme, value):
            unlike = {"token_overlap": 0.0} if query.words else {}
            best.setdefault(number, Candidate(number, "", unlike))
    return list(best.values())


def add_context_features(name_index: NameIndex, query: MatchQuery, match: Match) -> None:
    """Add to the features of a candidate what its thing's identifiers, place and standing say."""
    features = match.candidate.features
    own = name_index.list_identifiers(match.thing.number) if query.identifiers else []
    for scheme, value in query.identifiers:
        values = [v for s, v in own if s == scheme]
        if value in values:
            features["homepage" if scheme == "homepage" else "identifier"] = 1.0
        elif values and scheme != "homepage":
            features["other_identifier"] = 1.0
    town = build_name_key(tokenise_name(match.thing.place))
    if query.places and town:
        named = {build_name_key(tokenise_name(name)) for name in query.places}
        features["place" if town in named else "other_place"] = 1.0
    if query.country and match.thing.country:
        same = match.thing.country == query.country
        features["country" if same else "other_country"] = 1.0
    if match.thing.status in ("inactive", "withdrawn"):
        features[match.thing.status] = 1.0
