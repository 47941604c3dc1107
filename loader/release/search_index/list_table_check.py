"""Check that the cells of lists are the result of the query that the site shows for them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from pyoxigraph import QuerySolutions, Store

from loader.errors import DataError
from loader.queries.evaluate import evaluate_query
from loader.queries.parameter_binding import list_bindings
from loader.queries.query_files import read_saved_query
from loader.queries.rewrite import Edit, apply_edits, insert_into_where
from loader.queries.saved_query import SavedQuery
from loader.release.search_index.list_cells import (
    LIST_TABLE_QUERY,
    TEXT_SEPARATOR,
    ListCells,
    ListRow,
)
from loader.release.search_index.postings import Postings
from loader.settings import Settings

SAMPLE_SIZE = 40
"""How many rows are compared. All rows would take a millisecond and more each."""
Row = tuple[str | None, ...]


def check_list_cells(
    store: Store, settings: Settings, cells: ListCells, iris: Sequence[str]
) -> str | None:
    """Return the hash of the query of list tables where a sample of its result equals the cells.

    Return "" where the sample differs, None where there is no such query that can be read.
    ``iris`` are those of the entities by number.
    """
    try:
        query = read_saved_query(settings.pages / f"{LIST_TABLE_QUERY}.rq")
        classes = read_saved_query(settings.indexing / "list-cells.rq").parameters[0].defaults
    except DataError:
        return None
    rows = choose_sample(cells.rows)
    text = narrow_to_entities(
        query, [str(one) for one in classes], [iris[row.number] for row in rows]
    )
    solutions = evaluate_query(store, text)
    assert isinstance(solutions, QuerySolutions)
    stated = [tuple(term and term.value for term in solution) for solution in solutions]
    return hash_query(query) if stated == [*compose_rows(cells, rows, iris)] else ""


def hash_query(query: SavedQuery) -> str:
    """Return the SHA-256 of the text of a query, in hexadecimal."""
    return hashlib.sha256(query.text.encode()).hexdigest()


def choose_sample(rows: Sequence[ListRow]) -> Sequence[ListRow]:
    """Return at most ``SAMPLE_SIZE`` rows, at equal distances."""
    places = np.unique(np.linspace(0, len(rows) - 1, min(SAMPLE_SIZE, len(rows)), dtype=np.int64))
    return [rows[place] for place in places]


def narrow_to_entities(query: SavedQuery, classes: Sequence[str], iris: Iterable[str]) -> str:
    """Return the query about all classes, given as terms of SPARQL, for some entities alone."""
    values = f"\n  VALUES ?thing {{ {' '.join(f'<{iri}>' for iri in iris)} }}"
    narrowing = insert_into_where(query.syntax, values, "thing")
    # Once more after the subquery: the engine counts on all of its rows, not on the few that it
    # will have, and would read the labels of every entity.
    around = [
        Edit(node.end, node.end, values)
        for node in query.syntax.root.find_all("Union")
        for edit in narrowing
        if node.start < edit.start < node.end
    ]
    return apply_edits(
        query.text, [*list_bindings(query, {"class": classes}), *narrowing, *around[-1:]]
    )


def compose_rows(cells: ListCells, rows: Sequence[ListRow], iris: Sequence[str]) -> Iterable[Row]:
    """Yield some rows in the order of the columns of the query."""
    numbers = [row.number for row in rows]
    columns = [find_texts(one, numbers) for one in cells.postings_by_column.values()]
    for row in rows:
        joined = (TEXT_SEPARATOR.join(texts.get(row.number, ())) or None for texts in columns)
        yield (iris[row.number], row.title, *joined, row.source)


def find_texts(postings: Postings, numbers: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """Return the values of some entities by their numbers, in order."""
    places = np.repeat(np.arange(len(postings.values)), np.diff(postings.starts))
    is_wanted = np.isin(postings.entities, numbers)
    found: dict[int, list[str]] = {}
    pairs = zip(postings.entities[is_wanted].tolist(), places[is_wanted].tolist(), strict=True)
    for number, place in pairs:
        found.setdefault(number, []).append(postings.values[place])
    return found
