"""Segmentation of tag lines into the labels of their scheme, by dynamic programming."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from unicodedata import normalize

from pyoxigraph import NamedNode

QUOTES = dict.fromkeys("‘’‚‛′ʼ´`", "'") | dict.fromkeys("“”„‟″«»", '"')
DASHES = dict.fromkeys("‐‑‒–—―−﹣-", "-")
UNSEEN = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
SAME = str.maketrans(QUOTES | DASHES | UNSEEN)


Term: TypeAlias = tuple[int, NamedNode]
"""The index of the word after a term, and its concept."""


class Tag(NamedTuple):
    """One term in a line: ``printed`` is its form there, ``offset`` its first character."""

    concept: NamedNode
    printed: str
    offset: int


class Run(NamedTuple):
    """Consecutive words that no label covers."""

    text: str
    offset: int


class Segmentation(NamedTuple):
    """The segmentation of one line: tags and unknown runs together hold every word once."""

    tags: tuple[Tag, ...]
    unknown: tuple[Run, ...]


def fold(text: str) -> str:
    """Return ``text`` as labels are compared: case, kind of quote, dash and space do not matter."""
    return " ".join(filter(None, map(fold_word, text.split())))


@lru_cache(maxsize=1 << 16)
def fold_word(word: str) -> str:
    """Return ``fold`` of a text without white space, from a cache."""
    plain = normalize("NFD", word).translate(SAME).casefold()
    return normalize("NFC", plain)


class Node:
    """A node of the trie of labels: the words that may follow, and the concept that ends here."""

    __slots__ = ("concept", "next")

    def __init__(self) -> None:
        self.next: dict[str, Node] = {}
        self.concept: NamedNode | None = None


class Tagger:
    """The labels of one scheme, ready to segment lines; of equal labels the first counts."""

    def __init__(self, labels: Iterable[tuple[str, NamedNode]]) -> None:
        self._root = Node()
        for label, concept in labels:
            self._add(fold(label).split(" "), concept)

    def _add(self, words: list[str], concept: NamedNode) -> None:
        if words == [""]:
            return
        node = self._root
        for word in words:
            node = node.next.setdefault(word, Node())
        node.concept = node.concept or concept

    def match(self, item: str) -> NamedNode | None:
        """Return the concept that has ``item`` as a complete label, or None."""
        node = self._root
        for word in fold(item).split(" "):
            if word not in node.next:
                return None
            node = node.next[word]
        return node.concept

    def segment(self, text: str) -> Segmentation:
        """Segment ``text``, whose terms only white space separates, into terms of the scheme.

        The segmentation with the fewest unrecognised characters (white space not counted) is
        chosen; of equal ones, at the first word where they differ, the one with the longest term
        there. Takes time proportional to the words of the text times those of the longest label.
        """
        words = text.split()
        starts = _starts(text, words)
        tags: list[Tag] = []
        unknown: list[Run] = []
        for first, end, concept in _parts(self._terms(words)):
            at = starts[first]
            printed = text[at : starts[end - 1] + len(words[end - 1])]
            if concept is None:
                unknown.append(Run(printed, at))
            else:
                tags.append(Tag(concept, printed, at))
        return Segmentation(tuple(tags), tuple(unknown))

    def _terms(self, words: list[str]) -> list[Term | None]:
        """Return, for each word, the best term that begins there; None where it is unrecognised.

        Works backwards: ``cost[i]`` is the least number of unrecognised characters from word i on.
        """
        keys = list(map(fold_word, words))
        total = len(words)
        cost = [0] * (total + 1)
        best: list[Term | None] = [None] * total
        first = self._root.next
        for at in range(total - 1, -1, -1):
            least = cost[at + 1] + len(words[at])
            node = first.get(keys[at])
            end = at + 1
            while node is not None:
                # "<=" so that a term beats none and a longer one a shorter one at equal cost.
                if node.concept is not None and cost[end] <= least:
                    least = cost[end]
                    best[at] = (end, node.concept)
                node = node.next.get(keys[end]) if end < total else None
                end += 1
            cost[at] = least
        return best


def _starts(text: str, words: list[str]) -> list[int]:
    starts = []
    at = 0
    for word in words:
        at = text.index(word, at)
        starts.append(at)
        at += len(word)
    return starts


def _parts(terms: Sequence[Term | None]) -> Iterator[tuple[int, int, NamedNode | None]]:
    """Yield (first word, word after the last, concept); adjacent unknown words form one part."""
    at = since = 0
    while at < len(terms):
        term = terms[at]
        if term is None:
            at += 1
            continue
        if since < at:
            yield since, at, None
        yield at, *term
        at = since = term[0]
    if since < at:
        yield since, at, None
