"""Matching of affiliation strings with the organisations of a register."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from loader.release.name_index.name_normaliser import STOP_WORDS, build_name_key, tokenise_name
from loader.release.name_index.named_entity import NameKind
from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.reconciliation.matching.address import AddressSegment, split_affiliations
from query_ui.reconciliation.matching.affiliation_choice import (
    LocatedMatch,
    choose_organisations,
    relate_matches,
)
from query_ui.reconciliation.matching.candidates import (
    FEATURE_BY_NAME_KIND,
    is_acronym_in_label,
    is_short_alias,
)
from query_ui.reconciliation.matching.countries import load_country_code_by_name
from query_ui.reconciliation.matching.match_name import (
    CERTAIN_SCORE,
    MIN_CANDIDATE_SCORE,
    Match,
    is_superseded,
    match_name,
)
from query_ui.reconciliation.matching.name_spans import (
    GENERIC_WORDS,
    NameSpan,
    list_spans,
)
from query_ui.reconciliation.matching.scoring import Candidate, MatchQuery

VERBATIM_NAME_FEATURES = frozenset(FEATURE_BY_NAME_KIND.values())
"""Features of names that appear in the address word for word."""
MIN_COUNTRY_SHARE = 0.9
"""Share of the addresses with a country that must have the same one for it to be the column's."""
MIN_CELLS_WITH_COUNTRY = 10
"""Number of addresses with a country from which a column may have one of its own."""
MIN_ACRONYM_LENGTH = 3
"""Smallest number of letters of an acronym that counts as a name beside its town and country."""
MAX_TOWN_WORDS = 4
"""Largest number of words in the name of a town."""


def match_affiliation(
    name_index: NameIndex, text: str, limit: int = 5, country: str = ""
) -> list[Match]:
    """Return the organisations that an affiliation string names, then others that it may name.

    All sure matches come first, in the order of the string and a university before its neighbours;
    then those that are part of one of them, or of which one of them is part; then candidates, best
    first, up to ``limit`` matches in all. ``country`` is the ISO 3166-1 alpha-2 code of the country
    that an address without a country lies in, or "".
    """
    segments = split_affiliations(text)
    named = {code for segment in segments for code in segment.country_codes}
    # The only country of the whole string is that of its other affiliations too.
    default = next(iter(named)) if len(named) == 1 else country
    found: dict[int, Match] = {}
    for segment in segments:
        for m in match_segment(name_index, segment, default):
            known = found.get(m.entity.number)
            if known is None or compute_rank(m) < compute_rank(known):
                found[m.entity.number] = m
    firm = [m for m in found.values() if m.sure or m.relation]
    rest = [m for m in found.values() if not m.sure and not m.relation]
    ranked = sorted(firm, key=lambda m: not m.sure)
    ranked += sorted(rest, key=lambda m: (-m.score, m.entity.label))
    return ranked[: max(limit, len(firm))]


def compute_rank(match: Match) -> tuple[bool, bool, float]:
    """Return a key that sorts sure matches first, then related ones, then by score."""
    return not match.sure, not match.relation, -match.score


def infer_country(texts: Iterable[str]) -> str:
    """Return the country that nearly all affiliations of a column lie in, or "".

    Only affiliations with a country count; there must be ``MIN_CELLS_WITH_COUNTRY`` of them.
    """
    counts = Counter(
        code
        for text in texts
        for code in {c for segment in split_affiliations(text) for c in segment.country_codes}
    )
    total = counts.total()
    if total < MIN_CELLS_WITH_COUNTRY:
        return ""
    code, count = counts.most_common(1)[0]
    return code if count >= MIN_COUNTRY_SHARE * total else ""


def match_segment(
    name_index: NameIndex, segment: AddressSegment, default_country: str = ""
) -> Iterator[Match]:
    """Yield the matches of one affiliation, sure ones first.

    Similar names are searched only where no name in the address is certain.
    """
    if is_list_of_towns(name_index, segment):
        return
    located = [
        LocatedMatch(evaluate_span(name_index, segment, span, default_country), span)
        for span in list_spans(name_index, segment)
    ]
    found = [one for one in located if one.match.score >= MIN_CANDIDATE_SCORE]
    if any(one.match.score >= CERTAIN_SCORE for one in found):
        yield from relate_matches(name_index, *choose_organisations(found))
        return
    # Similarity is slower and less certain, so it is a last resort.
    similar = list(match_segment_by_similarity(name_index, segment, default_country))
    certain = [m for m in similar if m.sure and m.score >= CERTAIN_SCORE]
    best = max(certain, key=lambda m: (is_education(m.entity), m.score), default=None)
    for m in [*(one.match for one in found), *similar]:
        yield Match(m.entity, m.candidate, sure=m is best)


def is_list_of_towns(name_index: NameIndex, segment: AddressSegment) -> bool:
    """Return whether every part of an address is a town or a country, or several of them."""
    return all(
        consists_of_towns(name_index, tuple(word for word in part.words if word != "and"))
        or consists_of_towns(name_index, part.words)
        for part in segment.parts
    )


