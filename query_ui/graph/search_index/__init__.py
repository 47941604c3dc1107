"""The search index of a release, read: what can be found, counted and compared without SPARQL.

Whatever is counted here a query of ``sparql/`` counts too, and the pages lead to that query.
"""

from query_ui.graph.search_index.index_reader import SearchIndex, open_search_index

__all__ = ["SearchIndex", "open_search_index"]
