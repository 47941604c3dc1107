"""Correction of misspelt words of a search by the words of the release."""

from difflib import SequenceMatcher

from loader.release.search_index.text_folding import fold_text
from query_ui.graph.search_index.index_reader import SearchIndex
from query_ui.graph.search_index.search_query import SearchQuery, quote_phrase

MIN_SIMILARITY = 0.8
"""The lowest similarity of two words, from 0 to 1: one letter in five may differ."""
MIN_WORD_LENGTH = 4


def correct_query(search_index: SearchIndex, search_query: SearchQuery) -> SearchQuery:
    """Return the search with each word that the release lacks replaced by the most similar one."""
    parts = tuple(
        part
        if " " in part or is_indexed_word(search_index, part)
        else find_likeliest_word(search_index, part)
        for part in search_query.parts
    )
    return SearchQuery(" ".join(parts), parts) if parts != search_query.parts else search_query


def is_indexed_word(search_index: SearchIndex, word: str) -> bool:
    """Return whether any entity has the word, in any form that the tokeniser folds together."""
    found = search_index.fetch_row(
        "SELECT rowid FROM entry WHERE entry MATCH ? LIMIT 1", quote_phrase(word)
    )
    return bool(found)


def find_likeliest_word(search_index: SearchIndex, word: str) -> str:
    """Return the most similar word of the release, or the word itself where none is similar."""
    folded = fold_text(word)
    if len(folded) < MIN_WORD_LENGTH:
        return word
    # Shared trigrams select 60 candidates, so that only these are compared letter by letter.
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