def consists_of_towns(name_index: NameIndex, words: Sequence[str]) -> bool:
    """Return whether words are names of towns and countries from the first to the last."""
    runs = {
        (start, end): build_name_key(list(words[start:end]))
        for start in range(len(words))
        for end in range(start + 1, min(len(words), start + MAX_TOWN_WORDS) + 1)
    }
    known = name_index.load_countries_by_town(sorted(set(runs.values())))
    reached = {0}
    for (start, end), key in sorted(runs.items()):
        if start in reached and (key in known or key in load_country_code_by_name()):
            reached.add(end)
    return len(words) in reached


def evaluate_span(
    name_index: NameIndex, segment: AddressSegment, span: NameSpan, default_country: str = ""
) -> Match:
    """Build a match from a span, with features for the country, town and status of its entity."""
    entity = name_index.load_entity(span.name.entity_number)
    kind = NameKind.ACRONYM if is_short_alias(span.name) else NameKind(span.name.kind)
    features = {span.feature or FEATURE_BY_NAME_KIND[kind]: 1.0}
    if is_acronym_in_label(name_index, span.name):
        features["acronym_in_label"] = 1.0
    is_distinctive = is_education(entity) and is_distinctive_name(segment, span, features)
    is_bare = is_distinctive and not has_surrounding_address(segment, span)
    # Xi'an Jiaotong-Liverpool University is not in Liverpool: a town in a reordered name is none.
    words = segment.words
    address = words[: span.start] + words[span.end :] if span.feature == "other_order" else words
    is_home = is_place_mentioned(address, entity.place)
    is_local = is_home or is_bare or (entity.country == "GB" and segment.is_british)
    codes = segment.country_codes or list_following_countries(segment, span)
    features |= compare_country(codes, entity, default_country, is_local)
    if is_home:
        features["place"] = 1.0
        is_in_country = "country" in features or (entity.country == "GB" and segment.is_british)
        if is_in_country and is_acronym_of_university(name_index, segment, span, entity):
            # An acronym with its town is enough, as it is in a name: KCL London.
            features["names_together"] = 1.0
    if entity.status in ("inactive", "withdrawn"):
        features[entity.status] = 1.0
    if is_superseded(name_index, entity):
        features["superseded"] = 1.0
    return Match(entity, Candidate(entity.number, span.name.text, features))


def is_acronym_of_university(
    name_index: NameIndex, segment: AddressSegment, span: NameSpan, entity: IndexedEntity
) -> bool:
    """Return whether a part of an address is an acronym that only one university has: UCL."""
    key = span.name.key
    is_acronym = span.name.kind == NameKind.ACRONYM and len(key) >= MIN_ACRONYM_LENGTH
    if not (is_acronym and span.is_whole_part and is_education(entity)):
        return False
    return {name.entity_number for name in name_index.find_names_by_key([key])} == {entity.number}


def compare_country(
    country_codes: Sequence[str], entity: IndexedEntity, default_country: str, is_local: bool
) -> dict[str, float]:
    """Return the feature for the country of an entity and that of the address, if there is one.

    An address without a country may lie anywhere, unless it lies in the default country or
    ``is_local``: it shows the entity's country or town, or is nothing but a distinctive name.
    """
    if country_codes and entity.country:
        same = entity.country in country_codes
        return {"country" if same else "other_country": 1.0}
    if country_codes:
        return {} if "GB" in country_codes else {"unplaced": 1.0}
    if entity.country and entity.country == default_country:
        return {"country": 1.0}
    return {} if is_local else {"unplaced": 1.0}


def list_following_countries(segment: AddressSegment, span: NameSpan) -> list[str]:
    """Return the codes of countries named after a span in its part: University of X Malaysia.

    Only names of more than three letters count, since "us" or "it" is usually no country.
    """
    ends = [part.start + len(part.words) for part in segment.parts]
    following = segment.words[span.end : min(end for end in ends if end >= span.end)]
    codes = load_country_code_by_name()
    return [codes[word] for word in following if len(word) > 3 and word in codes]


def is_place_mentioned(words: Sequence[str], place: str) -> bool:
    """Return whether a town is named in the words of an address."""
    key = build_name_key(tokenise_name(place))
    return bool(key) and f" {key} " in f" {' '.join(words)} "


def is_education(entity: IndexedEntity) -> bool:
    """Return whether an entity is an educational body, such as a university."""
    return "education" in entity.types


def has_surrounding_address(segment: AddressSegment, span: NameSpan) -> bool:
    """Return whether parts of the address follow a span, or precede a span of one word."""
    alone = span.end - span.start == 1 and span.start > 0
    return alone or any(part.start >= span.end for part in segment.parts)


def is_distinctive_name(
    segment: AddressSegment, span: NameSpan, features: Mapping[str, float]
) -> bool:
    """Return whether a name is the body's own or long, and has a word that is not generic.

    Other short names, and names with their words in another order, may be those of others.
    """
    words = segment.words[span.start : span.end]
    is_own = not {"exact_label", "former_name", "acronym_in_label"}.isdisjoint(features)
    is_long = "alternative_label" in features and len(words) > 2
    return (is_own or is_long) and any(word not in GENERIC_WORDS | STOP_WORDS for word in words)


def match_segment_by_similarity(
    name_index: NameIndex, segment: AddressSegment, default_country: str = ""
) -> Iterator[Match]:
    """Yield matches of parts by similarity; sure ones only where the address shows its country."""
    shown = segment.country_codes[0] if segment.country_codes else ""
    country = shown or ("GB" if segment.is_british else default_country)
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
