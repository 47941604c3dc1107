"""Recognition of organisations in running text by their names and acronyms."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pyoxigraph import NamedNode

from loader.mapping.tag_line_segmenter import fold_word

TOKEN = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*|[^\w\s]|_")
"""A word, with any combining accents, or one mark of punctuation."""

LONGEST_ACRONYM = 6


class Mention(NamedTuple):
    """One name in a text: ``printed`` is its form there, ``offset`` its first character."""

    iri: NamedNode
    printed: str
    offset: int
    acronym: bool


class Node:
    """A node of the trie of names: the tokens that may follow, and the name that ends here.

    ``exact`` maps the accepted spellings of a one-word name to its IRI and whether it is an
    acronym.
    """

    __slots__ = ("exact", "iri", "next")

    def __init__(self) -> None:
        self.next: dict[str, Node] = {}
        self.iri: NamedNode | None = None
        self.exact: dict[str, tuple[NamedNode, bool]] = {}


class Recogniser:
    """An index of organisation names; of equal names the first counts."""

    def __init__(self, names: Iterable[tuple[str, NamedNode]]) -> None:
        self._root = Node()
        for name, iri in names:
            self._add(TOKEN.findall(name), iri)

    def _add(self, words: list[str], iri: NamedNode) -> None:
        if words[:1] and words[0].casefold() == "the" and len(words) > 2:
            # "The University of X" appears without its article too, and means the same.
            words = words[1:]
        if not words:
            return
        node = self._root
        for word in words:
            node = node.next.setdefault(fold_word(word), Node())
        if len(words) > 1:
            node.iri = node.iri or iri
            return
        acronym = is_acronym(words[0])
        for form in (words[0], words[0].upper()):
            node.exact.setdefault(form, (iri, acronym))

    def find(self, text: str) -> tuple[Mention, ...]:
        """Return every name in ``text``, from left to right, without overlaps, the longest first.

        A name of several words matches in any case and over line breaks, one of a single word only
        as it is spelt or in capitals ("Jisc", "JISC"; not "vitae"), an acronym only as it is spelt.
        A name consists of whole words; a possessive ending or an article is no part of it.
        """
        words = TOKEN.findall(text)
        found = list(self._names(words, list(map(fold_word, words))))
        if not found:
            return ()
        spans = [token.span() for token in TOKEN.finditer(text)]
        return tuple(
            Mention(iri, text[spans[at][0] : spans[end - 1][1]], spans[at][0], acronym)
            for at, end, iri, acronym in found
        )

    def _names(
        self, words: Sequence[str], keys: Sequence[str]
    ) -> Iterator[tuple[int, int, NamedNode, bool]]:
        """Yield (first token, token after the last, IRI, is acronym) for each name."""
        free = 0
        for at, key in enumerate(keys):
            if at < free or key not in self._root.next:
                continue
            name = self._longest(words, keys, at)
            if name:
                yield at, *name
                free = name[0]

    def _longest(
        self, words: Sequence[str], keys: Sequence[str], at: int
    ) -> tuple[int, NamedNode, bool] | None:
        node = self._root.next[keys[at]]
        one = node.exact.get(words[at])
        best = (at + 1, *one) if one else None
        for end in range(at + 1, len(keys)):
            if keys[end] not in node.next:
                break
            node = node.next[keys[end]]
            if node.iri is not None:
                best = (end + 1, node.iri, False)
        return best


def is_acronym(name: str) -> bool:
    """Return whether ``name`` is one word of two to six capitals and digits, such as UKRI or N8."""
    return 2 <= len(name) <= LONGEST_ACRONYM and name.isalnum() and name.isupper()
