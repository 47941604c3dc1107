"""Generation of candidates by exact, reordered, shortened, composite and similar names."""

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from loader.release.name_index.name_normaliser import STOP_WORDS, tokenise_name
from loader.release.name_index.named_entity import NameKind
from query_ui.graph.name_index import IndexedName, NameIndex
from query_ui.reconciliation.matching.scoring import Candidate, MatchQuery
from query_ui.reconciliation.matching.town_university import TOWN_FEATURE, find_town_universities

MAX_DISTINCTIVE_SHARE = 0.02
"""Largest share of names that a distinctive word may occur in."""
OMISSIBLE_WORDS = frozenset({"university"})
"""Words that people omit where two words remain: Leeds Beckett, but not Durham."""


def find_composite_name(
    name_index: NameIndex, query: MatchQuery, names: Sequence[IndexedName], town_name: str
) -> str:
    """Return the name that a query contains, if the entity explains its other words; else "".

    ``names`` are all names of the entity, ``town_name`` is its town. "RGU Aberdeen" is an acronym
    with the town, "Prifysgol Glyndŵr Wrecsam" mixes two names, "Imperial College" lacks only the
    town. At least one shared word must be distinctive, which a town is not.
    """
    asked = {word for word in query.words if word not in STOP_WORDS}
    own = {name: extract_significant_words(name) for name in names}
    town = set(tokenise_name(town_name)) - STOP_WORDS
    reordered = any(name.bag == query.bag for name in names)
    if not asked or reordered or not asked <= town.union(*own.values()):
        return ""
    for name, words in own.items():
        common = asked & words
        said = words & OMISSIBLE_WORDS <= asked or len(common) > 1
        if (
            said
            and has_distinctive_word(name_index, common, town)
            and is_name_covered(name, words, asked, town)
        ):
            return name.text
    return ""


def extract_significant_words(name: IndexedName) -> set[str]:
    """Return the words of a name without stop words."""
    return {word for word in name.key.split() if word not in STOP_WORDS}


def is_name_covered(
    name: IndexedName, name_words: set[str], query_words: set[str], town_words: set[str]
) -> bool:
    """Return whether a query has all words of a name, apart from the town and omissible words.

    An acronym needs the town or two more words in the query, since many bodies share one.
    """
    if name.kind == NameKind.ACRONYM:
        return name_words <= query_words and bool(
            town_words & (query_words - name_words) or len(query_words - name_words) > 1
        )
    return name_words <= query_words | town_words | OMISSIBLE_WORDS


def has_distinctive_word(
    name_index: NameIndex, shared_words: set[str], town_words: set[str]
) -> bool:
    """Return whether a shared word is rare and neither a town nor an omissible word."""
    rest: Sequence[str] = sorted(shared_words - town_words - OMISSIBLE_WORDS)
    places = name_index.load_countries_by_town(rest) if rest else {}
    most = max(3.0, MAX_DISTINCTIVE_SHARE * len(name_index.entity_numbers))
    return any(
        len(name_index.find_name_numbers(word)) <= most for word in rest if word not in places
    )


MAX_SIMILAR_NAMES = 40
"""Largest number of names that are compared in detail."""
MAX_NAMES_PER_WORD = 4_000
"""Words in more names than this are ignored for retrieval where a rarer word exists."""


def retrieve_similar_names(name_index: NameIndex, words: Sequence[str]) -> list[IndexedName]:
    """Return the names most similar to ``words``, at most ``MAX_SIMILAR_NAMES``, best first.

    Similarity is a Jaccard index of words weighted by rarity (idf). A word that occurs in no name
    is replaced by the words that it may be a misspelling of.
    """
    telling = [word for word in dict.fromkeys(words) if word not in STOP_WORDS]
    known = sorted(
        (reading for word in telling if (reading := list_readings(name_index, word))),
        key=lambda reading: count_names(name_index, reading),
    )
    few = [
        reading for reading in known if count_names(name_index, reading) <= MAX_NAMES_PER_WORD
    ] or known[:1]
    if not few:
        return []
    # Two parallel arrays: the number of a name and the weight of a word in it, once per posting.
    found_with = [(word, name_index.find_name_numbers(word)) for reading in few for word in reading]
    numbers = np.concatenate([having for _, having in found_with])
    bits = np.concatenate(
        [
            np.full(len(having), name_index.get_word_weight(word), np.float32)
            for word, having in found_with
        ]
    )
    found = select_best_names(name_index, numbers, bits, name_index.sum_word_weights(words))
    return name_index.load_names([int(number) for number in found])


