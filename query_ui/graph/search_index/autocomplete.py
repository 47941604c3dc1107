"""Autocompletion of a search box: labels that begin with the words, or contain them."""

from collections.abc import Iterator
from dataclasses import dataclass

from loader.release.search_index.text_folding import fold_text
from query_ui.graph.search_index.index_reader import SearchIndex
from query_ui.graph.search_index.search_query import SearchQuery, parse_search_query, quote_phrase
from query_ui.graph.search_index.spelling import correct_query

MAX_SUGGESTIONS = 8
_PREFIX_SQL = "SELECT thing, label FROM naming WHERE naming MATCH ? ORDER BY rowid LIMIT ?"
_SUBSTRING_SQL = "SELECT thing, label FROM within WHERE within MATCH ? ORDER BY rowid LIMIT ?"
_ISSUES_SQL = "SELECT first, after FROM kind WHERE name = 'issue'"
"""The numbers of the data issues, which are no entities to look for."""
_ENTITY_SQL = """
SELECT iri, thing.name, kind.name FROM thing JOIN kind ON number >= first AND number < after
WHERE number = ?
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggested entity; ``label`` is the matching label where that is not its name."""

    iri: str
    name: str
    kind: str
    label: str = ""


def autocomplete_entities(search_index: SearchIndex, text: str) -> list[Suggestion]:
    """Return at most ``MAX_SUGGESTIONS`` entities, the most used first; none without a word."""
    asked = parse_search_query(text)
    if not asked.parts:
        return []
    found: dict[int, str] = {}
    first, after = search_index.fetch_row(_ISSUES_SQL)
    for query, value in list_lookups(search_index, asked):
        for entity, label in search_index.connection.execute(query, (value, 4 * MAX_SUGGESTIONS)):
            if not first <= entity < after:
                found.setdefault(entity, label)
        if len(found) >= MAX_SUGGESTIONS:
            break
    return [
        build_suggestion(search_index, number, label)
        for number, label in list(found.items())[:MAX_SUGGESTIONS]
    ]


def list_lookups(search_index: SearchIndex, search_query: SearchQuery) -> Iterator[tuple[str, str]]:
    """Yield the SQL queries for labels with their parameter, the strictest first."""
    yield _PREFIX_SQL, search_query.every(prefix=True)
    parts = [fold_text(part) for part in search_query.parts]
    if all(len(part) > 2 for part in parts):
        yield _SUBSTRING_SQL, " ".join(quote_phrase(part) for part in parts)
    better = correct_query(search_index, search_query)
    if better != search_query:
        yield _PREFIX_SQL, better.every(prefix=True)


def build_suggestion(search_index: SearchIndex, number: int, label: str) -> Suggestion:
    """Build the suggestion of one entity."""
    iri, name, kind = (str(value) for value in search_index.fetch_row(_ENTITY_SQL, number))
    return Suggestion(iri, name, kind, "" if fold_text(label) == fold_text(name) else label)
