"""What somebody may have meant who misspelt a word: one that the release has, and much like it."""

from difflib import SequenceMatcher

from loader.release.search_index.text_folding import fold_text
from query_ui.graph.search_index.index_reader import SearchIndex
from query_ui.graph.search_index.search_query import SearchQuery, quote_phrase

MIN_SIMILARITY = 0.8
"""How alike two words have to be, from 0 to 1: one letter in five may be another."""
MIN_WORD_LENGTH = 4


def correct_query(search_index: SearchIndex, search_query: SearchQuery) -> SearchQuery:
    """The search with each word that the release does not have in place of the likeliest one."""
    parts = tuple(
        part
        if " " in part or is_indexed_word(search_index, part)
        else find_likeliest_word(search_index, part)
        for part in search_query.parts
    )
    return SearchQuery(" ".join(parts), parts) if parts != search_query.parts else search_query


def is_indexed_word(search_index: SearchIndex, word: str) -> bool:
    """Whether any thing has the word, in whatever form."""
    found = search_index.fetch_row(
        "SELECT rowid FROM entry WHERE entry MATCH ? LIMIT 1", quote_phrase(word)
    )
    return bool(found)


def find_likeliest_word(search_index: SearchIndex, word: str) -> str:
    """The word of the release that is most like this one; the word itself where none is."""
    folded = fold_text(word)
    if len(folded) < MIN_WORD_LENGTH:
        return word
    parts = {folded[place : place + 3] for place in range(len(folded) - 2)}
    query = " OR ".join(quote_phrase(part) for part in sorted(parts))
    rows = search_index.connection.execute(
        "SELECT spelling.word, times FROM spelling JOIN word USING (word) "
        "WHERE spelling MATCH ? ORDER BY rank LIMIT 60",
        (query,),
    )
    ranked = [(SequenceMatcher(None, folded, other).ratio(), times, other) for other, times in rows]
    best = max(ranked, default=(0.0, 0, word))
    return best[2] if best[0] >= MIN_SIMILARITY else word
