"""Choice of the organisations that an address names, and how they are related to each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.reconciliation.matching.match_name import CERTAIN_SCORE, Match, Relation
from query_ui.reconciliation.matching.name_spans import NameSpan

MIN_FEDERATION_COLLEGES = 5
"""Number of educational parts from which a university is a federation, such as London's."""
MAX_ANCESTORS = 20
"""Largest number of organisations above another that are looked at."""


@dataclass(frozen=True, slots=True)
class LocatedMatch:
    """Match with the words of the address that it is about."""

    match: Match
    span: NameSpan


def choose_organisations(
    located: Sequence[LocatedMatch],
) -> tuple[list[Match], list[Match]]:
    """Return the matches that an address means, in its order, and the others.

    Of those that share words the address means the longest; of namesakes none, unless the evidence
    prefers one.
    """
    chosen: list[LocatedMatch] = []
    taken: list[NameSpan] = []
    for one in sorted(located, key=compute_precedence):
        if one.match.score < CERTAIN_SCORE or any(one.span.overlaps(span) for span in taken):
            continue
        # Namesakes that cannot be distinguished leave their words taken, and unmatched.
        taken.append(one.span)
        if not any(is_equal_namesake(one, other) for other in located):
            chosen.append(one)
    chosen.sort(key=lambda one: one.span.start)
    numbers = {one.match.entity.number for one in chosen}
    matches = {one.match.entity.number: one.match for one in reversed(chosen)}
    rest = [one.match for one in located if one.match.entity.number not in numbers]
    return [matches[number] for number in reversed(matches)], rest


def compute_precedence(one: LocatedMatch) -> tuple[bool, int, float, int]:
    """Return a key that sorts names within a part first, then longer ones, then by score."""
    span = one.span
    is_torn = not (span.is_within_part or span.is_whole_part)
    return is_torn, span.start - span.end, -one.match.score, span.start


def is_equal_namesake(one: LocatedMatch, other: LocatedMatch) -> bool:
    """Return whether another entity has the same words, and no less evidence."""
    return (
        (one.span.start, one.span.end) == (other.span.start, other.span.end)
        and one.match.entity.number != other.match.entity.number
        and other.match.score >= one.match.score
    )


def relate_matches(
    name_index: NameIndex, chosen: Sequence[Match], others: Sequence[Match]
) -> Iterator[Match]:
    """Yield the chosen matches: sure ones, educational bodies first, then their relatives.

    An institute is part of its host, which is what the address means. A college of a federation is
    meant itself, and the federation is the whole that it belongs to.
    """
    by_iri = {m.entity.iri: m for m in chosen}
    related: dict[str, Relation] = {}
    for m in chosen:
        host = next((iri for iri in list_ancestors(name_index, m.entity) if iri in by_iri), "")
        if host and is_federation(name_index, by_iri[host].entity):
            related[host] = Relation("whole", m.entity.iri)
        elif host:
            related[m.entity.iri] = Relation("part", host)
    sure = [m for m in chosen if m.entity.iri not in related]
    sure.sort(key=lambda m: "education" not in m.entity.types)
    yield from (replace(m, sure=True) for m in sure)
    for m in chosen:
        if m.entity.iri in related:
            yield replace(m, relation=related[m.entity.iri])
    yield from others


def list_ancestors(name_index: NameIndex, entity: IndexedEntity) -> list[str]:
    """Return the IRIs of the organisations above another, the nearest first."""
    found = name_index.list_related_iris(entity.number, "parent")
    for iri in found:
        above = name_index.find_entity(iri) if len(found) < MAX_ANCESTORS else None
        if above:
            parents = name_index.list_related_iris(above.number, "parent")
            found += [each for each in parents if each not in found and each != entity.iri]
    return found


def is_federation(name_index: NameIndex, entity: IndexedEntity) -> bool:
    """Return whether an educational body consists of others, such as colleges."""
    parts = name_index.list_related_iris(entity.number, "child")
    if "education" not in entity.types or len(parts) < MIN_FEDERATION_COLLEGES:
        return False
    colleges = (name_index.find_entity(iri) for iri in parts)
    count = sum(college is not None and "education" in college.types for college in colleges)
    return count >= MIN_FEDERATION_COLLEGES
