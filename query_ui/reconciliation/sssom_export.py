"""Proposals as a mapping set for review: https://mapping-commons.github.io/sssom/"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version

from loader.readers.sssom_slots import CLOSE, EXACT, LITERAL, MANUAL, NO_TERM, SEMAPV
from loader.settings import BASE
from query_ui.reconciliation.match_table import Proposal
from query_ui.reconciliation.matching.match_name import Match
from query_ui.reconciliation.matching.scoring import NAMED

TOOL = "concordat-kg"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


def described(title: str) -> dict[str, str]:
    """What the head says of a set made today."""
    return {
        "mapping_set_id": f"urn:{TOOL}:mapping-set:{date.today():%Y-%m-%d}",
        "mapping_set_title": title,
        "license": LICENCE,
        "mapping_tool": TOOL,
        "mapping_tool_version": version(TOOL),
        "mapping_date": f"{date.today():%Y-%m-%d}",
    }


def rows(proposals: Iterable[Proposal]) -> Iterator[dict[str, str]]:
    """A row for the sure match, else one for each candidate; one row where there is none.

    What two cells say alike, since one has more evidence than the other, stands once.
    """
    common = {"mapping_tool": TOOL, "mapping_tool_version": version(TOOL)}
    common |= {"mapping_date": f"{date.today():%Y-%m-%d}"}
    seen = set()
    for proposal in proposals:
        cell = {"subject_label": proposal.question.text, "subject_type": LITERAL}
        where = {"comment": f"rows {shortened(proposal.rows)}"}
        matches = [proposal.sure] if proposal.sure else proposal.matches
        for found in [candidate(match) for match in matches] or [nothing()]:
            said = (proposal.question.text, found["predicate_id"], found["object_id"])
            if said not in seen:
                seen.add(said)
                yield cell | found | common | where


def candidate(match: Match) -> dict[str, str]:
    """One candidate: exact where it is sure, else close, for somebody to decide."""
    return {
        "predicate_id": EXACT if match.sure else CLOSE,
        "object_id": match.thing.iri,
        "object_label": match.thing.label,
        "object_source": source_of(match.thing.iri),
        "mapping_justification": MANUAL if match.by_hand else justification(match),
        "confidence": f"{match.score / 100:.4g}",
        "match_string": match.candidate.by,
        "other": features_as_text(match.candidate.features),
    }


def source_of(iri: str) -> str:
    """The register or dataset that a thing is from."""
    return (
        f"{BASE}dataset"
        if iri.startswith(BASE)
        else (iri.rpartition("/")[0] + "/" if "/" in iri else "urn:ukprn:")
    )


def nothing() -> dict[str, str]:
    """What is said of a cell for which nothing was found."""
    return {
        "predicate_id": EXACT,
        "object_id": NO_TERM,
        "mapping_justification": f"{SEMAPV}LexicalMatching",
        "confidence": "1",
    }


def justification(match: Match) -> str:
    """The term for why two things were matched: https://mapping-commons.github.io/semantic-mapping-vocabulary/"""
    features = match.candidate.features
    if {"identifier", "homepage"} & features.keys():
        return f"{SEMAPV}CompositeMatching"
    if NAMED & features.keys() or "acronym" in features:
        return f"{SEMAPV}LexicalMatching"
    return f"{SEMAPV}LexicalSimilarityThresholdMatching"


def features_as_text(features: Mapping[str, float]) -> str:
    """Features as they stand in a cell: "exact_label=1; place=1"."""
    return "; ".join(f"{name}={value:g}" for name, value in features.items())


def shortened(numbers: Sequence[int]) -> str:
    """At most ten numbers of rows, and how many more there are."""
    told = ", ".join(str(number) for number in numbers[:10])
    return told + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")
