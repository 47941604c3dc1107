"""Metadata of a CSV download: columns, licences, attributions and source documents.

https://www.w3.org/TR/tabular-metadata/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from query_ui.graph.page_queries import PageRow, get_cell_text
from query_ui.http.response import build_json_response

METADATA_SUFFIX = "csv-metadata.json"
METADATA_MEDIA_TYPE = "application/csvm+json"


def build_metadata_response(
    csv_url: str, title: str, table_schema: Mapping[str, Any], terms: Sequence[PageRow]
) -> Response:
    """Return the metadata document of the CSV whose address is ``csv_url``.

    ``terms`` has a row for each document, licence and attribution, as ``terms-of-list`` and
    ``terms-of-documents`` give them. In the context of CSVW, ``dc:`` is the namespace of the DCMI
    Metadata Terms: https://www.w3.org/2013/csvw/rdf-context
    """
    response = build_json_response(
        {
            "@context": "http://www.w3.org/ns/csvw",
            "url": csv_url,
            "dc:title": title,
            "dc:license": [{"@id": iri} for iri in list_distinct(terms, "licence")],
            "dc:rights": list_distinct(terms, "attribution"),
            "dc:source": build_sources(terms),
            "tableSchema": table_schema,
        }
    )
    response.mimetype = METADATA_MEDIA_TYPE
    return response


def build_metadata_link(csv_url: str) -> str:
    """Return the Link header that leads from a CSV to its metadata.

    https://www.w3.org/TR/tabular-data-model/#link-header
    """
    return f'<{csv_url}>; rel="describedby"; type="{METADATA_MEDIA_TYPE}"'


def list_distinct(rows: Sequence[PageRow], column: str) -> list[str]:
    """Return the distinct texts of a column, in the order of the rows."""
    return list(dict.fromkeys(filter(None, (get_cell_text(row, column) for row in rows))))


def build_sources(rows: Sequence[PageRow]) -> list[dict[str, Any]]:
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
