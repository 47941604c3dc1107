"""Finds things by words: in their labels, in what is said of them, in what they are tagged with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from loader.release.search_index.search_schema import KINDS
from loader.release.search_index.text_folding import fold
from query_ui.graph.search_index.highlight import CLOSE, OPEN, Marked, pieces, within
from query_ui.graph.search_index.index_reader import Index
from query_ui.graph.search_index.search_query import Words, quote, read_words
from query_ui.graph.search_index.spelling import mended

SHORTEST = 3
"""Letters that a part of a word has to have."""
COMMON = 2_000
"""What more things than this have is not ranked word by word, which would take a look at each."""
_HAVING = "SELECT rowid FROM entry WHERE entry MATCH ? AND rowid >= ? AND rowid < ? LIMIT ?"
_RANKED = """
SELECT rowid FROM entry WHERE entry MATCH ? AND rowid >= ? AND rowid < ?
ORDER BY bm25(entry, 10.0, 6.0, 2.0, 1.0), rowid
"""
"""A word counts most in a name, less in another label, in a text, in a tag."""
_SHOWN = """
SELECT iri, t.name, highlight(entry, 0, :open, :close), highlight(entry, 1, :open, :close),
    snippet(entry, 2, :open, :close, '…', 24), highlight(entry, 3, :open, :close)
FROM entry JOIN thing AS t ON t.number = entry.rowid
WHERE entry MATCH :query AND entry.rowid = :number
"""
_THING = "SELECT iri, name FROM thing WHERE number = ?"
_WITHIN = "SELECT thing, label FROM within WHERE within MATCH ? ORDER BY rowid LIMIT ?"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: its name, another label, words of its text, tags, as marked."""

    iri: str
    kind: str
    name: str
    title: Marked
    also: Marked = ()
    text: Marked = ()
    tags: Marked = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind or of all, and how they were found.

    ``how`` is "all" where each thing has all the words, "mended" where a word was spelt anew (then
    ``words`` are those looked for), "inside" where they stand inside longer words of labels, "some"
    where no thing has them all, "" where nothing was found. ``total`` counts the things of all
    kinds, ``more`` are the kinds of which there are more than these. ``crowded``: so many have the
    words that they are not ranked, but those stand first whose names have them.
    """

    words: Words
    how: str
    total: int = 0
    hits: tuple[Hit, ...] = ()
    more: frozenset[str] = frozenset()
    crowded: bool = False

    def groups(self) -> Iterator[tuple[str, list[Hit]]]:
        """The hits by kind; kinds come first whose best hit is called just what was asked."""
        wanted = fold(" ".join(self.words.parts))
        kinds = {kind: list(hits) for kind, hits in groupby(self.hits, key=lambda hit: hit.kind)}
        yield from sorted(kinds.items(), key=lambda kind: fold(kind[1][0].name) != wanted)


class Finder:
    """Searches one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.ranges: dict[str, tuple[int, int]] = {
            name: (first, after)
            for name, first, after in index.base.execute("SELECT name, first, after FROM kind")
        }

    def search(self, text: str, kind: str = "", most: int = 5, page: int = 1) -> Found:
        """The best things of a kind, or with "" of each kind; ``most`` of each, in pages."""
        asked = read_words(text)
        shown = slice((page - 1) * most, page * most)
        if not asked.parts:
            return Found(asked, "")
        for how, words, query in self.ways(asked):
            found = self.held(Found(words, how), query, kind, shown)
            if found.total:
                return found
        return Found(asked, "")

    def ways(self, asked: Words) -> Iterator[tuple[str, Words, str]]:
        """The ways to understand a search, the strictest first."""
        yield "all", asked, asked.every()
        yield "all", asked, asked.every(prefix=True)
        yield "inside", asked, ""
        better = mended(self.index, asked)
        if better != asked:
            yield "mended", better, better.every()
        if len(asked.parts) > 1:
            yield "some", asked, asked.some()

    def held(self, found: Found, query: str, kind: str, shown: slice) -> Found:
        """What is found in one of these ways."""
        kinds = [kind] if kind else KINDS
        if found.how == "inside":
            return self.inside(found, kinds, shown)
        total = self.total(query)
        if not total:
            return found
        best = self.ranked if total <= COMMON else self.tiered
        hits = [(name, best(query, name, shown.stop + 1)) for name in kinds]
        found = replace(found, total=total, crowded=total > COMMON)
        return self.gathered(found, query, hits, shown)

    def total(self, query: str) -> int:
        """How many things are found."""
        return self.index.row("SELECT count(*) FROM entry WHERE entry MATCH ?", query)[0]

    def ranked(self, query: str, kind: str, most: int) -> list[int]:
        """The numbers of the things of a kind that have the words, the best first."""
        return self.numbers(_RANKED, query, *self.ranges[kind])[:most]

    def tiered(self, query: str, kind: str, most: int) -> list[int]:
        """The numbers of some things that have the words, those first whose names have them."""
        found = self.numbers(_HAVING, f"{{name}} : ({query})", *self.ranges[kind], most)
        if len(found) < most:
            found += self.numbers(_HAVING, query, *self.ranges[kind], most)
        return list(dict.fromkeys(found))[:most]

    def numbers(self, text: str, query: str, first: int, after: int, *more: int) -> list[int]:
        """The numbers that a query in SQL gives for a range; nothing is asked of an empty one."""
        if first == after:
            return []
        return [n for (n,) in self.index.base.execute(text, (query, first, after, *more))]

    def gathered(
        self, found: Found, query: str, numbers: list[tuple[str, list[int]]], shown: slice
    ) -> Found:
        """The hits of one page of each kind."""
        hits = (self.hit(query, kind, n) for kind, some in numbers for n in some[shown])
        more = frozenset(kind for kind, some in numbers if len(some) > shown.stop)
        return replace(found, hits=tuple(hits), more=more)

    def hit(self, query: str, kind: str, number: int) -> Hit:
        """One thing, with the words marked."""
        values = {"open": OPEN, "close": CLOSE, "query": query, "number": number}
        iri, name, *texts = self.index.base.execute(_SHOWN, values).fetchone()
        return Hit(iri, kind, name, *(pieces(text) for text in texts))

    def inside(self, found: Found, kinds: Iterable[str], shown: slice) -> Found:
        """The things in whose labels the words stand inside others: "ship" in "Fellowship"."""
        parts = [fold(part) for part in found.words.parts]
        if any(len(part) < SHORTEST for part in parts):
            return found
        query = " ".join(quote(part) for part in parts)
        labels = dict(self.index.base.execute(_WITHIN, (query, COMMON)))
        hits, more = [], set()
        for name in kinds:
            first, after = self.ranges[name]
            some = [number for number in labels if first <= number < after]
            hits += [self.labelled(name, n, labels[n], parts[0]) for n in some[shown]]
            if len(some) > shown.stop:
                more.add(name)
        crowded = len(labels) == COMMON
        return Found(found.words, "inside", len(labels), tuple(hits), frozenset(more), crowded)

    def labelled(self, kind: str, number: int, label: str, part: str) -> Hit:
        """One thing, with a part of its label marked."""
        iri, name = (str(v) for v in self.index.row(_THING, number))
        also = () if fold(name) == label else within(label, part)
        return Hit(iri, kind, name, within(name, part), also)
