"""The address that a client used, as trusted proxies pass it on in request headers.

The standard header is ``Forwarded``; ``X-Forwarded-Proto``, ``-Host`` and ``-Prefix`` are common.
https://www.rfc-editor.org/rfc/rfc7239
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import BadRequest

from query_ui.http.client_address import Network, is_trusted_address, parse_forwarded

PROXY_HEADERS = tuple(
    f"HTTP_{name}"
    for name in (
        *("FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_FORWARDED_HOST"),
        *("X_FORWARDED_PREFIX", "X_FORWARDED_PORT", "X_FORWARDED_SERVER", "X_FORWARDED_SCHEME"),
        *("X_FORWARDED_SSL", "X_FORWARDED_BY", "X_FORWARDED_URI", "X_REAL_IP"),
    )
)
"""The keys of the WSGI environment that only a trusted proxy may set."""

_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")


@dataclass(frozen=True, slots=True)
class ForwardedAddress:
    """The scheme, host and removed path of a request as its client sent it; "" where not known."""

    scheme: str = ""
    host: str = ""
    prefix: str = ""


def remove_proxy_headers(environ: dict[str, Any]) -> None:
    """Remove the headers that only a trusted proxy may set."""
    for key in PROXY_HEADERS:
        environ.pop(key, None)


def read_forwarded_address(
    environ: Mapping[str, Any], trusted_proxies: Sequence[Network]
) -> ForwardedAddress:
    """Return the address of a request that came from a trusted proxy.

    Of several proxies the outermost trusted one counts: what is before it in a header may be the
    client's own. Raises BadRequest for a header that cannot be read, and where ``Forwarded`` and
    the other headers differ, because one of them is then not the proxy's.
    """
    standard = _read_standard(environ, trusted_proxies)
    hops = _count_trusted_hops(_list_values(environ, "FOR"), trusted_proxies)
    scheme = _choose_one(
        "scheme",
        standard.get("proto", "").lower(),
        _pick_value(_list_values(environ, "PROTO"), hops).lower(),
    )
    if scheme not in ("", "http", "https"):
        raise BadRequest(f"The proxy says that the scheme is “{scheme[:20]}”: it is http or https.")
    host = _choose_one(
        "host",
        standard.get("host", "").lower(),
        _pick_value(_list_values(environ, "HOST"), hops).lower(),
    )
    return ForwardedAddress(scheme, host, _read_prefix(environ))


def _read_standard(
    environ: Mapping[str, Any], trusted_proxies: Sequence[Network]
) -> Mapping[str, str]:
    """Return the element of ``Forwarded`` that the outermost trusted proxy added."""
    try:
        elements = parse_forwarded(str(environ.get("HTTP_FORWARDED", "")))
    except ValueError as error:
        raise BadRequest(f"The header Forwarded cannot be read: {error}.") from error
    if not elements:
        return {}
    hops = _count_trusted_hops([one.get("for", "") for one in elements], trusted_proxies)
    return elements[-1 - hops]


def _count_trusted_hops(names: Sequence[str], trusted_proxies: Sequence[Network]) -> int:
    """Count the trusted proxies at the end of a list of ``for``, leaving at least one name."""
    hops = 0
    while hops < len(names) - 1 and is_trusted_address(names[-1 - hops], trusted_proxies):
        hops += 1
    return hops


def _list_values(environ: Mapping[str, Any], name: str) -> list[str]:
    """Return the values of an ``X-Forwarded-`` header, the nearest proxy's last."""
    header = str(environ.get(f"HTTP_X_FORWARDED_{name}", ""))
    return [value.strip() for value in header.split(",") if value.strip()]


def _pick_value(values: Sequence[str], hops: int) -> str:
    """Return the value from before that many hops, or the first that there is, or ""."""
    return values[max(0, len(values) - 1 - hops)] if values else ""


def _choose_one(word: str, standard: str, common: str) -> str:
    if standard and common and standard != common:
        raise BadRequest(
            f"Forwarded says that the {word} is “{standard[:80]}”, and X-Forwarded-* that it is "
            f"“{common[:80]}”. The proxy has to set or remove both."
        )
    return standard or common


def _read_prefix(environ: Mapping[str, Any]) -> str:
    """Return the path that proxies removed; several removed one part each, the outermost first."""
    parts = _list_values(environ, "PREFIX")
    if not all(_PREFIX.fullmatch(part) for part in parts):
        raise BadRequest("The header X-Forwarded-Prefix is not a path such as /kg.")
    prefix = "".join(part.rstrip("/") for part in parts)
    if {".", ".."} & set(prefix.split("/")):
        raise BadRequest("The header X-Forwarded-Prefix is not a path such as /kg.")
    return prefix
