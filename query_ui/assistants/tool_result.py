"""The one shape that results of tools have: rows with their total, query, release and citation."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from loader.settings import BASE
from query_ui.assistants.site_client import SiteClient, ToolError
from query_ui.graph.named_queries import NAMED_QUERY_PATH

Row: TypeAlias = Mapping[str, Any]

MAX_RESULT_BYTES = 200_000
"""The largest rows of one result, in bytes of JSON: what an assistant can read at once."""
DEFAULT_ROWS, MAX_ROWS = 50, 200
STATUS_PREFIXES = tuple(f"{BASE}id/{kind}/" for kind in ("claim", "commitment"))
"""Beginnings of the IRIs of what has a verification status."""
NOT_VERIFIED = (
    "No claim or commitment is among these rows. They restate the documents of the graph; "
    "describe_entity gives document, lines and trust of each statement."
)
VERIFIED = (
    "Claims and commitments among these rows, each with how far other evidence supports it. "
    "Do not state an unsupported, disputed or false one as a fact."
)

NO_CONTRACT = {
    "holds": None,
    "status": "This is no saved query, so no test of it was made when the release was built.",
}

_TEXT = {"type": "string"}
OUTPUT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": (
        "columns rows total truncated page next_page query release contract verification url "
        "citation"
    ).split(),
    "properties": {
        "columns": {"type": "array", "items": _TEXT},
        "rows": {"type": "array", "items": {"type": "object"}},
        "total": {"type": "integer", "description": "Number of all rows, not only of these."},
        "truncated": {"type": "boolean", "description": "Whether there are more rows."},
        "page": {"type": "integer"},
        "next_page": {
            "type": ["integer", "null"],
            "description": "Call again with this page for the next rows.",
        },
        "query": {**_TEXT, "description": "The SPARQL that gives all rows; empty for a search."},
        "release": {**_TEXT, "description": "Hash of the release that answered."},
        "contract": {
            "type": "object",
            "description": "Whether the tests of the saved query hold on this release.",
            "required": ["holds", "status"],
            "properties": {"holds": {"type": ["boolean", "null"]}, "status": _TEXT},
        },
        "verification": {
            "type": "object",
            "required": ["note", "statuses"],
            "properties": {
                "note": _TEXT,
                "statuses": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"iri": _TEXT, "status": _TEXT},
                        "required": ["iri", "status"],
                    },
                },
            },
        },
        "url": {**_TEXT, "description": "The page with the same rows, for people."},
        "citation": {**_TEXT, "description": "The sentence to cite."},
    },
}
"""The JSON Schema of every result: https://json-schema.org/draft/2020-12"""


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of rows, with their columns and the number of all rows."""

    columns: Sequence[str]
    rows: Sequence[Row]
    total: int
    page: int
    size: int


@dataclass(frozen=True, slots=True)
class ResultOrigin:
    """Where rows come from: title, SPARQL text or "", release, and address of their page.

    ``contract`` is the status of the contract of a saved query.
    """

    title: str
    query: str
    release: str
    url: str
    citation: str = ""
    contract: Mapping[str, Any] = field(default_factory=lambda: NO_CONTRACT)


def build_result(site: SiteClient, found: RowPage, origin: ResultOrigin) -> dict[str, Any]:
    """Return the result of a tool; raise ToolError where its rows are too large to read."""
    size = len(json.dumps(found.rows, ensure_ascii=False).encode())
    if size > MAX_RESULT_BYTES:
        raise ToolError(
            f"These {len(found.rows)} rows have {size // 1000} kB, and {MAX_RESULT_BYTES // 1000} "
            "kB is the most. Give a smaller size, or select fewer columns."
        )
    is_last = found.page * found.size >= found.total
    return {
        "columns": list(found.columns),
        "rows": list(found.rows),
        "total": found.total,
        "truncated": len(found.rows) < found.total,
        "page": found.page,
        "next_page": None if is_last else found.page + 1,
        "query": origin.query,
        "release": origin.release,
        "contract": dict(origin.contract),
        "verification": fetch_verification(site, found.rows, origin.release),
        "url": origin.url,
        "citation": origin.citation
        or f"“{origin.title}”. Concordat knowledge graph, release {origin.release[:12]}. "
        f"{origin.url}",
    }


def fetch_verification(site: SiteClient, rows: Sequence[Row], release: str) -> dict[str, Any]:
    """Return the verification status of each claim and commitment among the rows."""
    texts = {text for row in rows for text in row.values() if isinstance(text, str)}
    iris = sorted(text for text in texts if text.startswith(STATUS_PREFIXES))
    if not iris:
        return {"note": NOT_VERIFIED, "statuses": []}
    fields = [("thing", iri) for iri in iris]
    reply = site.get(NAMED_QUERY_PATH + "verification-of", [*fields, ("format", "json")])
    require_same_release(release, reply.release)
    found = flatten_bindings(reply.data)
    statuses = [{"iri": row["thing"], "status": row["status"]} for row in found]
    return {"note": VERIFIED, "statuses": statuses}


def require_same_release(first: str, *others: str) -> None:
    """Raise ToolError where parts of a result are from different releases."""
    if any(other != first for other in others):
        raise ToolError("A new release was published meanwhile. Call the tool again.")


def flatten_bindings(data: Any) -> list[Row]:
    """Return the rows of SPARQL JSON results as values by column; unbound columns are left out.

    Numbers and booleans keep the text that the graph has.
    https://www.w3.org/TR/sparql11-results-json/#select-results
    """
    rows: Iterable[Any] = data["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in rows]
