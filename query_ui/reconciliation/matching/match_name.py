"""What a name may mean, best first, and whether the best is beyond doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loader.release.name_index.name_normaliser import key_of, tokens
from query_ui.graph.name_index import Gazetteer, Thing
from query_ui.reconciliation.matching.candidates import by_name
from query_ui.reconciliation.matching.match_query import Question
from query_ui.reconciliation.matching.scoring import Candidate

SURE = 85.0
"""The least score of a match that needs no review."""
AHEAD = 5.0
"""By how much its score has to exceed that of the next candidate."""
WORTH_A_LOOK = 45.0
"""The least score of a candidate."""
CLOSE = 0.95
"""The least likeness in spelling of a name with a slip that needs no review."""
RESEMBLES = 0.5
"""The least share of words in common with a thing that an identifier leads to."""


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with its thing; ``sure`` where it may be taken without review.

    ``by_hand`` where that is because a person has chosen it.
    """

    thing: Thing
    candidate: Candidate
    sure: bool = False
    by_hand: bool = False

    @property
    def score(self) -> float:
        return self.candidate.score


def match(gazetteer: Gazetteer, question: Question, limit: int = 5) -> list[Match]:
    """The candidates for a question, best first; at most the first is sure."""
    asked = candidates(gazetteer, question)
    things = gazetteer.things([candidate.number for candidate in asked])
    found = [Match(things[candidate.number], candidate) for candidate in asked]
    fitting = [
        m for m in found if not question.types or not question.types.isdisjoint(m.thing.types)
    ]
    for m in fitting:
        weigh(gazetteer, question, m)
    ranked = sorted((m for m in fitting if m.score >= WORTH_A_LOOK), key=order)
    if ranked and beyond_doubt(ranked):
        ranked[0] = replace(ranked[0], sure=True)
    return ranked[:limit]


def order(found: Match) -> tuple[float, bool, str, str]:
    """The best first; of equals those that still exist, then by name."""
    return -found.score, found.thing.status != "active", found.thing.label, found.thing.iri


def beyond_doubt(ranked: Sequence[Match]) -> bool:
    """Whether the first scores ``SURE``, the next ``AHEAD`` less, and more than likeness says so.

    More is a name proper, or an identifier where the name at least resembles it; likeness alone
    suffices where every word is there but for slips of the pen. An acronym never does.
    """
    first, *rest = ranked
    second = max((m.score for m in rest), default=0.0)
    ahead = first.score >= SURE and first.score - second >= AHEAD
    return ahead and first.thing.status != "withdrawn" and told(first.candidate)


def told(candidate: Candidate) -> bool:
    """Whether there is evidence of a kind that may settle the matter."""
    features = candidate.features
    if candidate.named:
        return True
    if "identifier" in features:
        return features.get("token_overlap", 1.0) >= RESEMBLES
    return features.get("token_overlap", 0.0) >= 1.0 and features.get("spelling", 0.0) >= CLOSE


def candidates(gazetteer: Gazetteer, question: Question) -> list[Candidate]:
    """For each thing that may be meant the name that speaks best for it."""
    best: dict[int, Candidate] = {}
    for candidate in by_name(gazetteer, question):
        known = best.get(candidate.number)
        if known is None or candidate.score > known.score:
            best[candidate.number] = candidate
    for scheme, value in question.identifiers:
        for number in gazetteer.identified(scheme, value):
            unlike = {"token_overlap": 0.0} if question.words else {}
            best.setdefault(number, Candidate(number, "", unlike))
    return list(best.values())


def weigh(gazetteer: Gazetteer, question: Question, found: Match) -> None:
    """Add to the features of a candidate what its thing's identifiers, place and standing say."""
    features = found.candidate.features
    own = gazetteer.identifiers(found.thing.number) if question.identifiers else []
    for scheme, value in question.identifiers:
        values = [v for s, v in own if s == scheme]
        if value in values:
            features["homepage" if scheme == "homepage" else "identifier"] = 1.0
        elif values and scheme != "homepage":
            features["other_identifier"] = 1.0
    town = key_of(tokens(found.thing.place))
    if question.places and town:
        named = {key_of(tokens(name)) for name in question.places}
        features["place" if town in named else "other_place"] = 1.0
    if question.country and found.thing.country:
        same = found.thing.country == question.country
        features["country" if same else "other_country"] = 1.0
    if found.thing.status in ("inactive", "withdrawn"):
        features[found.thing.status] = 1.0
