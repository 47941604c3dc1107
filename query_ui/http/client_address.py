"""The address of the client of a request, also where a trusted proxy passes the request on."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAX_NAME_CHARACTERS = 64
_CLIENT_PREFIX_LENGTH = 64
_FORWARDED_PAIR = re.compile(
    r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;\\]*))[ \t]*(?=[;,]|$)"""
)


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Parse addresses and networks such as ``10.0.0.0/8``; raise ValueError for anything else."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def is_loopback_host(host: str) -> bool:
    """Return whether a server bound to ``host`` is reached from its own machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def find_client_name(environ: Mapping[str, Any], trusted_proxies: Sequence[Network] = ()) -> str:
    """Return a name for the client: its IPv4 address, or the /64 network of its IPv6 address.

    Where the connection comes from a trusted proxy, it is the last address of ``Forwarded``, or
    else of ``X-Forwarded-For``, that is no trusted proxy: a client can write what it likes before
    it. Where both headers are there and differ, one of them is the client's own, and the name is
    that of the proxy, as it is for a header that cannot be read.
    https://www.rfc-editor.org/rfc/rfc7239#section-5.2
    """
    remote = str(environ.get("REMOTE_ADDR", ""))
    if not is_trusted_address(remote, trusted_proxies):
        return _to_client_name(remote)
    try:
        elements = parse_forwarded(str(environ.get("HTTP_FORWARDED", "")))
    except ValueError:
        return _to_client_name(remote)
    standard = [element.get("for", "") for element in elements]
    common = [one.strip() for one in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    found = {
        _to_client_name(_find_last_untrusted(names, trusted_proxies))
        for names in (standard, common)
        if any(names)
    }
    return found.pop() if len(found) == 1 else _to_client_name(remote)


def parse_forwarded(header: str) -> list[dict[str, str]]:
    """Return the elements of a ``Forwarded`` header, each with its values by lower-case name.

    Values may have a colon without quotes, as many proxies write them. Raises ValueError for
    anything else that is not of the grammar. https://www.rfc-editor.org/rfc/rfc7239#section-4
    """
    elements: list[dict[str, str]] = [{}]
    position = 0
    while position < len(header):
        if header[position] in ",; \t":
            elements += [{}] if header[position] == "," else []
            position += 1
            continue
        pair = _FORWARDED_PAIR.match(header, position)
        if pair is None:
            raise ValueError(f"what follows character {position} is no name=value")
        name, quoted, plain = pair.groups()
        if name.lower() in elements[-1]:
            raise ValueError(f"an element has “{name.lower()}” twice")
        value = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        elements[-1][name.lower()] = value
        position = pair.end()
    return [element for element in elements if element]


def _find_last_untrusted(names: Sequence[str], trusted_proxies: Sequence[Network]) -> str:
    """Return the last name that is no trusted proxy, or the first where all are."""
    others = [name for name in names if not is_trusted_address(name, trusted_proxies)]
    return others[-1] if others else names[0]


def is_trusted_address(name: str, trusted_proxies: Sequence[Network]) -> bool:
    """Return whether a name, such as ``192.0.2.1:80``, is the address of a trusted proxy."""
    if not trusted_proxies:
        return False
    address = _parse_address(name)
    return address is not None and any(address in network for network in trusted_proxies)


@lru_cache(maxsize=1024)
def _parse_address(name: str) -> Address | None:
    """Return the address in ``192.0.2.1``, ``192.0.2.1:80`` or ``[2001:db8::1]:80``, else None."""
    bare = name.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=1024)
def _to_client_name(name: str) -> str:
    """Return the name under which the work of a client is counted."""
    address = _parse_address(name)
    if address is None:
        return name[:_MAX_NAME_CHARACTERS]  # a Unix socket, or an obfuscated identifier
    if isinstance(address, ipaddress.IPv6Address):
        # A network has 2**64 addresses, all of them one client's.
        network = ipaddress.ip_network((address, _CLIENT_PREFIX_LENGTH), strict=False)
        return str(network)
    return str(address)
