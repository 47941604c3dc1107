"""The names that stand beside IRIs in answers: one for each, as a cell of a JSON result."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from query_ui.endpoint.paging.json_rows import JsonCell
from query_ui.graph.entity_labels import choose_best_label
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text

_BATCH_SIZE = 1000


def fetch_label_cells(graph: GraphContext, iris: Collection[str]) -> Mapping[str, JsonCell]:
    """The best name of each of these IRIs that the graph has one for; see ``names.best_name``."""
    wanted = sorted(iri for iri in iris if is_valid_iri(iri))
    found: dict[str, list[PageRow]] = defaultdict(list)
    for some in split_into_batches(wanted):
        for row in graph.select_rows("labels", thing=some):
            found[get_cell_text(row, "thing")].append(row)
    return {iri: to_label_cell(rows) for iri, rows in found.items()}


def to_label_cell(rows: list[PageRow]) -> JsonCell:
    """The best of the names, with its language where it is as the graph has it."""
    name = choose_best_label(rows)
    found = [term for row in rows if isinstance(term := row["name"], Literal)]
    language = min((term.language or "" for term in found if term.value == name), default="")
    return {"type": "literal", "value": name} | ({"xml:lang": language} if language else {})


def split_into_batches(iris: list[str]) -> Iterator[list[str]]:
    """As many as one query can well be about, and again."""
    for start in range(0, len(iris), _BATCH_SIZE):
        yield iris[start : start + _BATCH_SIZE]


def is_valid_iri(text: str) -> bool:
    """Whether text from an answer can stand in a query as an IRI."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
