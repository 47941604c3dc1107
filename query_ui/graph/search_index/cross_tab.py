"""Cross-tabulation of two facets: the numbers of entities with a value of each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from query_ui.graph.search_index.index_reader import Mask, SearchIndex


def build_cross_tab(
    search_index: SearchIndex,
    mask: Mask,
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
) -> NDArray[np.int64]:
    """Return the numbers of entities in ``mask``, one row for each value of the first facet.

    ``rows`` and ``columns`` are the query name of a facet with its values; a value that no entity
    has counts 0.
    """
    (row_facet, row_values), (column_facet, column_values) = rows, columns
    column = search_index.facet(column_facet)
    places = [column.position_by_value.get(value, -1) for value in column_values]
    found = np.zeros((len(row_values), len(column_values)), np.int64)
    for number, value in enumerate(row_values):
        having = search_index.facet(row_facet).find_entities(value)
        inside = np.zeros(search_index.entity_count, bool)
        inside[having] = mask[having]
        # The position -1 of a value that no entity has refers to the zero at the end.
        counts = np.append(column.count_values(inside), 0)
        found[number] = counts[places]
    return found
