"""The queries that a build runs for itself, and their columns.

The queries are files of ``sparql``, so that everyone sees what an index or a count is made of. A
project that keeps those of another version may have other columns than the program reads.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from loader.errors import DataError, Finding, Severity
from loader.queries.evaluate import evaluate_query
from loader.queries.query_files import load_saved_queries

INDEX_COLUMNS: Mapping[str, Sequence[str]] = {
    "broader": ("concept", "broader"),
    "identifiers": ("thing", "register", "code"),
    "label-exceptions": ("thing",),
    "list-cells": ("thing", "column", "value"),
    "names": ("thing", "rank", "name"),
    "notes": ("thing", "note"),
    "organisation-properties": ("organisation", "property"),
    "owners": ("thing", "organisation"),
    "preferred-labels": ("thing", "label"),
    "printed-keywords": ("keyword",),
    "properties": ("property",),
    "reviewed-names": ("thing", "name"),
    "schemes": ("concept", "scheme"),
    "tags": ("thing", "property", "concept"),
    "texts": ("thing", "place", "text"),
    "things": ("thing", "kind"),
    "towns": ("thing", "town"),
    "types": ("thing", "type"),
}
"""Those of ``sparql/index``."""
COUNTING_COLUMNS: Mapping[str, Sequence[str]] = {
    "classes": ("class", "entities"),
    "examples": ("example",),
    "graphs": ("graph", "triples"),
    "licences": ("licence",),
    "links": ("property", "space", "register", "triples"),
    "objects": ("total",),
    "properties": ("property", "triples"),
    "properties-of-classes": ("class", "property", "triples"),
    "subjects": ("total",),
}
"""Those of ``sparql/describing``."""
LINK_COLUMNS: Mapping[str, Sequence[str]] = {
    "links": ("subject", "predicate", "object", "negated"),
    "withdrawn": ("withdrawn", "successor"),
}
"""Those of ``sparql/links``."""
FACET_COLUMNS = ("thing", "value")
"""Those of each query of ``sparql/facets``."""


QueryRunner = Callable[[str], QuerySolutions]
"""Returns the rows of a query by its name."""


def build_query_runner(
    store: Store, folder: Path, columns_by_name: Mapping[str, Sequence[str]], purpose: str
) -> QueryRunner:
    """Return a function that runs a query of ``folder`` by its name.

    It raises DataError where the query is missing, which then says the ``purpose``, where it is
    invalid or has other columns.
    """
    queries = load_saved_queries(folder)

    def run(name: str) -> QuerySolutions:
        path = folder / f"{name}.rq"
        if name not in queries:
            raise build_missing_error(path, purpose)
        answer = evaluate_query(store, queries[name].text)
        return require_columns(answer, str(path), columns_by_name[name])

    return run


def require_columns(
    answer: QuerySolutions | QueryBoolean | QueryTriples, path: str, columns: Sequence[str]
) -> QuerySolutions:
    """Return a result that has these columns, in this order; else raise DataError."""
    found: list[str] = []
    if isinstance(answer, QuerySolutions):
        found = [one.value for one in answer.variables]
        if found == list(columns):
            return answer
    message = (
        f"The query has {list_columns(found)}, and this version reads "
        f"{list_columns(columns)}. Take the file that came with this version."
    )
    raise build_error(path, message, "query-columns")


def list_columns(names: Sequence[str]) -> str:
    """Return columns as part of a sentence."""
    return f"the columns {', '.join(names)}" if names else "no table as its result"


def build_missing_error(path: Path, purpose: str) -> DataError:
    """Return the error for a query that does not exist."""
    return build_error(str(path), f"The query does not exist: {purpose}.", "no-query")


def build_error(path: str, message: str, code: str) -> DataError:
    """Return the error for a query that the build cannot use."""
    return DataError(f"{path}: {message}", [Finding(path, 0, 0, Severity.ERROR, message, code)])
