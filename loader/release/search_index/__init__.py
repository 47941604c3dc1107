"""The search index of a release: what is needed to search, count and compare.

One SQLite file, written once from the finished store and only read afterwards.
"""

from loader.release.search_index.collect import (
    SearchIndexContents,
    build_query_runner,
    collect_index_contents,
)
from loader.release.search_index.index_tables import IndexTables, build_tables
from loader.release.search_index.search_writer import write_search_index

__all__ = [
    "IndexTables",
    "SearchIndexContents",
    "build_query_runner",
    "build_tables",
    "collect_index_contents",
    "write_search_index",
]
