"""Parser of query operations of the SPARQL 1.1 Protocol.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

import math
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wrappers import Request

from loader.errors import QueryRefused, UsageError
from query_ui.http.request_input import check_fields

FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"
QUERY_MEDIA_TYPE = "application/sparql-query"
UPDATE_MEDIA_TYPE = "application/sparql-update"
ALLOWED_METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")

_MIN_TIMEOUT_SECONDS = 0.1
_MAX_FIELDS = 10_000


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """One query with its dataset, named format ("" to negotiate) and time limit in seconds.

    ``release`` is the beginning of the name of a kept release, "" for the current one.

    https://www.w3.org/TR/sparql11-protocol/#dataset
    """

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    seconds: float | None = None
    release: str = ""

    @property
    def variants(self) -> tuple[str, ...]:
        """The parts besides the query that change the response, for its ETag."""
        return (self.format, *self.default_graphs, "", *self.named_graphs)


def parse_sparql_request(request: Request) -> SparqlRequest | None:
    """Parse a query operation; return None for a GET without a query (service description).

    Raise UsageError unless there is exactly one query, QueryRefused for an update, and
    UnsupportedMediaType, MethodNotAllowed or RequestEntityTooLarge for the request as a whole.
    """
    if request.method in ("GET", "HEAD"):
        return parse_query_string(request.query_string)
    fields = parse_form_fields(request.query_string, "address")
    if request.method not in ("POST", "QUERY"):
        raise MethodNotAllowed(ALLOWED_METHODS, f"Ask with {', '.join(ALLOWED_METHODS)}.")
    return _parse_request_body(request, fields)


def parse_query_string(encoded: bytes) -> SparqlRequest | None:
    """Parse the query operation of a GET; return and raise what ``parse_sparql_request`` does.

    https://www.w3.org/TR/sparql11-protocol/#query-via-get
    """
    fields = parse_form_fields(encoded, "address")
    if not any(name in ("query", "update") for name, _ in fields):
        return None
    return _parse_single_query(fields)


def _parse_request_body(request: Request, fields: list[tuple[str, str]]) -> SparqlRequest:
    """Parse a form or a direct POST, whose dataset is in the query string.

    https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct
    """
    kind = request.mimetype
    charset = request.mimetype_params.get("charset", "utf-8").lower().replace("_", "-")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"The body is said to be {charset}: send it as UTF-8.")
    if kind == UPDATE_MEDIA_TYPE:
        raise QueryRefused("Updates are not allowed: releases are read-only.")
    if kind == QUERY_MEDIA_TYPE:
        return _parse_single_query([*fields, ("query", _decode_body(_read_body(request)))])
    if kind == FORM_MEDIA_TYPE:
        return _parse_single_query([*fields, *parse_form_fields(_read_body(request), "form")])
    raise UnsupportedMediaType(f"Send the query as {FORM_MEDIA_TYPE} or as {QUERY_MEDIA_TYPE}.")


def _read_body(request: Request) -> bytes:
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        raise RequestEntityTooLarge(
            f"The body is longer than {request.max_content_length:,} bytes. "
            "A long list of values is better asked in parts."
        ) from error


def parse_form_fields(encoded: bytes, source: str) -> list[tuple[str, str]]:
    """Parse the fields of a query string or form in order; ``source`` names it in messages.

    Raise UsageError if the bytes are not UTF-8, or for more than 10,000 fields.
    """
    try:
        text = encoded.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except UnicodeDecodeError as error:
        raise UsageError(f"The {source} holds bytes that are not UTF-8.") from error
    except ValueError as error:
        raise UsageError(f"The {source} has more than {_MAX_FIELDS:,} fields.") from error


def _decode_body(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        place = error.start + 1
        raise UsageError(f"The body is not UTF-8: byte {place} cannot be read.") from error


def _parse_single_query(fields: list[tuple[str, str]]) -> SparqlRequest:
    """Return the only query in the fields; raise QueryRefused for an update, else UsageError."""
    if any(name == "update" for name, _ in fields):
        raise QueryRefused("Updates are not allowed: releases are read-only.")
    queries = [value for name, value in fields if name == "query"]
    if len(queries) != 1:
        raise UsageError(f"Send one query: this request has {len(queries)}.")
    found = SparqlRequest(queries[0])
    if len(fields) == 1:
        return found
    check_fields(fields, "/sparql", "request")
    last = dict(fields)
    return replace(
        found,
        default_graphs=tuple(v for name, v in fields if name == "default-graph-uri"),
        named_graphs=tuple(v for name, v in fields if name == "named-graph-uri"),
        format=last.get("format", ""),
        seconds=parse_timeout(last["timeout"]) if "timeout" in last else None,
        release=last.get("release", ""),
    )


def parse_timeout(text: str) -> float:
    """Parse a time limit in seconds, at least 0.1; raise UsageError if it is not one."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not _MIN_TIMEOUT_SECONDS <= seconds < math.inf:
        raise UsageError(
            f"timeout is “{text}”: give seconds, such as 5 or 0.5, from {_MIN_TIMEOUT_SECONDS} on."
        )
    return seconds
