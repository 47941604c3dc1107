"""Matching of affiliation strings with the organisations of a register."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loader.release.name_index.name_normaliser import STOP_WORDS, build_name_key, tokenise_name
from loader.release.name_index.named_entity import NameKind
from query_ui.graph.name_index import IndexedEntity, IndexedName, NameIndex
from query_ui.reconciliation.matching.address import AddressSegment, split_affiliations
from query_ui.reconciliation.matching.candidates import FEATURE_BY_NAME_KIND, is_short_alias
from query_ui.reconciliation.matching.match_name import (
    CERTAIN_SCORE,
    MIN_CANDIDATE_SCORE,
    Match,
    match_name,
)
from query_ui.reconciliation.matching.scoring import Candidate, MatchQuery

MAX_NAME_WORDS = 12
"""Largest number of words in a name that is searched for in an address."""
SEPARATE_BODY_WORDS = frozenset(
    "hospital hospitals nhs trust press museum union health clinic infirmary healthcare library "
    "charity students alumni group partnership".split()
)
"""Words that turn an adjacent name into that of another body: Cambridge University Press."""
GENERIC_WORDS = SEPARATE_BODY_WORDS | frozenset(
    "university college institute school centre academy laboratory department faculty division "
    "research science medicine technology society association council foundation national royal "
    "international art business british england london education medical engineering "
    "general city company services service".split()
)
"""Words that say what kind of organisation it is, and not which one."""

VERBATIM_NAME_FEATURES = frozenset(FEATURE_BY_NAME_KIND.values())
"""Features of names that appear in the address word for word."""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """Occurrence of a name in an address, from word ``start`` up to but not including ``end``."""

    name: IndexedName
    start: int
    end: int
    is_whole_part: bool
    """Whether it fills one or several parts of the address from edge to edge."""


def match_affiliation(name_index: NameIndex, text: str, limit: int = 5) -> list[Match]:
    """Return at most ``limit`` organisations that an affiliation string may name, best first.

    Sure matches come first, at most one for each affiliation in the string.
    """
    found: dict[int, Match] = {}
    for segment in split_affiliations(text):
        for m in match_segment(name_index, segment):
            known = found.get(m.entity.number)
            if known is None or (m.sure, m.score) > (known.sure, known.score):
                found[m.entity.number] = m
    ranked = sorted(found.values(), key=lambda m: (not m.sure, -m.score, m.entity.label))
    return ranked[:limit]


def match_segment(name_index: NameIndex, segment: AddressSegment) -> Iterator[Match]:
    """Yield the matches of one affiliation; at most one of them is sure.

    Similar names are searched only where no name in the address is certain.
    """
    hits = list(
        filter_spans(segment, keep_longest_spans(list(find_name_spans(name_index, segment))))
    )
    found = [evaluate_span(name_index, segment, hit) for hit in hits]
    found = [m for m in found if m.score >= MIN_CANDIDATE_SCORE]
    eligible = [m for m in found if m.score >= CERTAIN_SCORE]
    # Similarity is slower and less certain, so it is a last resort.
    if not eligible:
        more = list(match_segment_by_similarity(name_index, segment))
        found += more
        eligible = [m for m in more if m.sure and m.score >= CERTAIN_SCORE]
    chosen = choose_best_match(name_index, eligible)
    for m in found:
        yield Match(m.entity, m.candidate, sure=m is chosen)


def find_name_spans(name_index: NameIndex, segment: AddressSegment) -> Iterator[NameSpan]:
    """Yield every name of the index that appears in the address word for word."""
    # All sequences of up to MAX_NAME_WORDS words are looked up in a single query.
    words = segment.words
    spans: dict[str, list[tuple[int, int]]] = {}
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + MAX_NAME_WORDS) + 1):
            key = build_name_key(list(words[start:end]))
            spans.setdefault(key, []).append((start, end))
    edges = {part.start for part in segment.parts} | {len(words)}
    for name in name_index.find_names_by_key(list(spans)):
        for start, end in spans[name.key]:
            yield NameSpan(name, start, end, start in edges and end in edges)


def keep_longest_spans(spans: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield the spans that do not lie inside a longer one."""
    for hit in spans:
        if not any(
            other.start <= hit.start
            and hit.end <= other.end
            and other.end - other.start > hit.end - hit.start
            for other in spans
        ):
            yield hit


def filter_spans(segment: AddressSegment, spans: Iterator[NameSpan]) -> Iterator[NameSpan]:
    """Yield the spans that name an organisation on their own.

    Within a part, short or generic names are dropped, as are names beside a word of
    ``SEPARATE_BODY_WORDS``.
    """
    for hit in spans:
        words = segment.words[hit.start : hit.end]
        telling = [word for word in words if word not in GENERIC_WORDS | STOP_WORDS]
        if not hit.is_whole_part and (len(words) < 2 or not telling and len(words) < 3):
            continue
        if any(
            not SEPARATE_BODY_WORDS.isdisjoint(beside)
            for beside in list_adjacent_words(segment, hit)
        ):
            continue
        yield hit


