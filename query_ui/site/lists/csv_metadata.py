"""Metadata of a list's CSV: columns, licences, attributions and source documents.

https://www.w3.org/TR/tabular-metadata/
"""

from typing import Any

from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.site.lists.list_request import ListRequest

METADATA_SUFFIX = "csv-metadata.json"
METADATA_MEDIA_TYPE = "application/csvm+json"
LIST_SEPARATOR = " | "
LIST_COLUMNS = ("types", "organisations", "keywords", "source")
"""The columns of ``sparql/pages/list-table.rq`` whose cells may hold several values."""


def build_metadata(graph: GraphContext, list_request: ListRequest, csv_url: str) -> dict[str, Any]:
    """Return the metadata document of the CSV of a list, whose address is ``csv_url``.

    In the context of CSVW, ``dc:`` is the namespace of the DCMI Metadata Terms.
    https://www.w3.org/2013/csvw/rdf-context
    """
    text = graph.narrow_page_query("terms-of-list", list_request.facet_filter)
    rows = graph.select_rows_of(text)
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": csv_url,
        "dc:title": list_request.list_definition.title,
        "dc:license": [{"@id": iri} for iri in list_distinct(rows, "licence")],
        "dc:rights": list_distinct(rows, "attribution"),
        "dc:source": build_sources(rows),
        "tableSchema": {
            "columns": [
                {"titles": name, "name": name}
                | ({"separator": LIST_SEPARATOR} if name in LIST_COLUMNS else {})
                for name in graph.page_queries["list-table"].contract.columns
            ]
        },
    }


def list_distinct(rows: list[PageRow], column: str) -> list[str]:
    """Return the distinct texts of a column, in the order of the rows."""
    return list(dict.fromkeys(filter(None, (get_cell_text(row, column) for row in rows))))


def build_sources(rows: list[PageRow]) -> list[dict[str, Any]]:
    """Return each source document with its title, licences and attributions."""
    rows_by_document: dict[str, list[PageRow]] = {}
    for row in rows:
        rows_by_document.setdefault(get_cell_text(row, "document"), []).append(row)
    return [
        {
            "@id": iri,
            "dc:title": list_distinct(some, "title"),
            "dc:license": [{"@id": licence} for licence in list_distinct(some, "licence")],
            "dc:rights": list_distinct(some, "attribution"),
        }
        for iri, some in rows_by_document.items()
    ]
