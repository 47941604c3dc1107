"""The rows of direct tags of a release, from those of its base and what changed.

The tags of an entity are its own statements, so the query runs on those of the changed entities.
"""

from pyoxigraph import Quad, Store

from loader.queries.contract_check import hash_query_text
from loader.queries.query_files import read_saved_query
from loader.release.incremental_graph import IncrementalGraph
from loader.release.search_index import build_query_runner
from loader.release.search_index.tag_rows import (
    TagRows,
    read_tag_rows,
    replace_rows,
    unpack_tag_rows,
)
from loader.release.statement_changes import list_statements
from loader.settings import Settings

TAGS_QUERY = "351ea8004ba7d5130061b2a6067c30a1f808a0442543dedd27dd81aab13f63bd"
"""The SHA-256 of the query of which this is true; another one is asked about all entities."""


def update_tag_rows(graph: IncrementalGraph, store: Store, settings: Settings) -> TagRows | None:
    """Return the rows of direct tags of the store of a release; None where it must be asked."""
    query = read_saved_query(settings.indexing / "tags.rq")
    if hash_query_text(query.text) != TAGS_QUERY:
        return None
    changed = Store()
    changed.extend(
        Quad(quad.subject, quad.predicate, quad.object)
        for quad in list_statements(store, graph.changed_subjects)
    )
    known = unpack_tag_rows(graph.base.tag_rows.read_bytes())
    iris = {str(getattr(subject, "value", subject)) for subject in graph.changed_subjects}
    new = read_tag_rows(build_query_runner(changed, settings.indexing)("tags"))
    return replace_rows(known, iris, new)
