"""Finds and counts what was chosen of a list, by the arrays of the index."""

import numpy as np
from numpy.typing import NDArray

from query_ui.graph.facet_filter import Selection
from query_ui.graph.facets import FACETS, OFFERED
from query_ui.graph.search_index.index_reader import Counts, Index, Mask


def chosen(index: Index, selection: Selection) -> Mask:
    """The things that were chosen."""
    mask = index.having("kind", selection.kind)
    for name, values in selection.chosen.items():
        query = FACETS[name].query
        groups = [[value] for value in values] if name in selection.every else [list(values)]
        for group in groups:
            mask &= index.having(query, *group)
    return mask


def ordered(index: Index, mask: Mask, sort: str) -> NDArray[np.int64]:
    """The numbers of the things in a mask, in the order that a list wants."""
    numbers = np.flatnonzero(mask)
    if sort == "-title":
        return numbers[::-1]
    if sort == "-year":
        return numbers[np.argsort(-years(index)[numbers], kind="stable")]
    return numbers


def years(index: Index) -> NDArray[np.int64]:
    """The last year that is known of each thing; below all years where none is."""
    found = np.full(index.size, -(10**9), np.int64)
    column = index.facet("year")
    for value in sorted(column.values, key=int):
        found[column.having(value)] = int(value)
    return found


def offered(index: Index, selection: Selection) -> dict[str, Counts]:
    """For each facet the numbers beside its values: what choosing each would leave.

    Where any value of a facet will do, its own choices do not narrow it.
    """
    if not selection.chosen:
        return {f.name: index.of_kind(selection.kind, f.query) for f in OFFERED}
    whole = chosen(index, selection)
    found: dict[str, Counts] = {}
    known: dict[str, Counts] = {}
    for facet in OFFERED:
        name = facet.name
        own = name in selection.chosen and name not in selection.every
        if own:
            found[name] = index.facet(facet.query).counts(chosen(index, selection.leaving(name)))
        else:
            if facet.query not in known:
                known[facet.query] = index.facet(facet.query).counts(whole)
            found[name] = known[facet.query]
    return found
