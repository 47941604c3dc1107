"""The record of the current request: its identifier, and why it was refused, for log and metrics.

The identifier is in the response header, in every line of the log and in the problem document of a
server error, so that one leads to the others.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from query_ui.http.client_address import Network, is_trusted_address

REQUEST_ID_HEADER = "X-Request-ID"

_WELL_FORMED = re.compile(r"[0-9A-Za-z._-]{8,64}")


@dataclass(slots=True)
class RequestRecord:
    """The identifier of a request, and the reason for which it was refused, "" if it was not."""

    request_id: str
    refusal: str = ""


_CURRENT: ContextVar[RequestRecord | None] = ContextVar("request_record", default=None)


def begin_record(environ: Mapping[str, Any], trusted_proxies: Sequence[Network]) -> RequestRecord:
    """Make the record of a request the current one, for the rest of this thread's work on it.

    The identifier is that of ``X-Request-ID`` where a trusted proxy sent one that is well formed;
    any other client could write into the log with it.
    """
    sent = str(environ.get("HTTP_X_REQUEST_ID", ""))
    is_usable = _WELL_FORMED.fullmatch(sent) and is_trusted_address(
        str(environ.get("REMOTE_ADDR", "")), trusted_proxies
    )
    record = RequestRecord(sent if is_usable else secrets.token_hex(8))
    _CURRENT.set(record)
    return record


def end_record() -> None:
    """Leave no record behind for what the thread does next."""
    _CURRENT.set(None)


def current_request_id() -> str:
    """Return the identifier of the current request; "" outside any."""
    record = _CURRENT.get()
    return record.request_id if record else ""


def note_refusal(reason: str) -> None:
    """Note why the current request is refused; ``reason`` is a label of the metrics."""
    record = _CURRENT.get()
    if record:
        record.refusal = reason
