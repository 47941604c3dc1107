"""Finds things by words: in their labels, in what is said of them, in what they are tagged with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from loader.release.search_index.search_schema import ENTITY_KINDS
from loader.release.search_index.text_folding import fold_text
from query_ui.graph.search_index.highlight import (
    HIGHLIGHT_END,
    HIGHLIGHT_START,
    HighlightedText,
    highlight_part,
    parse_highlights,
)
from query_ui.graph.search_index.index_reader import SearchIndex
from query_ui.graph.search_index.search_query import SearchQuery, parse_search_query, quote_phrase
from query_ui.graph.search_index.spelling import correct_query

MIN_PART_LENGTH = 3
"""Letters that a part of a word has to have."""
MAX_RANKED_HITS = 2_000
"""What more things than this have is not ranked word by word, which would take a look at each."""
_UNRANKED_SQL = "SELECT rowid FROM entry WHERE entry MATCH ? AND rowid >= ? AND rowid < ? LIMIT ?"
_RANKED_SQL = """
SELECT rowid FROM entry WHERE entry MATCH ? AND rowid >= ? AND rowid < ?
ORDER BY bm25(entry, 10.0, 6.0, 2.0, 1.0), rowid
"""
"""A word counts most in a name, less in another label, in a text, in a tag."""
_HIGHLIGHT_SQL = """
SELECT iri, t.name, highlight(entry, 0, :open, :close), highlight(entry, 1, :open, :close),
    snippet(entry, 2, :open, :close, '…', 24), highlight(entry, 3, :open, :close)
