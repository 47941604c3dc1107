"""Search, counts and comparison of entities by the search index of a release, without SPARQL.

For each count made here a query in ``sparql/`` has the same result; the pages link to that query.
"""

from query_ui.graph.search_index.index_reader import SearchIndex, open_search_index

__all__ = ["SearchIndex", "open_search_index"]
