"""The names that stand beside IRIs in answers: one for each, as a cell of a JSON result."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from query_ui.endpoint.paging.json_rows import Cell
from query_ui.graph.entity_labels import best_name
from query_ui.graph.page_queries import Row, Site, string

_AT_ONCE = 1000


def labels(site: Site, iris: Collection[str]) -> Mapping[str, Cell]:
    """The best name of each of these IRIs that the graph has one for; see ``names.best_name``."""
    wanted = sorted(iri for iri in iris if is_iri(iri))
    found: dict[str, list[Row]] = defaultdict(list)
    for some in batches(wanted):
        for row in site.rows("labels", thing=some):
            found[string(row, "thing")].append(row)
    return {iri: cell(rows) for iri, rows in found.items()}


def cell(rows: list[Row]) -> Cell:
    """The best of the names, with its language where it is as the graph has it."""
    name = best_name(rows)
    found = [term for row in rows if isinstance(term := row["name"], Literal)]
    language = min((term.language or "" for term in found if term.value == name), default="")
    return {"type": "literal", "value": name} | ({"xml:lang": language} if language else {})


def batches(iris: list[str]) -> Iterator[list[str]]:
    """As many as one query can well be about, and again."""
    for start in range(0, len(iris), _AT_ONCE):
        yield iris[start : start + _AT_ONCE]


def is_iri(text: str) -> bool:
    """Whether text from an answer can stand in a query as an IRI."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
