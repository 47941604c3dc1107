"""What somebody may have meant who misspelt a word: one that the release has, and much like it."""

from difflib import SequenceMatcher

from loader.release.search_index.text_folding import fold
from query_ui.graph.search_index.index_reader import Index
from query_ui.graph.search_index.search_query import Words, quote

CLOSE = 0.8
"""How alike two words have to be, from 0 to 1: one letter in five may be another."""
SHORTEST = 4


def mended(index: Index, asked: Words) -> Words:
    """The search with each word that the release does not have in place of the likeliest one."""
    parts = tuple(
        part if " " in part or known(index, part) else likeliest(index, part)
        for part in asked.parts
    )
    return Words(" ".join(parts), parts) if parts != asked.parts else asked


def known(index: Index, word: str) -> bool:
    """Whether any thing has the word, in whatever form."""
    found = index.row("SELECT rowid FROM entry WHERE entry MATCH ? LIMIT 1", quote(word))
    return bool(found)


def likeliest(index: Index, word: str) -> str:
    """The word of the release that is most like this one; the word itself where none is."""
    folded = fold(word)
    if len(folded) < SHORTEST:
        return word
    parts = {folded[place : place + 3] for place in range(len(folded) - 2)}
    query = " OR ".join(quote(part) for part in sorted(parts))
    rows = index.base.execute(
        "SELECT spelling.word, times FROM spelling JOIN word USING (word) "
        "WHERE spelling MATCH ? ORDER BY rank LIMIT 60",
        (query,),
    )
    ranked = [(SequenceMatcher(None, folded, other).ratio(), times, other) for other, times in rows]
    best = max(ranked, default=(0.0, 0, word))
    return best[2] if best[0] >= CLOSE else word
