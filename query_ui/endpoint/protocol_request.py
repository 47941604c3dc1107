"""What a request to the endpoint asks, read as the SPARQL Protocol says.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

import math
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wrappers import Request

from loader.errors import QueryRefused, UsageError

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")

_LEAST = 0.1
_MOST_FIELDS = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
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


def asked(request: Request) -> Asked | None:
    """What a request asks; None for a GET without a query, which asks for a description.

    UsageError or QueryRefused where it is not one query, UnsupportedMediaType, MethodNotAllowed,
    RequestEntityTooLarge.
    """
    fields = fields_of(request.query_string, "address")
    if request.method in ("GET", "HEAD"):
        if not any(name in ("query", "update") for name, _ in fields):
            return None
        return _one(fields)
    if request.method not in ("POST", "QUERY"):
        raise MethodNotAllowed(METHODS, f"Ask with {', '.join(METHODS)}.")
    return _posted(request, fields)


def _posted(request: Request, fields: list[tuple[str, str]]) -> Asked:
    """What the body asks: a form, or the query itself; the dataset may stand in the address."""
    kind = request.mimetype
    charset = request.mimetype_params.get("charset", "utf-8").lower().replace("_", "-")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"The body is said to be {charset}: send it as UTF-8.")
    if kind == UPDATE:
        raise QueryRefused("Updates are not allowed: releases are read-only.")
    if kind == QUERY:
        return _one([*fields, ("query", _text(_body(request)))])
    if kind == FORM:
        return _one([*fields, *fields_of(_body(request), "form")])
    raise UnsupportedMediaType(f"Send the query as {FORM} or as {QUERY}.")


def _body(request: Request) -> bytes:
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        raise RequestEntityTooLarge(
            f"The body is longer than {request.max_content_length:,} bytes. "
            "A long list of values is better asked in parts."
        ) from error


def fields_of(encoded: bytes, where: str) -> list[tuple[str, str]]:
    """The fields of an address or a form in their order; UsageError where they are not UTF-8."""
    try:
        text = encoded.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise UsageError(f"The {where} holds bytes that are not UTF-8.") from error
    except ValueError as error:
        raise UsageError(f"The {where} has more than {_MOST_FIELDS:,} fields.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        place = error.start + 1
        raise UsageError(f"The body is not UTF-8: byte {place} cannot be read.") from error


def _one(fields: list[tuple[str, str]]) -> Asked:
    """The only query that the fields hold."""
    if any(name == "update" for name, _ in fields):
        raise QueryRefused("Updates are not allowed: releases are read-only.")
    queries = [value for name, value in fields if name == "query"]
    if len(queries) != 1:
        raise UsageError(f"Send one query: this request has {len(queries)}.")
    found = Asked(queries[0])
    if len(fields) == 1:
        return found
    last = dict(fields)
    return replace(
        found,
        default_graphs=tuple(v for name, v in fields if name == "default-graph-uri"),
        named_graphs=tuple(v for name, v in fields if name == "named-graph-uri"),
        format=last.get("format", ""),
        seconds=seconds_of(last["timeout"]) if "timeout" in last else None,
    )


def seconds_of(text: str) -> float:
    """What ``timeout`` asks for; UsageError where that is no length of time."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not _LEAST <= seconds < math.inf:
        raise UsageError(f"timeout is “{text}”: give seconds, such as 5 or 0.5, from {_LEAST} on.")
    return seconds