def list_adjacent_words(segment: AddressSegment, span: NameSpan) -> Iterator[Sequence[str]]:
    """Yield up to two words before and after a span, within the parts where it starts and ends."""
    for part in segment.parts:
        end = part.start + len(part.words)
        if part.start <= span.start < end:
            yield part.words[: span.start - part.start][-2:]
        if part.start < span.end <= end:
            yield part.words[span.end - part.start :][:2]


def evaluate_span(name_index: NameIndex, segment: AddressSegment, span: NameSpan) -> Match:
    """Build a match from a span, with features for the country, town and status of its entity."""
    entity = name_index.load_entity(span.name.entity_number)
    kind = NameKind.ACRONYM if is_short_alias(span.name) else NameKind(span.name.kind)
    features = {FEATURE_BY_NAME_KIND[kind]: 1.0}
    # An address without a country may lie anywhere, unless it is recognisably the entity's own
    # or there is nothing but a distinctive name.
    if segment.country_codes and entity.country:
        same = entity.country in segment.country_codes
        features["country" if same else "other_country"] = 1.0
    elif segment.country_codes:
        features |= {} if "GB" in segment.country_codes else {"unplaced": 1.0}
    elif not is_in_home_country(segment, entity) and (
        has_surrounding_address(segment, span) or not is_distinctive_name(segment, span, entity)
    ):
        features["unplaced"] = 1.0
    if entity.place and is_place_mentioned(segment, entity.place):
        features["place"] = 1.0
    if entity.status in ("inactive", "withdrawn"):
        features[entity.status] = 1.0
    return Match(entity, Candidate(entity.number, span.name.text, features))


def is_place_mentioned(segment: AddressSegment, place: str) -> bool:
    """Return whether a town is named in an address."""
    key = build_name_key(tokenise_name(place))
    return bool(key) and f" {key} " in f" {' '.join(segment.words)} "


def is_in_home_country(segment: AddressSegment, entity: IndexedEntity) -> bool:
    """Return whether an address without a country still shows the country of an entity."""
    return (entity.country == "GB" and segment.is_british) or is_place_mentioned(
        segment, entity.place
    )


def has_surrounding_address(segment: AddressSegment, span: NameSpan) -> bool:
    """Return whether parts of the address follow a span, or precede a span of one word."""
    alone = span.end - span.start == 1 and span.start > 0
    return alone or any(part.start >= span.end for part in segment.parts)


def is_distinctive_name(segment: AddressSegment, span: NameSpan, entity: IndexedEntity) -> bool:
    """Return whether a name is the label of an educational body and not only generic words."""
    words = segment.words[span.start : span.end]
    proper = span.name.kind == NameKind.LABEL and "education" in entity.types
    return proper and any(word not in GENERIC_WORDS | STOP_WORDS for word in words)


def match_segment_by_similarity(name_index: NameIndex, segment: AddressSegment) -> Iterator[Match]:
    """Yield matches of parts by similarity; sure ones only where the address shows its country."""
    country = (
        segment.country_codes[0] if segment.country_codes else "GB" if segment.is_british else ""
    )
    towns = find_towns(name_index, segment)
    for part in segment.parts:
        if len(part.words) > 1 and not GENERIC_WORDS.isdisjoint(part.words):
            for m in match_name(
                name_index, MatchQuery(part.text, places=towns, country=country), 2
            ):
                # Names that match word for word have been evaluated before.
                if not VERBATIM_NAME_FEATURES.isdisjoint(m.candidate.features):
                    continue
                if m.sure and not country:
                    m.candidate.features["unplaced"] = 1.0
                yield m


def find_towns(name_index: NameIndex, segment: AddressSegment) -> tuple[str, ...]:
    """Return the parts of an address, and last words of parts, that are names of towns."""
    ends = {word for part in segment.parts for word in (part.words[-1], " ".join(part.words))}
    return tuple(sorted(name_index.load_countries_by_town(sorted(ends))))


def choose_best_match(name_index: NameIndex, matches: Sequence[Match]) -> Match | None:
    """Return the match that the address means, or None where namesakes cannot be distinguished.

    A university is preferred to its parts and to other organisations.
    """
    # A department's own name is often in the register too; the university is what is meant.
    addresses = {m.entity.iri for m in matches if "education" in m.entity.types}
    wholes = [
        m
        for m in matches
        if addresses.isdisjoint(name_index.list_related_iris(m.entity.number, "parent"))
    ]
    if not wholes:
        return None
    best = max(wholes, key=lambda m: ("education" in m.entity.types, m.score))
    rivals = (m for m in wholes if m.entity.number != best.entity.number)
    namesake = any(m.candidate.by == best.candidate.by and m.score >= best.score for m in rivals)
    return None if namesake else best
