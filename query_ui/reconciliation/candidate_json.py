"""Candidates as the specification has them, each with the features that its score comes from."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from loader.release.name_index.name_normaliser import key_of, tokens
from loader.settings import BASE
from query_ui.graph.name_index import Gazetteer
from query_ui.reconciliation.matching.match_name import Match, match
from query_ui.reconciliation.query_batch import Asked
from query_ui.reconciliation.types import shown_types

Texts = Callable[[list[str], str], Mapping[str, Iterable[str]]]
"""From some things and a property to the texts of its values, by thing."""


def found(gazetteer: Gazetteer, asked: Asked, texts: Texts) -> list[dict[str, Any]]:
    """The candidates for one query, best first."""
    matches = match(gazetteer, asked.question, asked.limit)
    if asked.others:
        for m, share in zip(matches, agreement(matches, asked, texts), strict=True):
            m.candidate.features["properties"] = share
    return [candidate(m) for m in matches]


def agreement(matches: list[Match], asked: Asked, texts: Texts) -> list[float]:
    """The share of the other properties that were given which each candidate has.

    It is told and does not count: what was written into another column proves no name.
    """
    agreed: Counter[str] = Counter()
    for pid, text in asked.others:
        wanted = key_of(tokens(text))
        for iri, own in texts([m.thing.iri for m in matches], pid).items():
            agreed[iri] += wanted in {key_of(tokens(t)) for t in own}
    return [round(agreed[m.thing.iri] / len(asked.others), 3) for m in matches]


def candidate(found: Match) -> dict[str, Any]:
    """One candidate."""
    features = [{"id": name, "value": value} for name, value in found.candidate.features.items()]
    shown: dict[str, Any] = {
        "id": short(found.thing.iri),
        "name": found.thing.label,
        "type": shown_types(found.thing.types),
        "score": found.score,
        "match": found.sure,
        "features": features,
    }
    told = described(found)
    return shown | ({"description": told} if told else {})


def described(found: Match) -> str:
    """What to show beside a name: the name that it was found by, and what the thing is."""
    by = found.candidate.by
    also = f"also called {by}" if by and by != found.thing.label else ""
    return " · ".join(filter(None, (also, found.thing.note)))


def short(iri: str) -> str:
    """The id of a thing: its address without the base, which the manifest tells."""
    return iri.removeprefix(BASE)


def full(name: str) -> str:
    """The address of a thing by its id, or by the address itself."""
    return name if name.startswith(("http://", "https://", "urn:")) else BASE + name