def list_readings(name_index: NameIndex, word: str) -> list[str]:
    """Return the word if any name has it, else the words that it may be a misspelling of."""
    return (
        [word]
        if len(name_index.find_name_numbers(word))
        else list(name_index.spelling_dictionary.find_close_words(word))
    )


def count_names(name_index: NameIndex, words: Sequence[str]) -> int:
    """Return the number of names for all words together; a name with several counts again."""
    return sum(len(name_index.find_name_numbers(word)) for word in words)


def select_best_names(
    name_index: NameIndex,
    numbers: npt.NDArray[np.int32],
    weights: npt.NDArray[np.float32],
    query_weight: float,
) -> npt.NDArray[np.int32]:
    """Return the numbers of the names with the largest weighted Jaccard index, best first.

    ``numbers`` and ``weights`` are parallel; ``query_weight`` is the weight of all query words.
    """
    # |A ∩ B| / |A ∪ B| with |A ∪ B| = |A| + |B| - |A ∩ B|, for all names at once.
    names, places = np.unique(numbers, return_inverse=True)
    shared = np.bincount(places, weights)
    share = shared / np.maximum(query_weight + name_index.name_weights[names] - shared, 0.1)
    return names[np.argsort(-share, kind="stable")[:MAX_SIMILAR_NAMES]]


MAX_COMPOSITE_NAMES = 12
"""Number of similar names whose entities are tested for composite names."""
MAX_SHORT_NAME_LENGTH = 5
"""Largest length of an alternative name that counts no more than an acronym."""
FEATURE_BY_NAME_KIND = {
    NameKind.LABEL: "exact_label",
    NameKind.ALTERNATIVE: "alternative_label",
    NameKind.FORMER: "former_name",
    NameKind.ACRONYM: "acronym",
}
"""Feature of an exact match, by kind of name."""


