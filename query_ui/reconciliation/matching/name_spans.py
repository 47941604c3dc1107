"""Occurrences of registered names in the words of an address."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from loader.release.name_index.name_normaliser import (
    LEGAL_FORMS,
    STOP_WORDS,
    build_name_key,
    build_word_bag,
)
from loader.release.name_index.named_entity import NameKind
from query_ui.graph.name_index import IndexedName, NameIndex
from query_ui.reconciliation.matching.address import AddressSegment, count_country_words
from query_ui.reconciliation.matching.town_university import TOWN_FEATURE, find_town_universities

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
REORDERED_KINDS = frozenset({"university", "college", "school", "institute"})
"""Kinds of bodies whose names people write in another order, or without "of"."""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """Occurrence of a name in an address, from word ``start`` up to but not including ``end``.

    ``is_whole_part`` is true where it fills one or several parts of the address from edge to edge,
    ``is_within_part`` where it does not run from one part into another. ``feature`` is that of a
    name that is not written as it is registered, or "".
    """

    name: IndexedName
    start: int
    end: int
    is_whole_part: bool
    is_within_part: bool = True
    feature: str = ""

    def overlaps(self, other: "NameSpan") -> bool:
        """Return whether two spans share a word of the address."""
        return self.start < other.end and other.start < self.end


def list_spans(name_index: NameIndex, segment: AddressSegment) -> list[NameSpan]:
    """Return the occurrences of names that may be organisations, without those inside a longer."""
    longest = keep_longest_spans(find_name_spans(name_index, segment))
    return list(filter_spans(name_index, segment, longest))


def find_name_spans(name_index: NameIndex, segment: AddressSegment) -> Iterator[NameSpan]:
    """Yield every name of the index that appears in the address, word for word or reordered."""
    edges = frozenset(list_edges(segment))
    yield from find_verbatim_spans(name_index, segment, edges)
    yield from find_reordered_spans(name_index, segment, edges)
    for start, end, name in find_town_universities(name_index, segment.words):
        yield NameSpan(name, start, end, start in edges and end in edges, True, TOWN_FEATURE)


def find_verbatim_spans(
    name_index: NameIndex, segment: AddressSegment, edges: frozenset[int]
) -> Iterator[NameSpan]:
    """Yield the names that appear word for word."""
    # All sequences of up to MAX_NAME_WORDS words are looked up in a single query.
    words = segment.words
    starts = {part.start for part in segment.parts}
    places: dict[str, list[tuple[int, int]]] = {}
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + MAX_NAME_WORDS) + 1):
            places.setdefault(build_name_key(list(words[start:end])), []).append((start, end))
    for name in name_index.find_names_by_key(list(places)):
        for start, end in places[name.key]:
            is_within = starts.isdisjoint(range(start + 1, end))
            yield NameSpan(name, start, end, start in edges and end in edges, is_within)


def find_reordered_spans(
    name_index: NameIndex, segment: AddressSegment, edges: frozenset[int]
) -> Iterator[NameSpan]:
    """Yield the names whose words appear in another order within a part."""
    bags: dict[str, list[tuple[int, int]]] = {}
    for part in segment.parts:
        for start, end in list_reorderable_runs(part.words):
            bag = build_word_bag(list(part.words[start:end]))
            bags.setdefault(bag, []).append((part.start + start, part.start + end))
    for name in name_index.find_names_by_bag(list(bags)):
        for start, end in bags[name.bag]:
            is_verbatim = build_name_key(list(segment.words[start:end])) == name.key
            if name.kind != NameKind.ACRONYM and not is_verbatim:
                is_whole = start in edges and end in edges
                yield NameSpan(name, start, end, is_whole, feature="other_order")


def list_edges(segment: AddressSegment) -> Iterator[int]:
    """Yield the numbers of the words at which a part begins or ends.

    It ends before the legal form of a company or a country, too: Example plc, Example UK.
    """
    for part in segment.parts:
        end = len(part.words)
        yield from (part.start, part.start + end)
        end -= count_country_words(part.words)
        yield part.start + end
        while end > 1 and part.words[end - 1] in LEGAL_FORMS:
            end -= 1
            yield part.start + end


def list_reorderable_runs(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the runs of words in a part that may be a name in another order: Essex University.

    A run begins the part or follows a word that no name of a place begins with, so that East London
    University is not University of London. It does not end before "of", in the middle of a name. It
    says what kind of body it is, and which one.
    """
    weak = STOP_WORDS | GENERIC_WORDS
    for start, first in enumerate(words):
        if first in STOP_WORDS or (start and words[start - 1] not in weak):
            continue
        for end in range(start + 2, min(len(words), start + MAX_NAME_WORDS) + 1):
            run = [word for word in words[start:end] if word not in STOP_WORDS]
            # A bag has each word once, so a run that repeats one has begun the next name.
            if len(set(run)) < len(run):
                break
            if (
                words[end - 1] not in STOP_WORDS
                and words[end : end + 1] != ("of",)
                and not REORDERED_KINDS.isdisjoint(run)
                and not weak.issuperset(run)
            ):
                yield start, end


