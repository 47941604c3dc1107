"""Options of ``serve``: where it listens, and under which address the public reaches it."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from loader.errors import UsageError
from query_ui.cli.limits import parse_trusted_proxies

if TYPE_CHECKING:
    from query_ui.http.public_address import PublicAddress

_ADDRESS_OPTIONS = (
    click.option(
        "--host", default="127.0.0.1", show_default=True, help="The address to listen on."
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=8000,
        show_default=True,
        help="The port to listen on; 0 takes any that is free.",
    ),
    click.option(
        "--base-path",
        default="",
        metavar="PATH",
        help="The path of the site, such as /kg. [default: that of --public-url, or /]",
    ),
    click.option(
        "--public-url",
        default="",
        metavar="URL",
        help="The address of the site, such as https://example.org/kg. "
        "[default: that of the request]",
    ),
    click.option(
        "--allowed-host",
        "allowed_hosts",
        multiple=True,
        metavar="NAME",
        help="A Host that is served; repeat it for more. [default: on loopback, or with "
        "--public-url: localhost, 127.0.0.1, [::1], --host and the host of --public-url; else any]",
    ),
    click.option(
        "--feedback",
        default="",
        metavar="ADDRESS",
        help="The e-mail address, or the URL of a form, that gets reports of errors.",
    ),
)
_WARNING = (
    "Warning: requests for any Host are answered. Name those of this server with --allowed-host, "
    "or its address with --public-url."
)


def add_address_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a click command with the options of its addresses."""
    for option in reversed(_ADDRESS_OPTIONS):
        command = option(command)
    return command


def build_public_address(
    bound_host: str,
    base_path: str,
    public_url: str,
    allowed_hosts: Sequence[str],
    trusted_proxies: Sequence[str],
) -> "PublicAddress":
    """Build the public address of a server bound to ``bound_host`` from the options.

    Prints a warning where any Host is allowed. Raises UsageError for what is no path, URL or name
    of a host, and where the two paths differ.
    """
    from query_ui.http.public_address import PublicAddress

    path, (scheme, host, url_path) = _parse_path(base_path), _parse_url(public_url)
    if path and url_path not in ("", path):
        raise UsageError(
            f"--public-url has the path {url_path}, and --base-path is {path}: they have to agree."
        )
    names = _list_allowed_hosts(bound_host, host, allowed_hosts)
    if names is None:
        click.echo(_WARNING, err=True)
    networks = parse_trusted_proxies(trusted_proxies)
    return PublicAddress(scheme, host, path or url_path, names, networks)


def check_feedback_address(text: str) -> str:
    """Return an e-mail address or a URL of http or https; raise UsageError for any other text."""
    is_mail = re.fullmatch(r"[^@\s:/?#]+@[^@\s:/?#]+\.[^@\s:/?#]+", text)
    is_url = re.fullmatch(r"https?://[^\s/?#]+[^\s#]*", text)
    if text and not is_mail and not is_url:
        raise UsageError(
            f"--feedback: “{text}” is neither an e-mail address nor a URL such as "
            "https://example.org/issues/new."
        )
    return text


def _parse_path(text: str) -> str:
    from query_ui.http.public_address import parse_base_path

    try:
        return parse_base_path(text)
    except ValueError as error:
        raise UsageError(f"--base-path: {error}.") from error


def _parse_url(text: str) -> tuple[str, str, str]:
    from query_ui.http.public_address import parse_public_url

    try:
        return parse_public_url(text) if text else ("", "", "")
    except ValueError as error:
        raise UsageError(f"--public-url: {error}.") from error


def _list_allowed_hosts(
    bound_host: str, public_host: str, allowed_hosts: Sequence[str]
) -> frozenset[str] | None:
    """Return the names of allowed hosts, or None for any; raise UsageError for what is no name."""
    from query_ui.http.client_address import is_loopback_host
    from query_ui.http.public_address import LOOPBACK_HOSTS, parse_host_name

    public = {parse_host_name(public_host)} if public_host else set()
    if allowed_hosts:
        return frozenset(
            public.union(_parse_host("--allowed-host", name) for name in allowed_hosts)
        )
    if not public and not is_loopback_host(bound_host):
        return None
    own = _parse_host("--host", bound_host.partition("%")[0])
    return frozenset({*public, *LOOPBACK_HOSTS, own})


def _parse_host(option: str, text: str) -> str:
    """Parse the name of a host without a port, an IPv6 address with or without brackets."""
    from query_ui.http.public_address import parse_host_name

    bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
    try:
        name = parse_host_name(bare)
    except ValueError as error:
        raise UsageError(f"{option}: {error}.") from error
    if ":" in bare.rpartition("]")[2]:
        raise UsageError(f"{option}: “{text}” has a port; a name is allowed with any port.")
    return name
