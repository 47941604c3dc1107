"""Lists as tables from the search index: the rows of ``sparql/pages/list-table.rq``, in its order.

The query puts the texts of each row in order, which takes a millisecond and more. The build has
put them in order once, and compared a sample of them with the query.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import QueryResultsFormat, parse_query_results

from loader.release.search_index.list_cells import (
    LIST_COLUMNS,
    LIST_TABLE_QUERY,
    TEXT_SEPARATOR,
    list_facet_name,
)
from loader.release.search_index.list_table_check import hash_query
from query_ui.engine.protocol import EngineRequest, SerialisedResult
from query_ui.engine.result_buffer import execute_buffered
from query_ui.engine.result_formats import ResultFormat, ResultKind
from query_ui.engine.result_writer import Results, serialise_results
from query_ui.engine.xml_sink import ByteSink
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import filter_entities

_BLOCK_ROWS = 500
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_ROWS = """
SELECT row.thing, thing.iri, row.title, row.source
FROM json_each(?) AS wanted
JOIN list_row AS row ON row.position = wanted.value
JOIN thing ON thing.number = row.thing
ORDER BY row.position
"""


class BlockFile:
    """A file to read from blocks of bytes, each of which is made when it is wanted."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes, a block where it is negative; b"" at the end."""
        if not self._rest:
            self._rest = next(self._blocks, b"")
        size = len(self._rest) if size < 0 else size
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


@dataclass(frozen=True, slots=True)
class ListTable:
    """The table of a list: the rows at ``positions``, ascending; ``columns`` are their variables.

    ``check`` is called between blocks of rows and raises where the work has to stop.
    """

    search_index: SearchIndex
    positions: NDArray[np.int32]
    columns: tuple[str, ...]
    check: Callable[[], None] = lambda: None

    def execute(self, request: EngineRequest, check: Callable[[], None]) -> SerialisedResult:
        """Return the complete table in the format of ``request``; raises what ``check`` does."""
        return execute_buffered(replace(self, check=check), request)

    def write_result(
        self, request: EngineRequest, sink: ByteSink
    ) -> tuple[ResultKind, ResultFormat]:
        """Write the rows in the format of ``request``; see ``ResultWriter``."""
        blocks: Any = BlockFile(self.serialise_blocks())
        results: Results = parse_query_results(blocks, QueryResultsFormat.JSON)
        return serialise_results(results, request.formats, {}, sink)

    def serialise_blocks(self) -> Iterator[bytes]:
        """Yield the table in SPARQL JSON, which the engine's serialisers read.

        https://www.w3.org/TR/sparql11-results-json/
        """
        yield f'{{"head":{{"vars":{json.dumps(self.columns)}}},"results":{{"bindings":['.encode()
        comma = ""
        for start in range(0, len(self.positions), _BLOCK_ROWS):
            self.check()
            rows = self.serialise_rows(self.positions[start : start + _BLOCK_ROWS])
            yield (comma + ",".join(rows)).encode()
            comma = ","
        yield b"]}}"

    def serialise_rows(self, positions: NDArray[np.int32]) -> Iterator[str]:
        """Yield each row at some positions as a JSON object."""
        facets = [self.search_index.facet(list_facet_name(column)) for column in LIST_COLUMNS]
        rows = self.search_index.connection.execute(_ROWS, (json.dumps(positions.tolist()),))
        first, *names = self.columns
        for number, iri, title, source in rows:
            texts = (
                TEXT_SEPARATOR.join(
                    [facet.values[place] for place in facet.list_positions(number).tolist()]
                )
                for facet in facets
            )
            # The columns are names of variables, so they need no escape.
            cells = [
                f',"{name}":{{"type":"literal","value":{_ENCODE(text)}}}'
                for name, text in zip(names, (title, *texts, source), strict=True)
                if text
            ]
            yield f'{{"{first}":{{"type":"uri","value":{_ENCODE(iri)}}}{"".join(cells)}}}'


def open_list_table(graph: GraphContext, selection: FacetFilter) -> ListTable | None:
    """Return the table of a list; None where the index lacks it or the query is another one."""
    search_index, query = graph.index, graph.page_queries[LIST_TABLE_QUERY]
    if search_index is None or search_index.list_query_hash != hash_query(query):
        return None
    positions = search_index.get_or_compute(load_positions)
    wanted = positions[np.flatnonzero(filter_entities(search_index, selection))]
    if (wanted < 0).any():
        return None
    return ListTable(search_index, np.sort(wanted), query.contract.columns)


def load_positions(search_index: SearchIndex) -> NDArray[np.int32]:
    """Return the position of each entity among the rows of all lists, -1 where it has none."""
    found = np.full(search_index.entity_count, -1, np.int32)
    rows = search_index.connection.execute("SELECT thing, position FROM list_row").fetchall()
    pairs = np.array(rows, np.int32).reshape(-1, 2)
    found[pairs[:, 0]] = pairs[:, 1]
    return found
