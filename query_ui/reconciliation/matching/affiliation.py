"""Which organisation an affiliation string names, if the register has it, and how sure that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loader.release.name_index.name_normaliser import IDLE, key_of, tokens
from loader.release.name_index.named_entity import Kind
from query_ui.graph.name_index import Gazetteer, Named, Thing
from query_ui.reconciliation.matching.address import Segment, segments
from query_ui.reconciliation.matching.candidates import WHOLE, brief
from query_ui.reconciliation.matching.match_name import SURE, WORTH_A_LOOK, Match, match
from query_ui.reconciliation.matching.match_query import Question
from query_ui.reconciliation.matching.scoring import Candidate

LONGEST = 12
"""Words of the longest name that is looked for inside an address."""
OTHERS = frozenset(
    "hospital hospitals nhs trust press museum union health clinic infirmary healthcare library "
    "charity students alumni group partnership".split()
)
"""Words that make another thing of a name that they stand beside: Cambridge University Press."""
SORTS = OTHERS | frozenset(
    "university college institute school centre academy laboratory department faculty division "
    "research science medicine technology society association council foundation national royal "
    "international art business british england london education medical engineering "
    "general city company services service".split()
)
"""Words that tell what sort of thing something is, and not which."""

WHOLE_NAMES = frozenset(WHOLE.values())
"""Features of names that stand in the address word for word."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found inside an address, at these words."""

    name: Named
    start: int
    end: int
    whole: bool
    """Whether it fills the part of the address that it stands in, or several."""


def match_affiliation(gazetteer: Gazetteer, text: str, limit: int = 5) -> list[Match]:
    """The organisations that an affiliation string may name, best first; see ``match``."""
    found: dict[int, Match] = {}
    for segment in segments(text):
        for m in in_segment(gazetteer, segment):
            known = found.get(m.thing.number)
            if known is None or (m.sure, m.score) > (known.sure, known.score):
                found[m.thing.number] = m
    ranked = sorted(found.values(), key=lambda m: (not m.sure, -m.score, m.thing.label))
    return ranked[:limit]


def in_segment(gazetteer: Gazetteer, segment: Segment) -> Iterator[Match]:
    """The candidates of one affiliation; at most one of them is sure."""
    hits = list(sieved(segment, longest(list(hits_in(gazetteer, segment)))))
    found = [judged(gazetteer, segment, hit) for hit in hits]
    found = [m for m in found if m.score >= WORTH_A_LOOK]
    eligible = [m for m in found if m.score >= SURE]
    if not eligible:
        more = list(spelt(gazetteer, segment))
        found += more
        eligible = [m for m in more if m.sure and m.score >= SURE]
    chosen = choose(gazetteer, eligible)
    for m in found:
        yield Match(m.thing, m.candidate, sure=m is chosen)


def hits_in(gazetteer: Gazetteer, segment: Segment) -> Iterator[Hit]:
    """Every name of the gazetteer that stands in the address word for word."""
    words = segment.words
    spans: dict[str, list[tuple[int, int]]] = {}
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + LONGEST) + 1):
            key = key_of(list(words[start:end]))
            spans.setdefault(key, []).append((start, end))
    edges = {part.start for part in segment.parts} | {len(words)}
    for name in gazetteer.by_key(list(spans)):
        for start, end in spans[name.key]:
            yield Hit(name, start, end, start in edges and end in edges)


def longest(hits: Sequence[Hit]) -> Iterator[Hit]:
    """The hits that lie inside no longer one."""
    for hit in hits:
        if not any(
            other.start <= hit.start
            and hit.end <= other.end
            and other.end - other.start > hit.end - hit.start
            for other in hits
        ):
            yield hit


def sieved(segment: Segment, hits: Iterator[Hit]) -> Iterator[Hit]:
    """The hits that name a thing of their own, and are no part of another name."""
    for hit in hits:
        words = segment.words[hit.start : hit.end]
        telling = [word for word in words if word not in SORTS | IDLE]
        if not hit.whole and (len(words) < 2 or not telling and len(words) < 3):
            continue
        if any(not OTHERS.isdisjoint(beside) for beside in neighbours(segment, hit)):
            continue
        yield hit


