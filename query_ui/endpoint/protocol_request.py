"""What a request to the endpoint asks, read as the SPARQL Protocol says.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

import math
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wrappers import Request

from loader.errors import QueryRefused, UsageError

FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"
QUERY_MEDIA_TYPE = "application/sparql-query"
UPDATE_MEDIA_TYPE = "application/sparql-update"
ALLOWED_METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")

_MIN_TIMEOUT_SECONDS = 0.1
_MAX_FIELDS = 10_000


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """One query with its dataset; ``format`` is the name of a format or "", ``seconds`` a limit."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    seconds: float | None = None

    @property
    def variants(self) -> tuple[str, ...]:
        """The parts besides the query that change the response, for its ETag."""
        return (self.format, *self.default_graphs, "", *self.named_graphs)


def parse_sparql_request(request: Request) -> SparqlRequest | None:
    """What a request asks; None for a GET without a query, which asks for a description.

    UsageError or QueryRefused where it is not one query, UnsupportedMediaType, MethodNotAllowed,
    RequestEntityTooLarge.
    """
    fields = parse_form_fields(request.query_string, "address")
    if request.method in ("GET", "HEAD"):
        if not any(name in ("query", "update") for name, _ in fields):
            return None
        return _parse_single_query(fields)
    if request.method not in ("POST", "QUERY"):
        raise MethodNotAllowed(ALLOWED_METHODS, f"Ask with {', '.join(ALLOWED_METHODS)}.")
    return _parse_request_body(request, fields)


def _parse_request_body(request: Request, fields: list[tuple[str, str]]) -> SparqlRequest:
    """What the body asks: a form, or the query itself; the dataset may stand in the address."""
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
    """The fields of an address or a form in their order; UsageError where they are not UTF-8."""
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
    """The only query that the fields hold."""
    if any(name == "update" for name, _ in fields):
        raise QueryRefused("Updates are not allowed: releases are read-only.")
    queries = [value for name, value in fields if name == "query"]
    if len(queries) != 1:
        raise UsageError(f"Send one query: this request has {len(queries)}.")
    found = SparqlRequest(queries[0])
    if len(fields) == 1:
        return found
    last = dict(fields)
    return replace(
        found,
        default_graphs=tuple(v for name, v in fields if name == "default-graph-uri"),
        named_graphs=tuple(v for name, v in fields if name == "named-graph-uri"),
        format=last.get("format", ""),
        seconds=parse_timeout(last["timeout"]) if "timeout" in last else None,
    )


def parse_timeout(text: str) -> float:
    """What ``timeout`` asks for; UsageError where that is no length of time."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not _MIN_TIMEOUT_SECONDS <= seconds < math.inf:
        raise UsageError(
            f"timeout is “{text}”: give seconds, such as 5 or 0.5, from {_MIN_TIMEOUT_SECONDS} on."
        )
    return seconds
