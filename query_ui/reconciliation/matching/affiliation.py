"""Which organisation an affiliation string names, if the register has it, and how sure that is."""

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
from query_ui.reconciliation.matching.match_query import MatchQuery
from query_ui.reconciliation.matching.scoring import Candidate

MAX_NAME_WORDS = 12
"""Words of the longest name that is looked for inside an address."""
SEPARATE_BODY_WORDS = frozenset(
    "hospital hospitals nhs trust press museum union health clinic infirmary healthcare library "
    "charity students alumni group partnership".split()
)
"""Words that make another thing of a name that they stand beside: Cambridge University Press."""
GENERIC_WORDS = SEPARATE_BODY_WORDS | frozenset(
    "university college institute school centre academy laboratory department faculty division "
    "research science medicine technology society association council foundation national royal "
    "international art business british england london education medical engineering "
    "general city company services service".split()
)
"""Words that tell what sort of thing something is, and not which."""

VERBATIM_NAME_FEATURES = frozenset(FEATURE_BY_NAME_KIND.values())
"""Features of names that stand in the address word for word."""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A name found inside an address, at these words."""

    name: IndexedName
    start: int
    end: int
    is_whole_part: bool
    """Whether it fills the part of the address that it stands in, or several."""


def match_affiliation(name_index: NameIndex, text: str, limit: int = 5) -> list[Match]:
    """The organisations that an affiliation string may name, best first; see ``match``."""
    found: dict[int, Match] = {}
    for segment in split_affiliations(text):
        for m in match_segment(name_index, segment):
            known = found.get(m.thing.number)
            if known is None or (m.sure, m.score) > (known.sure, known.score):
                found[m.thing.number] = m
    ranked = sorted(found.values(), key=lambda m: (not m.sure, -m.score, m.thing.label))
    return ranked[:limit]


def match_segment(name_index: NameIndex, segment: AddressSegment) -> Iterator[Match]:
    """The candidates of one affiliation; at most one of them is sure."""
    hits = list(
        filter_spans(segment, keep_longest_spans(list(find_name_spans(name_index, segment))))
    )
    found = [evaluate_span(name_index, segment, hit) for hit in hits]
    found = [m for m in found if m.score >= MIN_CANDIDATE_SCORE]
    eligible = [m for m in found if m.score >= CERTAIN_SCORE]
    if not eligible:
        more = list(match_segment_by_similarity(name_index, segment))
        found += more
        eligible = [m for m in more if m.sure and m.score >= CERTAIN_SCORE]
    chosen = choose_best_match(name_index, eligible)
    for m in found:
        yield Match(m.thing, m.candidate, sure=m is chosen)


def find_name_spans(name_index: NameIndex, segment: AddressSegment) -> Iterator[NameSpan]:
    """Every name of the gazetteer that stands in the address word for word."""
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
    """The hits that lie inside no longer one."""
    for hit in spans:
        if not any(
            other.start <= hit.start
            and hit.end <= other.end
            and other.end - other.start > hit.end - hit.start
            for other in spans
        ):
            yield hit


def filter_spans(segment: AddressSegment, spans: Iterator[NameSpan]) -> Iterator[NameSpan]:
    """The hits that name a thing of their own, and are no part of another name."""
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
    """The words beside a hit within the parts of the address that it stands in."""
    for part in segment.parts:
        end = part.start + len(part.words)
        if part.start <= span.start < end:
            yield part.words[: span.start - part.start][-2:]
        if part.start < span.end <= end:
            yield part.words[span.end - part.start :][:2]


def evaluate_span(name_index: NameIndex, segment: AddressSegment, span: NameSpan) -> Match:
    """A hit with the features that the rest of the address gives it."""
    thing = name_index.thing(span.name.entity_number)
    kind = NameKind.ACRONYM if is_short_alias(span.name) else NameKind(span.name.kind)
    features = {FEATURE_BY_NAME_KIND[kind]: 1.0}
    if segment.country_codes and thing.country:
        same = thing.country in segment.country_codes
        features["country" if same else "other_country"] = 1.0
    elif segment.country_codes:
        features |= {} if "GB" in segment.country_codes else {"unplaced": 1.0}
    elif not is_in_home_country(segment, thing) and (
        has_surrounding_address(segment, span) or not is_distinctive_name(segment, span, thing)
    ):
        features["unplaced"] = 1.0
    if thing.place and is_place_mentioned(segment, thing.place):
        features["place"] = 1.0
    if thing.status in ("inactive", "withdrawn"):
        features[thing.status] = 1.0
    return Match(thing, Candidate(thing.number, span.name.text, features))


def is_place_mentioned(segment: AddressSegment, place: str) -> bool:
    """Whether a town is named in an address."""
    key = build_name_key(tokenise_name(place))
    return bool(key) and f" {key} " in f" {' '.join(segment.words)} "


def is_in_home_country(segment: AddressSegment, entity: IndexedEntity) -> bool:
    """Whether an address without a country says all the same that it is in the thing's country."""
    return (entity.country == "GB" and segment.is_british) or is_place_mentioned(
        segment, entity.place
    )


def has_surrounding_address(segment: AddressSegment, span: NameSpan) -> bool:
    """Whether parts of an address follow a hit, or stand before one word: they may lie anywhere."""
    alone = span.end - span.start == 1 and span.start > 0
    return alone or any(part.start >= span.end for part in segment.parts)


def is_distinctive_name(segment: AddressSegment, span: NameSpan, entity: IndexedEntity) -> bool:
    """Whether a name speaks for itself: the name proper of a university, not one of its sort."""
    words = segment.words[span.start : span.end]
    proper = span.name.kind == NameKind.LABEL and "education" in entity.types
    return proper and any(word not in GENERIC_WORDS | STOP_WORDS for word in words)


def match_segment_by_similarity(name_index: NameIndex, segment: AddressSegment) -> Iterator[Match]:
    """What the parts of an address may mean by likeness; sure only in a country that is named."""
    country = (
        segment.country_codes[0] if segment.country_codes else "GB" if segment.is_british else ""
    )
    towns = find_towns(name_index, segment)
    for part in segment.parts:
        if len(part.words) > 1 and not GENERIC_WORDS.isdisjoint(part.words):
            for m in match_name(
                name_index, MatchQuery(part.text, places=towns, country=country), 2
            ):
                if not VERBATIM_NAME_FEATURES.isdisjoint(m.candidate.features):
                    continue
                if m.sure and not country:
                    m.candidate.features["unplaced"] = 1.0
                yield m


def find_towns(name_index: NameIndex, segment: AddressSegment) -> tuple[str, ...]:
    """The parts of an address, and the last words of parts, that are towns."""
    ends = {word for part in segment.parts for word in (part.words[-1], " ".join(part.words))}
    return tuple(sorted(name_index.load_countries_by_town(sorted(ends))))


def choose_best_match(name_index: NameIndex, matches: Sequence[Match]) -> Match | None:
    """The one that the address means: a university before its parts, and before others.

    None where two are called the same and nothing tells them apart.
    """
    addresses = {m.thing.iri for m in matches if "education" in m.thing.types}
    wholes = [
        m
        for m in matches
        if addresses.isdisjoint(name_index.list_related_iris(m.thing.number, "parent"))
    ]
    if not wholes:
        return None
    best = max(wholes, key=lambda m: ("education" in m.thing.types, m.score))
    rivals = (m for m in wholes if m.thing.number != best.thing.number)
    namesake = any(m.candidate.by == best.candidate.by and m.score >= best.score for m in rivals)
    return None if namesake else best