def keep_longest_spans(spans: Iterable[NameSpan]) -> Iterator[NameSpan]:
    """Yield the spans that do not lie inside a longer one."""
    by_start: dict[int, list[NameSpan]] = {}
    for span in spans:
        by_start.setdefault(span.start, []).append(span)
    for start, here in by_start.items():
        # Only spans that begin less than the longest name earlier can include one from here.
        before = [
            s for at in range(start - MAX_NAME_WORDS, start + 1) for s in by_start.get(at, ())
        ]
        for span in here:
            size = span.end - span.start
            if not any(s.end >= span.end and s.end - s.start > size for s in before):
                yield span


def filter_spans(
    name_index: NameIndex, segment: AddressSegment, spans: Iterable[NameSpan]
) -> Iterator[NameSpan]:
    """Yield the spans that name an organisation on their own.

    Within a part, short or generic names are dropped, as are names beside a word of
    ``SEPARATE_BODY_WORDS``. A town is none, nor is a name that ends within that of a country.
    """
    found = list(spans)
    keys = {span: strip_country_words(segment.words[span.start : span.end]) for span in found}
    towns = name_index.load_countries_by_town(sorted(set(keys.values())))
    for span in found:
        if keys[span] in towns or ends_within_country(segment, span):
            continue
        words = segment.words[span.start : span.end]
        telling = [word for word in words if word not in GENERIC_WORDS | STOP_WORDS]
        if not span.is_whole_part and (len(words) < 2 or not telling and len(words) < 3):
            continue
        if any(
            not SEPARATE_BODY_WORDS.isdisjoint(beside)
            for beside in list_adjacent_words(segment, span)
        ):
            continue
        yield span


def strip_country_words(words: Sequence[str]) -> str:
    """Return the key of a name without the country at its end, as long as anything is left."""
    return build_name_key(list(words[: len(words) - count_country_words(words)] or words))


def ends_within_country(segment: AddressSegment, span: NameSpan) -> bool:
    """Return whether a span has only the first words of a country: Manchester United Kingdom."""
    for part in segment.parts:
        end = part.start + len(part.words)
        if part.start < span.end < end:
            return span.end > end - count_country_words(part.words)
    return False


def list_adjacent_words(segment: AddressSegment, span: NameSpan) -> Iterator[Sequence[str]]:
    """Yield up to two words before and after a span, within the parts where it starts and ends.

    An "and" ends them: what follows it is another body.
    """
    for part in segment.parts:
        end = part.start + len(part.words)
        if part.start <= span.start < end:
            before = part.words[: span.start - part.start][-2:]
            yield before[before.index("and") + 1 :] if "and" in before else before
        if part.start < span.end <= end:
            after = part.words[span.end - part.start :][:2]
            yield after[: after.index("and")] if "and" in after else after
