"""What the search of a static edition finds: entities, saved queries and guides, as documents."""

from collections.abc import Callable
from typing import Any

from query_ui.graph.entity_types import ENTITY_TYPE_LABELS
from query_ui.graph.help_pages import list_help_pages
from query_ui.graph.name_index import NameIndex
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.urls import to_page_path
from query_ui.static_edition.page_addresses import Target

_DOCUMENTS_SQL = """
SELECT kind.name, thing.iri, thing.name, entry.other, entry.text, entry.tags
FROM thing JOIN entry ON entry.rowid = thing.number
    JOIN kind ON thing.number >= kind.first AND thing.number < kind.after
ORDER BY thing.number
"""

FindPage = Callable[[str], Target | None]


def list_search_documents(
    graph: GraphContext, index: SearchIndex, find_page: FindPage
) -> list[dict[str, Any]]:
    """Return the documents to search; ``find_page`` gives the file of an address, or None.

    An entity without a file is left out.
    """
    documents = []
    for kind, iri, name, other, text, tags in index.connection.execute(_DOCUMENTS_SQL):
        path = find_entity_path(iri, find_page)
        if not path:
            continue
        document = {
            "name": name or iri,
            "other": other,
            "text": text,
            "tags": tags,
            "kind": ENTITY_TYPE_LABELS[kind][1],
            "path": path,
        }
        if kind == "organisation":
            document["identifiers"] = list_identifiers(graph.name_index, iri)
        documents.append({key: value for key, value in document.items() if value})
    queries = [
        (
            query.title,
            query.summary,
            " ".join(query.tags),
            f"/queries/{query.name}",
            "Saved queries",
        )
        for query in graph.saved_queries.values()
    ]
    guides = [
        (page.title, page.summary, "", f"/help/{page.name}", "Help") for page in list_help_pages()
    ]
    for title, summary, words, address, word in (*queries, *guides):
        if found := find_page(address):
            documents.append(
                {"name": title, "text": summary, "tags": words, "kind": word}
                | {"path": f"/{found.file}"}
            )
    return documents


def find_entity_path(iri: str, find_page: FindPage) -> str:
    """Return the path of the page of an entity in the edition, with its fragment, or ""."""

    path, _, fragment = to_page_path(iri).partition("#")
    found = find_page(path) if path else None
    if found is None:
        return ""
    place = fragment or found.fragment
    return f"/{found.file}#{place}" if place else f"/{found.file}"


def list_identifiers(names: NameIndex, iri: str) -> list[str]:
    """Return the identifiers of an organisation, each the last part of its address."""
    entity = names.find_entity(iri)
    if entity is None:
        return []
    found = names.list_identifiers(entity.number)
    return sorted({value.rstrip("/").rpartition("/")[2] for _, value in found})
