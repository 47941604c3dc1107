"""What a search box offers while somebody types: labels that begin with the words, or hold them."""

from collections.abc import Iterator
from dataclasses import dataclass

from loader.release.search_index.text_folding import fold
from query_ui.graph.search_index.index_reader import Index
from query_ui.graph.search_index.search_query import Words, quote, read_words
from query_ui.graph.search_index.spelling import mended

MOST = 8
_BEGINNING = "SELECT thing, label FROM naming WHERE naming MATCH ? ORDER BY rowid LIMIT ?"
_HOLDING = "SELECT thing, label FROM within WHERE within MATCH ? ORDER BY rowid LIMIT ?"
_THING = """
SELECT iri, thing.name, kind.name FROM thing JOIN kind ON number >= first AND number < after
WHERE number = ?
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing; ``label`` is the one that fits, where that is not its name."""

    iri: str
    name: str
    kind: str
    label: str = ""


def suggest(index: Index, text: str) -> list[Suggestion]:
    """At most eight things, those that more things carry first; none for no word."""
    asked = read_words(text)
    if not asked.parts:
        return []
    found: dict[int, str] = {}
    for query, value in queries(index, asked):
        for thing, label in index.base.execute(query, (value, 4 * MOST)):
            found.setdefault(thing, label)
        if len(found) >= MOST:
            break
    return [suggestion(index, number, label) for number, label in list(found.items())[:MOST]]


def queries(index: Index, asked: Words) -> Iterator[tuple[str, str]]:
    """The ways to look for labels, the closest first."""
    yield _BEGINNING, asked.every(prefix=True)
    parts = [fold(part) for part in asked.parts]
    if all(len(part) > 2 for part in parts):
        yield _HOLDING, " ".join(quote(part) for part in parts)
    better = mended(index, asked)
    if better != asked:
        yield _BEGINNING, better.every(prefix=True)


def suggestion(index: Index, number: int, label: str) -> Suggestion:
    """A thing as it is offered."""
    iri, name, kind = (str(value) for value in index.row(_THING, number))
    return Suggestion(iri, name, kind, "" if fold(label) == fold(name) else label)
