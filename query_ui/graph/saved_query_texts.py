"""The text of a saved query that an address asks for: as it is now, or as it was when cited."""

import re
from functools import lru_cache

from werkzeug.exceptions import Gone, NotFound

from loader.errors import BrokenQuery, DataError, UsageError
from loader.queries.contract_check import hash_query_text
from loader.queries.query_files import SavedQuery, parse_saved_query
from loader.release.cited_releases import find_cited_text
from query_ui.graph.page_queries import GraphContext
from query_ui.http.public_address import to_public_path

QUERY_HASH_FIELD = "query-hash"
SHORT_HASH_LENGTH = 12
_HASH_BEGINS = re.compile(r"[0-9a-f]{8,64}")
_KEPT_TEXTS = 32


def find_saved_query(graph: GraphContext, name: str, hash_begins: str = "") -> SavedQuery:
    """Return the saved query of that name whose text has a hash, "" for its present text.

    Raise BrokenQuery for an invalid query, NotFound for an unknown name, UsageError for what is no
    hash, and Gone for a text that is neither the present one nor recorded with a citation.
    """
    query = graph.saved_queries.get(name)
    if hash_begins and not _HASH_BEGINS.fullmatch(hash_begins):
        raise UsageError("query-hash is the beginning of a hash: 8 to 64 of 0-9 and a-f.")
    if query and hash_query_text(query.text).startswith(hash_begins):
        return query
    if hash_begins:
        return find_earlier_query(graph, name, hash_begins)
    if name in graph.broken:
        raise BrokenQuery(name, graph.broken[name].findings)
    path = to_public_path("/queries")
    raise NotFound(f"There is no saved query “{name}”. {path} lists those there are.")


def find_earlier_query(graph: GraphContext, name: str, hash_begins: str) -> SavedQuery:
    """Return a saved query as it was when a result of the release was cited; raise Gone if lost."""
    text = find_cited_text(graph.build_folder, graph.engine.release, hash_begins)
    try:
        if text is not None:
            return parse_earlier_text(text, name)
    except DataError as error:
        raise Gone(
            f"The cited text of the saved query “{name}” cannot be read by this version."
        ) from error
    raise Gone(
        f"The saved query “{name}” has another text now than the one with the hash "
        f"{hash_begins[:SHORT_HASH_LENGTH]}, which was not recorded with a citation. Leave out "
        "query-hash to run it as it is now."
    )


@lru_cache(maxsize=_KEPT_TEXTS)
def parse_earlier_text(text: str, name: str) -> SavedQuery:
    """Parse an earlier text of a saved query; raise DataError where it is not valid any more."""
    return parse_saved_query(text, f"{name}.rq", name)


def hash_short(query: SavedQuery) -> str:
    """Return the beginning of the hash of a saved query's text, as in addresses."""
    return hash_query_text(query.text)[:SHORT_HASH_LENGTH]