def neighbours(segment: Segment, hit: Hit) -> Iterator[Sequence[str]]:
    """The words beside a hit within the parts of the address that it stands in."""
    for part in segment.parts:
        end = part.start + len(part.words)
        if part.start <= hit.start < end:
            yield part.words[: hit.start - part.start][-2:]
        if part.start < hit.end <= end:
            yield part.words[hit.end - part.start :][:2]


def judged(gazetteer: Gazetteer, segment: Segment, hit: Hit) -> Match:
    """A hit with the features that the rest of the address gives it."""
    thing = gazetteer.thing(hit.name.entity)
    kind = Kind.ACRONYM if brief(hit.name) else Kind(hit.name.kind)
    features = {WHOLE[kind]: 1.0}
    if segment.countries and thing.country:
        same = thing.country in segment.countries
        features["country" if same else "other_country"] = 1.0
    elif segment.countries:
        features |= {} if "GB" in segment.countries else {"unplaced": 1.0}
    elif not at_home(segment, thing) and (trails(segment, hit) or not speaks(segment, hit, thing)):
        features["unplaced"] = 1.0
    if thing.place and place_in(segment, thing.place):
        features["place"] = 1.0
    if thing.status in ("inactive", "withdrawn"):
        features[thing.status] = 1.0
    return Match(thing, Candidate(thing.number, hit.name.text, features))


def place_in(segment: Segment, place: str) -> bool:
    """Whether a town is named in an address."""
    key = key_of(tokens(place))
    return bool(key) and f" {key} " in f" {' '.join(segment.words)} "


def at_home(segment: Segment, thing: Thing) -> bool:
    """Whether an address without a country says all the same that it is in the thing's country."""
    return (thing.country == "GB" and segment.british) or place_in(segment, thing.place)


def trails(segment: Segment, hit: Hit) -> bool:
    """Whether parts of an address follow a hit, or stand before one word: they may lie anywhere."""
    alone = hit.end - hit.start == 1 and hit.start > 0
    return alone or any(part.start >= hit.end for part in segment.parts)


def speaks(segment: Segment, hit: Hit, thing: Thing) -> bool:
    """Whether a name speaks for itself: the name proper of a university, not one of its sort."""
    words = segment.words[hit.start : hit.end]
    proper = hit.name.kind == Kind.LABEL and "education" in thing.types
    return proper and any(word not in SORTS | IDLE for word in words)


def spelt(gazetteer: Gazetteer, segment: Segment) -> Iterator[Match]:
    """What the parts of an address may mean by likeness; sure only in a country that is named."""
    country = segment.countries[0] if segment.countries else "GB" if segment.british else ""
    towns = towns_in(gazetteer, segment)
    for part in segment.parts:
        if len(part.words) > 1 and not SORTS.isdisjoint(part.words):
            for m in match(gazetteer, Question(part.text, places=towns, country=country), 2):
                if not WHOLE_NAMES.isdisjoint(m.candidate.features):
                    continue
                if m.sure and not country:
                    m.candidate.features["unplaced"] = 1.0
                yield m


def towns_in(gazetteer: Gazetteer, segment: Segment) -> tuple[str, ...]:
    """The parts of an address, and the last words of parts, that are towns."""
    ends = {word for part in segment.parts for word in (part.words[-1], " ".join(part.words))}
    return tuple(sorted(gazetteer.countries(sorted(ends))))


def choose(gazetteer: Gazetteer, found: Sequence[Match]) -> Match | None:
    """The one that the address means: a university before its parts, and before others.

    None where two are called the same and nothing tells them apart.
    """
    addresses = {m.thing.iri for m in found if "education" in m.thing.types}
    wholes = [m for m in found if addresses.isdisjoint(gazetteer.related(m.thing.number, "parent"))]
    if not wholes:
        return None
    best = max(wholes, key=lambda m: ("education" in m.thing.types, m.score))
    rivals = (m for m in wholes if m.thing.number != best.thing.number)
    namesake = any(m.candidate.by == best.candidate.by and m.score >= best.score for m in rivals)
    return None if namesake else best
