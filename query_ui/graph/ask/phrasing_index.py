"""The phrasings of all saved queries as weighted sets of stems.

A word has the more weight the fewer queries have it: its inverse document frequency, Introduction
to Information Retrieval, 6.2.1 (https://nlp.stanford.edu/IR-book/).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from loader.queries.phrasings import list_placeholders
from loader.queries.saved_query import Phrasing, SavedQuery
from loader.release.search_index.text_folding import fold_text
from query_ui.graph.ask.question_words import STOP_WORDS, Stemmer

VALUE_WEIGHT = 2.5
"""The weight of a value of a parameter, such as {keyword}; a word in one of 8 queries has it."""
_WORD = re.compile(r"[^\W_]+")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class IndexedPhrasing:
    """A phrasing as a set of terms: stems, and the names of parameters in braces.

    ``weight`` is the sum of their weights.
    """

    phrasing: Phrasing
    terms: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class IndexedQuery:
    """A saved query with its phrasings; ``terms`` are those of all, ``other_terms`` of the rest.

    The rest is title, summary, tags and labels of parameters.
    """

    query: SavedQuery
    phrasings: tuple[IndexedPhrasing, ...]
    terms: frozenset[str]
    other_terms: frozenset[str]


class PhrasingIndex:
    """All saved queries, ready to be ranked by the words of a question.

    ``vocabulary`` has the terms of all phrasings and titles.
    """

    def __init__(self, queries: Mapping[str, SavedQuery], stemmer: Stemmer) -> None:
        self.stemmer = stemmer
        phrasings = {
            name: [(one, self._list_terms(one.text)) for one in list_phrasings(query)]
            for name, query in queries.items()
        }
        counts = Counter(
            term
            for pairs in phrasings.values()
            for term in frozenset().union(*(terms for _, terms in pairs))
        )
        self._unknown_weight = weigh_term(0, len(queries))
        self._weights = {
            term: VALUE_WEIGHT if term.startswith("{") else weigh_term(count, len(queries))
            for term, count in counts.items()
        }
        self.vocabulary = frozenset(counts)
        self.queries = [
            self._index_query(queries[name], found) for name, found in phrasings.items()
        ]

    def get_weight(self, term: str) -> float:
        """Return the weight of a term; a word that no phrasing has weighs most."""
        return self._weights.get(term, self._unknown_weight)

    def sum_weights(self, terms: Iterable[str]) -> float:
        """Return the sum of the weights of terms."""
        return sum(map(self.get_weight, terms))

    def _index_query(
        self, query: SavedQuery, pairs: Sequence[tuple[Phrasing, frozenset[str]]]
    ) -> IndexedQuery:
        indexed = tuple(
            IndexedPhrasing(phrasing, terms, self.sum_weights(terms)) for phrasing, terms in pairs
        )
        terms = frozenset(term for one in indexed for term in one.terms)
        labels = " ".join(parameter.label for parameter in query.parameters)
        rest = f"{query.summary} {' '.join(query.tags)} {labels}"
        return IndexedQuery(query, indexed, terms, self._list_terms(rest) - terms)

    def _list_terms(self, text: str) -> frozenset[str]:
        places = {f"{{{name}}}" for name in list_placeholders(text)}
        words = _WORD.findall(fold_text(_PLACEHOLDER.sub(" ", text)))
        terms = {self.stemmer.find_term(word) for word in words if word not in STOP_WORDS}
        return frozenset(places | terms)


def list_phrasings(query: SavedQuery) -> list[Phrasing]:
    """Return the phrasings of a query, and its title as one more."""
    return [*query.phrasings, Phrasing(query.title, {}, 0)]


def weigh_term(count: int, total: int) -> float:
    """Return the weight of a term that ``count`` of ``total`` queries have."""
    return math.log((total + 1) / (count + 0.5))
