"""The phrasings of all saved queries as weighted sets of stems.

A word has the more weight the fewer queries have it: its inverse document frequency, Introduction
to Information Retrieval, 6.2.1 (https://nlp.stanford.edu/IR-book/).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loader.queries.phrasings import list_placeholders
from loader.queries.saved_query import Phrasing, SavedQuery
from query_ui.graph.ask.question_words import STOP_WORDS, Stemmer

VALUE_WEIGHT = 2.5
"""The weight of a value of a parameter, such as {keyword}; a word in one of 8 queries has it."""
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class IndexedPhrasing:
    """A phrasing as a set of terms: stems, and the names of parameters in braces."""

    phrasing: Phrasing
    terms: frozenset[str]


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
    """All saved queries, ready to be ranked by the words of a question."""

    def __init__(self, queries: Mapping[str, SavedQuery], stemmer: Stemmer) -> None:
        self.stemmer = stemmer
        self.queries = [self._index_query(query) for query in queries.values()]
        counts = Counter(term for one in self.queries for term in one.terms)
        self._total = len(self.queries)
        self._counts = counts
        self.vocabulary = frozenset(counts)

    def get_weight(self, term: str) -> float:
        """Return the weight of a term; a word that no phrasing has weighs most."""
        if term.startswith("{"):
            return VALUE_WEIGHT
        return math.log((self._total + 1) / (self._counts[term] + 0.5))

    def sum_weights(self, terms: Iterable[str]) -> float:
        """Return the sum of the weights of terms."""
        return sum(map(self.get_weight, terms))

    def _index_query(self, query: SavedQuery) -> IndexedQuery:
        title = Phrasing(query.title, {}, 0)
        indexed = tuple(
            IndexedPhrasing(one, self._list_terms(one.text)) for one in (*query.phrasings, title)
        )
        terms = frozenset(term for one in indexed for term in one.terms)
        labels = " ".join(parameter.label for parameter in query.parameters)
        rest = f"{query.summary} {' '.join(query.tags)} {labels}"
        return IndexedQuery(query, indexed, terms, self._list_terms(rest) - terms)

    def _list_terms(self, text: str) -> frozenset[str]:
        places = {f"{{{name}}}" for name in list_placeholders(text)}
        words = _PLACEHOLDER.sub(" ", text)
        stems = {
            self.stemmer.find_term(word)
            for word in re.findall(r"[^\W_]+", words.lower())
            if word not in STOP_WORDS
        }
        return frozenset(places | stems)
