"""Full-text search of entities by their labels, texts and tags.

https://www.sqlite.org/fts5.html
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
"""The fewest characters of a part of a word, as substrings are indexed by trigrams."""
MAX_RANKED_HITS = 2_000
"""More matches than this are not ranked, as ranking reads every match."""
FEW_RESULTS = 10
"""With fewer entities that have every word, those without words such as "the" are added."""
_UNRANKED_SQL = "SELECT rowid FROM entry WHERE entry MATCH ? AND rowid >= ? AND rowid < ? LIMIT ?"
_RANKED_SQL = """
SELECT rowid FROM entry WHERE entry MATCH ? AND rowid >= ? AND rowid < ?
ORDER BY bm25(entry, 10.0, 6.0, 2.0, 1.0), rowid
"""
"""The weights of the columns: name, other labels, texts, tags."""
_HIGHLIGHT_SQL = """
SELECT iri, t.name, highlight(entry, 0, :open, :close), highlight(entry, 1, :open, :close),
    snippet(entry, 2, :open, :close, '…', 24), highlight(entry, 3, :open, :close)
FROM entry JOIN thing AS t ON t.number = entry.rowid
WHERE entry MATCH :query AND entry.rowid = :number
"""
_MATCHING_SQL = "SELECT rowid FROM entry WHERE entry MATCH ? LIMIT ?"
_COUNT_SQL = "SELECT count(*) FROM entry WHERE entry MATCH ?"
_COUNT_IN_RANGE_SQL = f"{_COUNT_SQL} AND rowid >= ? AND rowid < ?"
_NAMES_SQL = """
SELECT t.name FROM entry JOIN thing AS t ON t.number = entry.rowid WHERE entry MATCH ? LIMIT ?
"""
_ENTITY_SQL = "SELECT iri, name FROM thing WHERE number = ?"
_SUBSTRING_SQL = "SELECT thing, label FROM within WHERE within MATCH ? ORDER BY rowid LIMIT ?"


ISSUE = "issue"
"""The kind of data issues, which a search returns only where it is limited to them."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One matching entity, with its name, another label, an excerpt and its tags, highlighted."""

    iri: str
    kind: str
    name: str
    title: HighlightedText
    also: HighlightedText = ()
    text: HighlightedText = ()
    tags: HighlightedText = ()


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The hits of one kind or of all, and the strategy that found them.

    ``how`` is "all" where each entity has all words, "telling" where it has all but words such as
    "the", "mended" where a spelling was corrected (``words`` is then what was looked for), "inside"
    where the words are part of longer words of labels, "some" where no entity has all telling
    words, "" without a hit. ``total`` is the number of
    entities of all kinds, ``more`` the kinds with further hits. ``crowded`` is true where there
    are too many matches to rank, so that only matches in names come first. ``count_by_kind`` has
    the numbers of matches, which are at least these where ``crowded``. Of a "telling" search,
    ``whole`` entities have every word; they come first in their kinds.
    """

    words: SearchQuery
    how: str
    total: int = 0
    hits: tuple[SearchHit, ...] = ()
    more: frozenset[str] = frozenset()
    crowded: bool = False
    count_by_kind: Mapping[str, int] = field(default_factory=dict)
    whole: int = 0

    def groups(self) -> Iterator[tuple[str, list[SearchHit]]]:
        """Yield each kind with its hits, first the kinds whose best hit has exactly this name."""
        wanted = fold_text(" ".join(self.words.parts))
        kinds = {kind: list(hits) for kind, hits in groupby(self.hits, key=lambda hit: hit.kind)}
        yield from sorted(kinds.items(), key=lambda kind: fold_text(kind[1][0].name) != wanted)


def count_searched(count_by_kind: Mapping[str, int], kind: str) -> int:
    """Return the number of matches, without the data issues unless ``kind`` asks for them."""
    return sum(n for name, n in count_by_kind.items() if name != ISSUE or kind == ISSUE)


class SearchRunner:
    """Full-text search in one index."""

    def __init__(self, search_index: SearchIndex) -> None:
        self.index = search_index
        self.number_range_by_kind: dict[str, tuple[int, int]] = {
            name: (first, after)
            for name, first, after in search_index.connection.execute(
                "SELECT name, first, after FROM kind"
            )
        }

    def search(self, text: str, kind: str = "", limit: int = 5, page: int = 1) -> SearchResults:
        """Return a page of ``limit`` best hits of ``kind``, or of each kind where it is "".

        Raises UsageError where ``text`` is too long.
        """
        asked = parse_search_query(text)
        shown = slice((page - 1) * limit, page * limit)
        if not asked.parts:
            return SearchResults(asked, "")
        apart: Mapping[str, int] = {}
        for how, words, query in self.ways(asked):
            found = self.apply_strategy(SearchResults(words, how), query, kind, shown)
            if found.total:
                return self.add_telling(found, query, kind, shown)
            apart = apart or found.count_by_kind
        return SearchResults(asked, "", count_by_kind=apart)

    def ways(self, search_query: SearchQuery) -> Iterator[tuple[str, SearchQuery, str]]:
        """Yield the strategies of a search as name, words and FTS5 query, the strictest first."""
        yield "all", search_query, search_query.every()
        yield "all", search_query, search_query.every(prefix=True)
        yield "inside", search_query, ""
        telling = search_query.drop_stop_words()
        if telling != search_query:
            yield "telling", telling, telling.every()
        for words in dict.fromkeys((search_query, telling)):
            better = correct_query(self.index, words)
            if better != words:
                yield "mended", better, better.every()
        if len(telling.parts) > 1:
            yield "some", telling, telling.build_match_any()

    def add_telling(
        self, found: SearchResults, query: str, kind: str, page_slice: slice
    ) -> SearchResults:
        """Add the entities that lack words such as "the", where few have every word.

        They are not added to an entity that is called so.
        """
        telling = found.words.drop_stop_words()
        whole = count_searched(found.count_by_kind, kind if kind == ISSUE else "")
        if found.how != "all" or telling == found.words or whole >= FEW_RESULTS:
            return found
        named = self.index.connection.execute(_NAMES_SQL, (query, FEW_RESULTS))
        if fold_text(" ".join(found.words.parts)) in {fold_text(name) for (name,) in named}:
            return found
        results = SearchResults(telling, "telling", whole=whole)
        # A prefix where the query has one, so that whatever has every word is among the results.
        is_prefix = query == found.words.every(prefix=True)
        wider_query = telling.every(prefix=is_prefix)
        wider = self.apply_strategy(results, wider_query, kind, page_slice, query)
        return wider if wider.total > found.total else found

    def apply_strategy(
        self, results: SearchResults, query: str, kind: str, page_slice: slice, before: str = ""
    ) -> SearchResults:
        """Return the results of one strategy, whose name is ``results.how``.

        Entities that match the query ``before`` come first.
        """
        kinds = [kind] if kind else [name for name in ENTITY_KINDS if name != ISSUE]
        if results.how == "inside":
            return self.search_substrings(results, kind, kinds, page_slice)
        counts = self.count_matches(query)
        total = count_searched(counts, kind)
        results = replace(results, count_by_kind=counts)
        if not total:
            return results
        best = self.list_ranked_numbers if total <= MAX_RANKED_HITS else self.list_unranked_numbers
        queries = [one for one in (before, query) if one]
        limit = page_slice.stop + 1
        hits = []
        for name in kinds:
            asked = queries if name in counts else ()
            numbers = [number for one in asked for number in best(one, name, limit)]
            hits.append((name, list(dict.fromkeys(numbers))[:limit]))
        results = replace(results, total=total, crowded=total > MAX_RANKED_HITS)
        return self.collect_hits(results, query, hits, page_slice)

    def count_matches(self, query: str) -> dict[str, int]:
        """Return the number of matching entities of each kind that has any, by name."""
        execute = self.index.connection.execute
        found = execute(_MATCHING_SQL, (query, MAX_RANKED_HITS + 1)).fetchall()
        counts: dict[str, int] = {}
        if len(found) <= MAX_RANKED_HITS:
            numbers = sorted(number for (number,) in found)
            for kind, span in self.number_range_by_kind.items():
                first, after = (bisect_left(numbers, end) for end in span)
                counts[kind] = after - first
        else:
            # Ranges are counted without reading a row; a join with their table takes ten times
            # as long. The largest come first, as few others are left when all are counted.
            (missing,) = execute(_COUNT_SQL, (query,)).fetchone()
            ranges = self.number_range_by_kind.items()
            for kind, (first, after) in sorted(ranges, key=lambda one: one[1][0] - one[1][1]):
                if missing:
                    row = execute(_COUNT_IN_RANGE_SQL, (query, first, after)).fetchone()
                    counts[kind] = row[0]
                    missing -= row[0]
        return {kind: count for kind, count in sorted(counts.items()) if count}

    def list_ranked_numbers(self, query: str, kind: str, limit: int) -> list[int]:
        """Return the numbers of the matching entities of a kind, the best first."""
        return self.fetch_numbers(_RANKED_SQL, query, *self.number_range_by_kind[kind])[:limit]

    def list_unranked_numbers(self, query: str, kind: str, limit: int) -> list[int]:
        """Return the numbers of some matching entities of a kind, first those matching by name."""
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
        """Return the entity numbers that ``sql`` selects from a range; none for an empty range."""
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
        """Return ``results`` with the hits on one page of each kind."""
        hits = (
            self.load_hit(query, kind, n)
            for kind, some in numbers_by_kind
            for n in some[page_slice]
        )
        more = frozenset(kind for kind, some in numbers_by_kind if len(some) > page_slice.stop)
        return replace(results, hits=tuple(hits), more=more)

    def load_hit(self, query: str, kind: str, number: int) -> SearchHit:
        """Load one entity with the matches highlighted."""
        values = {"open": HIGHLIGHT_START, "close": HIGHLIGHT_END, "query": query, "number": number}
        iri, name, *texts = self.index.connection.execute(_HIGHLIGHT_SQL, values).fetchone()
        return SearchHit(iri, kind, name, *(parse_highlights(text) for text in texts))

    def search_substrings(
        self, results: SearchResults, kind: str, kinds: Iterable[str], page_slice: slice
    ) -> SearchResults:
        """Find entities whose labels have the words within others: "ship" in "Fellowship"."""
        parts = [fold_text(part) for part in results.words.parts]
        if any(len(part) < MIN_PART_LENGTH for part in parts):
            return results
        query = " ".join(quote_phrase(part) for part in parts)
        labels = dict(self.index.connection.execute(_SUBSTRING_SQL, (query, MAX_RANKED_HITS)))
        hits, more = [], set()
        by_kind = {
            name: [number for number in labels if first <= number < after]
            for name, (first, after) in self.number_range_by_kind.items()
        }
        counts = {name: len(some) for name, some in by_kind.items() if some}
        for name in kinds:
            some = by_kind[name]
            hits += [self.build_label_hit(name, n, labels[n], parts[0]) for n in some[page_slice]]
            if len(some) > page_slice.stop:
                more.add(name)
        crowded = len(labels) == MAX_RANKED_HITS
        return SearchResults(
            results.words,
            "inside",
            count_searched(counts, kind),
            tuple(hits),
            frozenset(more),
            crowded,
            counts,
        )

    def build_label_hit(self, kind: str, number: int, label: str, part: str) -> SearchHit:
        """Build the hit of one entity, with a part of its label highlighted."""
        iri, name = (str(v) for v in self.index.fetch_row(_ENTITY_SQL, number))
        also = () if fold_text(name) == label else highlight_part(label, part)
        return SearchHit(iri, kind, name, highlight_part(name, part), also)
