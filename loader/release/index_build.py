"""The indexes of a build: from its base where that is possible, else from the whole store."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from pyoxigraph import Store

from loader.release.changed_entities import (
    INDEX_QUERIES,
    digest_index_queries,
    find_changed_entities,
    gather_statements,
)
from loader.release.changed_names import write_names_beside
from loader.release.incremental_graph import IncrementalGraph
from loader.release.name_index import write_name_index
from loader.release.name_index.graph_names import collect_release_entities
from loader.release.name_index.name_schema import NAME_INDEX_FILE as NAMES
from loader.release.search_index import (
    IndexTables,
    build_query_runner,
    build_tables,
    collect_index_contents,
    write_search_index,
)
from loader.release.search_index.base_index import read_base_index
from loader.release.search_index.merged_index import merge_index
from loader.release.search_index.search_schema import SEARCH_INDEX_FILE as INDEX
from loader.release.staging_graph import StagingGraph
from loader.settings import Settings


def write_indexes(
    graph: StagingGraph, store: Store, settings: Settings, meanwhile: ExitStack
) -> IndexTables:
    """Write the indexes of a release, whose store is that of ``graph``; return the search index.

    Those of a large release are written until ``meanwhile`` is closed, which raises their errors.
    """
    writing = meanwhile.enter_context(ThreadPoolExecutor(max_workers=1))
    if graph.is_small:
        found = collect_index_contents(store, settings)
        tables = build_tables(found)
        # Written side by side, as SQLite and the engine let other threads run.
        written = writing.submit(write_search_index, graph.folder / INDEX, tables)
        ask = build_query_runner(store, settings.indexing)
        entities = collect_release_entities(ask, found.entities)
        write_name_index(graph.folder / NAMES, entities, {})
        written.result()
        return tables
    meanwhile.enter_context(write_names_beside(graph, store, settings))
    merged = merge_base_index(graph, store, settings)
    tables = merged or build_tables(collect_index_contents(store, settings))
    meanwhile.callback(writing.submit(write_search_index, graph.folder / INDEX, tables).result)
    return tables


def merge_base_index(graph: StagingGraph, store: Store, settings: Settings) -> IndexTables | None:
    """Return the search index made from that of the base; None where it must be made anew.

    ``store`` is that of the release, without the weights of concepts.
    """
    if not isinstance(graph, IncrementalGraph) or digest_index_queries(settings) != INDEX_QUERIES:
        return None
    changed = find_changed_entities(graph.indexed_changes, graph.before, store)
    gathered = gather_statements(store, changed) if changed is not None else None
    if changed is None or gathered is None:
        return None
    part = collect_index_contents(gathered, settings)
    try:
        base = read_base_index(graph.base.release.folder / INDEX)
    except sqlite3.Error:
        return None  # the check of the base finds the damage too
    return merge_index(base, part, {entity.value for entity in changed}, store)
