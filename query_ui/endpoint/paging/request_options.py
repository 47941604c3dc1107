"""Options of a request to a saved query: format, labels, page, page size and time limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loader.errors import UsageError
from query_ui.endpoint.paging.page_range import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    PageRange,
)
from query_ui.endpoint.protocol_request import parse_timeout
from query_ui.graph.saved_query_texts import QUERY_HASH_FIELD
from query_ui.http.release_address import RELEASE_FIELD
from query_ui.http.request_input import parse_whole_number
from query_ui.http.spreadsheet_csv import SPREADSHEET_FIELD

VIEW_FIELD = "view"
GROUPED, ALL_ROWS = VIEWS = ("grouped", "rows")
"""How a page shows rows: those with the same first cell together, which is the default, or each."""
RESERVED_NAMES = (
    *("format", "labels", "page", "size", "sort", SPREADSHEET_FIELD, "timeout", VIEW_FIELD),
    *(RELEASE_FIELD, QUERY_HASH_FIELD),
)
"""Names of the options, which no parameter of a saved query may use."""


@dataclass(frozen=True, slots=True)
class SavedQueryOptions:
    """The options of one request.

    ``format`` is the name of a format, "html" or "" for negotiation; ``page_range`` is None for
    all rows; ``seconds`` is the time limit, None for the server's; ``spreadsheet`` is the option
    of ``query_ui.http.spreadsheet_csv`` as it was sent; ``sort`` is the column that orders the
    rows, with a minus for downwards; ``query_hash`` is the beginning of the hash of the text that
    the saved query must have; ``view`` is one of ``VIEWS`` or "", and concerns pages alone.
    """

    format: str = ""
    has_labels: bool = False
    page_range: PageRange | None = None
    seconds: float | None = None
    spreadsheet: str = ""
    sort: str = ""
    query_hash: str = ""
    view: str = ""


def parse_saved_query_options(fields: Mapping[str, Sequence[str]]) -> SavedQueryOptions:
    """Parse the options among the fields of a request; raise UsageError for an invalid one.

    Empty fields, which forms send, are ignored.
    """
    given = {
        name: _require_single_value(name, fields[name]) for name in RESERVED_NAMES if name in fields
    }
    given = {name: text for name, text in given.items() if text}
    labels = given.get("labels", "off")
    if labels not in ("on", "off"):
        raise UsageError(f"labels is “{labels}”: it can be on or off.")
    view = given.get(VIEW_FIELD, "")
    if view and view not in VIEWS:
        raise UsageError(f"{VIEW_FIELD} is “{view}”: it can be {' or '.join(VIEWS)}.")
    window = None
    if "page" in given or "size" in given:
        page = parse_whole_number("page", given.get("page", "1"))
        window = PageRange(
            page,
            parse_whole_number("size", given.get("size", str(DEFAULT_PAGE_SIZE)), MAX_PAGE_SIZE),
        )
    seconds = parse_timeout(given["timeout"]) if "timeout" in given else None
    spreadsheet = given.get(SPREADSHEET_FIELD, "")
    return SavedQueryOptions(
        given.get("format", ""),
        labels == "on",
        window,
        seconds,
        spreadsheet,
        given.get("sort", ""),
        given.get(QUERY_HASH_FIELD, ""),
        view,
    )


def exclude_option_fields(fields: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return the fields that are parameters of the query."""
    return {name: texts for name, texts in fields.items() if name not in RESERVED_NAMES}


def _require_single_value(name: str, texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise UsageError(f"{name} is given {len(texts)} times: give it once.")
    return texts[0].strip()
