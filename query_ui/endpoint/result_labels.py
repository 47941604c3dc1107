"""Labels for the IRIs of a result, one for each, as cells of a JSON result."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from query_ui.endpoint.paging.json_rows import JsonCell
from query_ui.graph.entity_labels import choose_best_label
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text

_BATCH_SIZE = 1000


def fetch_label_cells(graph: GraphContext, iris: Collection[str]) -> Mapping[str, JsonCell]:
    """Fetch the best label of each IRI that has one, by IRI; see ``choose_best_label``."""
    wanted = sorted(iri for iri in iris if is_valid_iri(iri))
    found: dict[str, list[PageRow]] = defaultdict(list)
    for some in split_into_batches(wanted):
        for row in graph.select_rows("labels", thing=some):
            found[get_cell_text(row, "thing")].append(row)
    return {iri: to_label_cell(rows) for iri, rows in found.items()}


def to_label_cell(rows: list[PageRow]) -> JsonCell:
    """Return the best label, with its language tag if a label of the graph has the same text."""
    name = choose_best_label(rows)
    found = [term for row in rows if isinstance(term := row["name"], Literal)]
    language = min((term.language or "" for term in found if term.value == name), default="")
    return {"type": "literal", "value": name} | ({"xml:lang": language} if language else {})


def split_into_batches(iris: list[str]) -> Iterator[list[str]]:
    """Yield the IRIs in lists short enough for the VALUES of one query."""
    for start in range(0, len(iris), _BATCH_SIZE):
        yield iris[start : start + _BATCH_SIZE]


def is_valid_iri(text: str) -> bool:
    """Return whether the text of a result is an absolute IRI, fit for use in a query."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