def generate_candidates(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Yield all candidates for the name of a query; an entity may occur several times."""
    if query.words:
        yield from match_exact_names(name_index, query)
        yield from match_reordered_names(name_index, query)
        yield from match_names_without_remark(name_index, query)
        yield from match_town_university(name_index, query)
        near = retrieve_similar_names(name_index, query.words)
        yield from match_similar_names(name_index, query, near)
        yield from match_composite_names(name_index, query, near[:MAX_COMPOSITE_NAMES])


def match_exact_names(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Yield candidates with a name that has the same key as the query."""
    for name in name_index.find_names_by_key([query.key]):
        kind = NameKind.ACRONYM if is_short_alias(name) else NameKind(name.kind)
        features = {FEATURE_BY_NAME_KIND[kind]: 1.0}
        if is_acronym_in_label(name_index, name):
            features["acronym_in_label"] = 1.0
        yield Candidate(name.entity_number, name.text, features)


def is_acronym_in_label(name_index: NameIndex, name: IndexedName) -> bool:
    """Return whether an acronym is also a word of its entity's label, and of no other's name.

    SOAS University of London is called SOAS by its own label.
    """
    if name.kind != NameKind.ACRONYM or " " in name.key:
        return False
    numbers = name_index.find_name_numbers(name.key)
    if set(name_index.entity_numbers[numbers]) != {name.entity_number}:
        return False
    return any(
        other.kind == NameKind.LABEL and name.key in other.key.split()[:1]
        for other in name_index.load_names([int(number) for number in numbers])
        if other.key != name.key
    )


def is_short_alias(name: IndexedName) -> bool:
    """Return whether a name is a short alternative such as "Kings", as ambiguous as an acronym.

    A code that contains digits is less ambiguous, and is not one.
    """
    return (
        name.kind == NameKind.ALTERNATIVE
        and name.key.isalpha()
        and len(name.key) <= MAX_SHORT_NAME_LENGTH
    )


def match_reordered_names(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Yield candidates with the same words in another order, for queries of two words or more."""
    if " " in query.bag:
        for name in name_index.find_names_by_bag([query.bag]):
            if name.kind != NameKind.ACRONYM and name.key != query.key:
                yield Candidate(name.entity_number, name.text, {"other_order": 1.0})


def match_town_university(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Yield the university of a town where the query is "University of Wales" and the town."""
    for start, end, name in find_town_universities(name_index, query.words):
        if (start, end) == (0, len(query.words)):
            yield Candidate(name.entity_number, name.text, {TOWN_FEATURE: 1.0})


def match_names_without_remark(name_index: NameIndex, query: MatchQuery) -> Iterator[Candidate]:
    """Yield candidates that have the name without its remark in brackets."""
    name = strip_remark(query.text)
    for found in name_index.find_names_by_key([MatchQuery(name).key]) if name else ():
        if found.kind != NameKind.ACRONYM:
            yield Candidate(found.entity_number, found.text, {"without_remark": 1.0})


def strip_remark(text: str) -> str:
    """Return a name without the remark in brackets at its end; "" where there is none.

    A remark has a word in lower case, as in "(central functions)"; words with capitals throughout,
    as in "(Dublin)", may distinguish one entity from another and are no remark.
    """
    found = re.fullmatch(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]", text.strip())
    small = found and any(w[:1].islower() and w not in STOP_WORDS for w in found[2].split())
    return found[1] if found and small else ""


def match_composite_names(
    name_index: NameIndex, query: MatchQuery, similar_names: Sequence[IndexedName]
) -> Iterator[Candidate]:
    """Yield candidates whose names and town together contain every word of the query."""
    numbers = list(dict.fromkeys(name.entity_number for name in similar_names))
    names, entities = name_index.load_names_by_entity(numbers), name_index.load_entities(numbers)
    for number in numbers:
        if by := find_composite_name(name_index, query, names[number], entities[number].place):
            yield Candidate(number, by, {"names_together": 1.0})


def match_similar_names(
    name_index: NameIndex, query: MatchQuery, similar_names: Sequence[IndexedName]
) -> Iterator[Candidate]:
    """Yield candidates with similar names, with the overlap of words and likeness of spelling."""
    asked = [word for word in query.words if word not in STOP_WORDS]
    for name in similar_names:
        if name.kind != NameKind.ACRONYM and name.bag != query.bag:
            own = [word for word in name.key.split() if word not in STOP_WORDS]
            overlap = compute_token_overlap(name_index, asked, own)
            # Words are sorted first, so that their order does not count.
            spelling = fuzz.token_sort_ratio(query.key, name.key) / 100
            features = {"token_overlap": round(overlap, 3), "spelling": round(spelling, 3)}
            yield Candidate(name.entity_number, name.text, features)


def compute_token_overlap(
    name_index: NameIndex, query_words: Iterable[str], name_words: Iterable[str]
) -> float:
    """Return the Jaccard index (0 to 1) of two lists of words, weighted by rarity.

    A misspelt query word counts as the word of the name that it resembles.
    """
    left = list(dict.fromkeys(name_words))
    common = apart = 0.0
    for word in dict.fromkeys(query_words):
        # Each word of the name is matched once, so that repetitions do not inflate the index.
        partner = word if word in left else find_intended_word(name_index, word, left)
        if partner:
            left.remove(partner)
            common += name_index.get_word_weight(partner)
        else:
            apart += name_index.get_word_weight(word)
    apart += sum(name_index.get_word_weight(word) for word in left)
    return common / (common + apart) if common else 0.0


def find_intended_word(name_index: NameIndex, word: str, name_words: Sequence[str]) -> str:
    """Return the word of a name that an unknown word may be a misspelling of, or ""."""
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
