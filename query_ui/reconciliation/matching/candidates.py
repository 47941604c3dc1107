"""Candidates by name: whole, in another order, without a remark, together, and by likeness."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz

from loader.release.name_index.name_normaliser import STOP_WORDS
from loader.release.name_index.named_entity import NameKind
from query_ui.graph.name_index import IndexedName, NameIndex
from query_ui.reconciliation.matching.candidate_retrieval import retrieve_similar_names
from query_ui.reconciliation.matching.composite_names import find_composite_name
from query_ui.reconciliation.matching.match_query import MatchQuery
from query_ui.reconciliation.matching.scoring import Candidate

MAX_COMPOSITE_NAMES = 12
"""Names whose things are looked at as a whole: with all names, the acronym and the town."""
MAX_SHORT_NAME_LENGTH = 5
"""Letters of the longest word that is as weak as an acronym."""
AMBIGUOUS_ORDER_VALUE = 0.95
"""What the order of words is worth where another thing may have them in the order asked."""
FEATURE_BY_NAME_KIND = {
    NameKind.LABEL: "exact_label",
    NameKind.ALTERNATIVE: "alternative_label",
    NameKind.FORMER: "former_name",
    NameKind.ACRONYM: "acronym",
}
"""The feature that says of a name of each kind that it was found whole."""


def generate_candidates(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Every candidate that a name leads to; a thing may come several times."""
    if query.words:
        yield from match_exact_names(name_index, query)
        yield from match_reordered_names(name_index, query)
        yield from match_names_without_remark(name_index, query)
        near = retrieve_similar_names(name_index, query.words)
        yield from match_similar_names(name_index, query, near)
        yield from match_composite_names(name_index, query, near[:MAX_COMPOSITE_NAMES])


def match_exact_names(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Things that are called exactly so."""
    for name in name_index.find_names_by_key([query.key]):
        kind = NameKind.ACRONYM if is_short_alias(name) else NameKind(name.kind)
        yield Candidate(name.entity_number, name.text, {FEATURE_BY_NAME_KIND[kind]: 1.0})


def is_short_alias(name: IndexedName) -> bool:
    """Whether another name is no more than a short word, as "Kings", which tells no more than an
    acronym does. A code with digits in it tells more."""
    return (
        name.kind == NameKind.ALTERNATIVE
        and name.key.isalpha()
        and len(name.key) <= MAX_SHORT_NAME_LENGTH
    )


def match_reordered_names(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Things that are called so in another order, where there are words enough to order."""
    if " " in query.bag:
        for name in name_index.find_names_by_bag([query.bag]):
            if name.kind != NameKind.ACRONYM and name.key != query.key:
                value = (
                    AMBIGUOUS_ORDER_VALUE if is_reversed_university_name(name_index, query) else 1.0
                )
                yield Candidate(name.entity_number, name.text, {"other_order": value})


def is_reversed_university_name(name_index: NameIndex, query: MatchQuery) -> bool:
    """Whether no more than "X University" is asked, where X may be a town.

    York University is not the one of York; a town may have namesakes that a register lacks.
    """
    if len(query.words) != 2 or query.words[1] != "university":
        return False
    return not name_index.has_places or bool(name_index.load_countries_by_town(query.words[:1]))


def match_names_without_remark(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Things that are called so but for a remark."""
    name = strip_remark(query.text)
    for found in name_index.find_names_by_key([MatchQuery(name).key]) if name else ():
        if found.kind != NameKind.ACRONYM:
            yield Candidate(found.entity_number, found.text, {"without_remark": 1.0})


def strip_remark(text: str) -> str:
    """A name without what stands in brackets after it; "" where that may be a part of the name.

    A remark has a small letter at the beginning of a word, as in "(central functions)"; what is
    written with capitals throughout, as "(Dublin)", may tell one thing from another.
    """
    found = re.fullmatch(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]", text.strip())
    small = found and any(w[:1].islower() and w not in STOP_WORDS for w in found[2].split())
    return found[1] if found and small else ""


def match_composite_names(
    name_index: NameIndex, query: MatchQuery, similar_names: Sequence[IndexedName]
) -> Iterator[Candidate]:
    """Things whose names and town together have every word."""
    numbers = list(dict.fromkeys(name.entity_number for name in similar_names))
    names, things = name_index.load_names_by_entity(numbers), name_index.things(numbers)
    for number in numbers:
        if by := find_composite_name(name_index, query, names[number], things[number].place):
            yield Candidate(number, by, {"names_together": 1.0})


def match_similar_names(
    name_index: NameIndex, query: MatchQuery, similar_names: Sequence[IndexedName]
) -> Iterator[Candidate]:
    """Things with a name like it, in its words and in its spelling."""
    asked = [word for word in query.words if word not in STOP_WORDS]
    for name in similar_names:
        if name.kind != NameKind.ACRONYM and name.bag != query.bag:
            own = [word for word in name.key.split() if word not in STOP_WORDS]
            overlap = compute_token_overlap(name_index, asked, own)
            spelling = fuzz.token_sort_ratio(query.key, name.key) / 100
            features = {"token_overlap": round(overlap, 3), "spelling": round(spelling, 3)}
            yield Candidate(name.entity_number, name.text, features)


def compute_token_overlap(
    name_index: NameIndex, query_words: Iterable[str], name_words: Iterable[str]
) -> float:
    """The share of what two lists of words tell that both have; a slip of the pen is forgiven."""
    left = list(dict.fromkeys(name_words))
    common = apart = 0.0
    for word in dict.fromkeys(query_words):
        partner = word if word in left else find_intended_word(name_index, word, left)
        if partner:
            left.remove(partner)
            common += name_index.get_word_weight(partner)
        else:
            apart += name_index.get_word_weight(word)
    apart += sum(name_index.get_word_weight(word) for word in left)
    return common / (common + apart) if common else 0.0


def find_intended_word(name_index: NameIndex, word: str, name_words: Sequence[str]) -> str:
    """The word of a name that an unknown word is a slip for, or ""."""
    if len(name_index.find_name_numbers(word)):
        return ""
    return next(
        (
            near
            for near in name_index.spelling_dictionary.find_close_words(word)
            if near in name_words
        ),
        "",
    )