FROM entry JOIN thing AS t ON t.number = entry.rowid
WHERE entry MATCH :query AND entry.rowid = :number
"""
_THING_SQL = "SELECT iri, name FROM thing WHERE number = ?"
_SUBSTRING_SQL = "SELECT thing, label FROM within WHERE within MATCH ? ORDER BY rowid LIMIT ?"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing that was found: its name, another label, words of its text, tags, as marked."""

    iri: str
    kind: str
    name: str
    title: HighlightedText
    also: HighlightedText = ()
    text: HighlightedText = ()
    tags: HighlightedText = ()


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The hits of one kind or of all, and how they were found.

    ``how`` is "all" where each thing has all the words, "mended" where a word was spelt anew (then
    ``words`` are those looked for), "inside" where they stand inside longer words of labels, "some"
    where no thing has them all, "" where nothing was found. ``total`` counts the things of all
    kinds, ``more`` are the kinds of which there are more than these. ``crowded``: so many have the
    words that they are not ranked, but those stand first whose names have them.
    """

    words: SearchQuery
    how: str
    total: int = 0
    hits: tuple[SearchHit, ...] = ()
    more: frozenset[str] = frozenset()
    crowded: bool = False

    def groups(self) -> Iterator[tuple[str, list[SearchHit]]]:
        """The hits by kind; kinds come first whose best hit is called just what was asked."""
        wanted = fold_text(" ".join(self.words.parts))
        kinds = {kind: list(hits) for kind, hits in groupby(self.hits, key=lambda hit: hit.kind)}
        yield from sorted(kinds.items(), key=lambda kind: fold_text(kind[1][0].name) != wanted)


class SearchRunner:
    """Searches one index."""

    def __init__(self, search_index: SearchIndex) -> None:
        self.index = search_index
        self.number_range_by_kind: dict[str, tuple[int, int]] = {
            name: (first, after)
            for name, first, after in search_index.connection.execute(
                "SELECT name, first, after FROM kind"
            )
        }

    def search(self, text: str, kind: str = "", limit: int = 5, page: int = 1) -> SearchResults:
        """The best things of a kind, or with "" of each kind; ``limit`` of each, in pages."""
        asked = parse_search_query(text)
        shown = slice((page - 1) * limit, page * limit)
        if not asked.parts:
            return SearchResults(asked, "")
        for how, words, query in self.ways(asked):
            found = self.apply_strategy(SearchResults(words, how), query, kind, shown)
            if found.total:
                return found
        return SearchResults(asked, "")

    def ways(self, search_query: SearchQuery) -> Iterator[tuple[str, SearchQuery, str]]:
        """The ways to understand a search, the strictest first."""
        yield "all", search_query, search_query.every()
        yield "all", search_query, search_query.every(prefix=True)
        yield "inside", search_query, ""
        better = correct_query(self.index, search_query)
        if better != search_query:
            yield "mended", better, better.every()
        if len(search_query.parts) > 1:
            yield "some", search_query, search_query.build_match_any()

    def apply_strategy(
        self, results: SearchResults, query: str, kind: str, page_slice: slice
    ) -> SearchResults:
        """What is found in one of these ways."""
        kinds = [kind] if kind else ENTITY_KINDS
        if results.how == "inside":
            return self.search_substrings(results, kinds, page_slice)
        total = self.total(query)
        if not total:
            return results
        best = self.list_ranked_numbers if total <= MAX_RANKED_HITS else self.list_unranked_numbers
        hits = [(name, best(query, name, page_slice.stop + 1)) for name in kinds]
        results = replace(results, total=total, crowded=total > MAX_RANKED_HITS)
        return self.collect_hits(results, query, hits, page_slice)

    def total(self, query: str) -> int:
        """How many things are found."""
        return self.index.fetch_row("SELECT count(*) FROM entry WHERE entry MATCH ?", query)[0]

    def list_ranked_numbers(self, query: str, kind: str, limit: int) -> list[int]:
        """The numbers of the things of a kind that have the words, the best first."""
        return self.fetch_numbers(_RANKED_SQL, query, *self.number_range_by_kind[kind])[:limit]

    def list_unranked_numbers(self, query: str, kind: str, limit: int) -> list[int]:
        """The numbers of some things that have the words, those first whose names have them."""
        found = self.fetch_numbers(
            _UNRANKED_SQL, f"{{name}} : ({query})", *self.number_range_by_kind[kind], limit
        )
        if len(found) < limit:
            found += self.fetch_numbers(
                _UNRANKED_SQL, query, *self.number_range_by_kind[kind], limit
            )
        return list(dict.fromkeys(found))[:limit]

    def fetch_numbers(
        self, sql: str, query: str, first: int, after: int, *parameters: int
    ) -> list[int]:
        """The numbers that a query in SQL gives for a range; nothing is asked of an empty one."""
        if first == after:
            return []
        return [
            n for (n,) in self.index.connection.execute(sql, (query, first, after, *parameters))
        ]

    def collect_hits(
        self,
        results: SearchResults,
        query: str,
        numbers_by_kind: list[tuple[str, list[int]]],
        page_slice: slice,
    ) -> SearchResults:
        """The hits of one page of each kind."""
        hits = (
            self.load_hit(query, kind, n)
            for kind, some in numbers_by_kind
            for n in some[page_slice]
        )
        more = frozenset(kind for kind, some in numbers_by_kind if len(some) > page_slice.stop)
        return replace(results, hits=tuple(hits), more=more)

    def load_hit(self, query: str, kind: str, number: int) -> SearchHit:
        """One thing, with the words marked."""
        values = {"open": HIGHLIGHT_START, "close": HIGHLIGHT_END, "query": query, "number": number}
        iri, name, *texts = self.index.connection.execute(_HIGHLIGHT_SQL, values).fetchone()
        return SearchHit(iri, kind, name, *(parse_highlights(text) for text in texts))

    def search_substrings(
        self, results: SearchResults, kinds: Iterable[str], page_slice: slice
    ) -> SearchResults:
        """The things in whose labels the words stand inside others: "ship" in "Fellowship"."""
        parts = [fold_text(part) for part in results.words.parts]
        if any(len(part) < MIN_PART_LENGTH for part in parts):
            return results
        query = " ".join(quote_phrase(part) for part in parts)
        labels = dict(self.index.connection.execute(_SUBSTRING_SQL, (query, MAX_RANKED_HITS)))
        hits, more = [], set()
        for name in kinds:
            first, after = self.number_range_by_kind[name]
            some = [number for number in labels if first <= number < after]
            hits += [self.build_label_hit(name, n, labels[n], parts[0]) for n in some[page_slice]]
            if len(some) > page_slice.stop:
                more.add(name)
        crowded = len(labels) == MAX_RANKED_HITS
        return SearchResults(
            results.words, "inside", len(labels), tuple(hits), frozenset(more), crowded
        )

    def build_label_hit(self, kind: str, number: int, label: str, part: str) -> SearchHit:
        """One thing, with a part of its label marked."""
        iri, name = (str(v) for v in self.index.fetch_row(_THING_SQL, number))
        also = () if fold_text(name) == label else highlight_part(label, part)
        return SearchHit(iri, kind, name, highlight_part(name, part), also)
