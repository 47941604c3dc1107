"""The address under which the public reaches the site: host check, base path, scheme and host.

Inside the application every path is relative to the site: ``/concepts``. The base path is added
where paths leave it: in headers by this middleware, in attributes of templates by
``query_ui.http.template_links``, in JSON by ``to_public_path``. Addresses with scheme and host
begin with ``request.root_url``. https://peps.python.org/pep-3333/#url-reconstruction
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Response
from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.utils import redirect
from werkzeug.wsgi import get_current_url

from query_ui.http.client_address import Network, is_trusted_address
from query_ui.http.forwarded_header import (
    ForwardedAddress,
    read_forwarded_address,
    remove_proxy_headers,
)
from query_ui.http.negotiation import prefers_html
from query_ui.http.problem_details import FAILED_REQUEST_KEY, build_problem
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.release_address import keep_release
from query_ui.http.response import Environ, Headers, StartResponse, send_bytes, send_problem

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
PROBE_PATHS = ("/health/live", "/health/ready")
"""Paths that answer without the base path too, for whatever watches the server itself."""
PUBLIC_ROOT_KEY = "concordat_kg.public_root"
"""The key of the WSGI environment for the public address of the site, where it is known."""

_BASE_PATH: ContextVar[str] = ContextVar("base_path", default="")
_SEGMENTS = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
_HOST = re.compile(
    r"(?:(?P<name>[A-Za-z0-9._-]{1,255})|\[(?P<address>[0-9A-Fa-f:.]{2,45})\])(?::(?P<port>\d{0,5}))?"
)
_PATH = re.compile(r"/(?!/)")
_LINK_TARGET = re.compile(r"<(?=/(?!/))")
_MAX_PORT = 65_535
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Where the public reaches the site; what is "" is as the request or its proxy says.

    ``host`` may have a port. ``allowed_hosts`` are names as ``parse_host_name`` returns them; None
    allows any.
    """

    scheme: str = ""
    host: str = ""
    base_path: str = ""
    allowed_hosts: frozenset[str] | None = None
    trusted_proxies: tuple[Network, ...] = ()

    @property
    def url(self) -> str:
        """The address of the site, such as ``https://example.org/kg``; "" where it is not set."""
        return f"{self.scheme}://{self.host}{self.base_path}" if self.host else ""


def to_public_path(path: str) -> str:
    """Add base path and named release of the request to a path of the site; leave others as is."""
    return f"{_BASE_PATH.get()}{keep_release(path)}" if _PATH.match(path) else path


@contextmanager
def use_base_path(path: str) -> Iterator[None]:
    """Make a path the base path of the current request for a ``with`` block."""
    token = _BASE_PATH.set(path)
    try:
        yield
    finally:
        _BASE_PATH.reset(token)


def get_base_path() -> str:
    """Return the base path of the current request: "" or a path such as ``/kg``."""
    return _BASE_PATH.get()


def add_base_path_to_redirect(response: Response) -> Response:
    """Add the base path to the link in the body of a redirect; ``Location`` gets it on its way."""
    path = response.headers.get("Location", "")
    public = to_public_path(path)
    if public != path and response.status_code in _REDIRECTS:
        response.set_data(redirect(public).get_data())
    return response


def parse_base_path(text: str) -> str:
    """Return a base path without a slash at its end; raise ValueError for what is no path."""
    path = text.rstrip("/")
    if not _SEGMENTS.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError(
            f"“{text}” is not a path such as /kg, of letters, digits, hyphens, dots, underscores "
            "and tildes"
        )
    return path


def parse_public_url(text: str) -> tuple[str, str, str]:
    """Return scheme, host with port, and base path of a URL; raise ValueError for any other."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"“{text}” is not an address such as https://example.org/kg")
    parse_host_name(parts.netloc)
    return parts.scheme, parts.netloc.lower(), parse_base_path(parts.path)


@lru_cache(maxsize=256)
def parse_host_name(host: str) -> str:
    """Return the name in a Host header in lower case, without its port; an IPv6 in brackets.

    Raises ValueError for what is no host. https://www.rfc-editor.org/rfc/rfc9110#section-7.2
    """
    match = _HOST.fullmatch(host)
    if match is None or int(match["port"] or 0) > _MAX_PORT:
        raise ValueError(f"“{host[:80]}” is not the name of a host")
    if match["address"]:
        with suppress(ValueError):
            return f"[{ipaddress.IPv6Address(match['address']).compressed}]"
    name = (match["name"] or "").lower().removesuffix(".")
    if not all(name.split(".")):
        raise ValueError(f"“{host[:80]}” is not the name of a host")
    return name


class PublicAddressMiddleware:
    """A WSGI application that gives requests their public address, and refuses other hosts.

    ``pages`` answers refused requests that want a page. The headers of proxies are removed from a
    request that comes from no trusted proxy. The proxy may leave the base path in the request, or
    remove it and say so in ``X-Forwarded-Prefix``.
    """

    def __init__(self, app: WsgiApp, pages: WsgiApp, address: PublicAddress) -> None:
        self._app = app
        self._pages = pages
        self._address = address

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            forwarded, base_path = self._read_address(environ)
        except HTTPException as error:
            if prefers_html(environ.get("HTTP_ACCEPT", "")):
                environ["HTTP_ACCEPT"] = "text/plain"  # no page: its links would lead nowhere
            respond = PublicHeaders(start_response, self._address.base_path)
            return send_problem(environ, respond, *build_problem(error))
        respond = PublicHeaders(start_response, environ.get("SCRIPT_NAME", "") + base_path)
        path = environ.get("PATH_INFO", "")
        is_inside, path = self._remove_base_path(path, forwarded)
        if not is_inside and path == base_path:
            return _redirect_to_home(environ, respond)
        environ["PATH_INFO"] = path or "/"
        environ["SCRIPT_NAME"] = respond.base_path
        self._set_public_root(environ, forwarded)
        with use_base_path(respond.base_path):
            if is_inside or path in PROBE_PATHS:
                return self._app(environ, respond)
            return self._refuse_path(environ, respond)

    def find_place(self, environ: Environ) -> tuple[str, str]:
        """Return the base path of a request and its path within the site, "" where it is outside.

        Raises HTTPException where the request is refused.
        """
        forwarded, base_path = self._read_address(environ)
        is_inside, path = self._remove_base_path(environ.get("PATH_INFO", ""), forwarded)
        return environ.get("SCRIPT_NAME", "") + base_path, path if is_inside else ""

    def _read_address(self, environ: Environ) -> tuple[ForwardedAddress, str]:
        """Return what a proxy says, and the base path; raise BadRequest for another address."""
        forwarded = self._read_forwarded(environ)
        self._check_host(environ, forwarded)
        return forwarded, self._find_base_path(forwarded)

    def _remove_base_path(self, path: str, forwarded: ForwardedAddress) -> tuple[bool, str]:
        """Return whether a path is inside the site, and the path without the base path if so."""
        base_path = self._address.base_path
        if not base_path or forwarded.prefix:
            return True, path
        is_inside = path.startswith(f"{base_path}/")
        return is_inside, path.removeprefix(base_path) if is_inside else path

    def _read_forwarded(self, environ: Environ) -> ForwardedAddress:
        """Return what a trusted proxy says; remove what anybody else does."""
        trusted = self._address.trusted_proxies
        if is_trusted_address(str(environ.get("REMOTE_ADDR", "")), trusted):
            return read_forwarded_address(environ, trusted)
        remove_proxy_headers(environ)
        return ForwardedAddress()

    def _check_host(self, environ: Environ, forwarded: ForwardedAddress) -> None:
        """Raise BadRequest for a host that is missing, malformed or not allowed.

        https://www.rfc-editor.org/rfc/rfc9112#section-3.2
        """
        host = forwarded.host or environ.get("HTTP_HOST", "")
        if not host:
            if environ.get("SERVER_PROTOCOL") != "HTTP/1.1":
                return  # only HTTP/1.1 requires the header
            raise BadRequest("The request has no Host header.")
        try:
            name = parse_host_name(host)
        except ValueError as error:
            raise BadRequest(f"The Host header cannot be read: {error}.") from error
        allowed = self._address.allowed_hosts
        if allowed is not None and name not in allowed:
            raise BadRequest(
                f"This server does not answer as “{name[:80]}”. Its operator can allow the name "
                "with --allowed-host."
            )

    def _find_base_path(self, forwarded: ForwardedAddress) -> str:
        """Return the base path; raise BadRequest where the proxy removed another one."""
        base_path = self._address.base_path
        if base_path and forwarded.prefix not in ("", base_path):
            raise BadRequest(
                f"The proxy says that it removed {forwarded.prefix[:80]} from the path, but the "
                f"site is at {base_path}."
            )
        return base_path or forwarded.prefix

    def _set_public_root(self, environ: Environ, forwarded: ForwardedAddress) -> None:
        """Set scheme and host of the request to the public ones, where they are known."""
        scheme = self._address.scheme or forwarded.scheme
        host = self._address.host or forwarded.host
        if scheme:
            environ["wsgi.url_scheme"] = scheme
        if host:
            environ["HTTP_HOST"] = host
        if scheme or host or environ["SCRIPT_NAME"]:
            environ[PUBLIC_ROOT_KEY] = get_current_url(environ, root_only=True).rstrip("/")

    def _refuse_path(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Respond 404 to a path outside the base path, as a page where one is wanted."""
        error = NotFound(f"The site is at {environ[PUBLIC_ROOT_KEY]}/, and nothing is outside it.")
        if not prefers_html(environ.get("HTTP_ACCEPT", "")):
            return send_problem(environ, start_response, *build_problem(error))
        environ[FAILED_REQUEST_KEY] = error
        return self._pages(environ, start_response)


class PublicHeaders:
    """A ``start_response`` that adds the base path to paths in ``Location`` and ``Link``."""

    def __init__(self, start_response: StartResponse, base_path: str) -> None:
        self._start_response = start_response
        self.base_path = base_path

    def __call__(self, status: str, headers: Headers, *more: Any) -> Any:
        if self.base_path:
            headers = [(name, self._add_base_path(name.lower(), text)) for name, text in headers]
        return self._start_response(status, headers, *more)

    def _add_base_path(self, name: str, text: str) -> str:
        if name == "link":
            return _LINK_TARGET.sub(f"<{self.base_path}", text)
        is_path = name in ("location", "content-location") and _PATH.match(text)
        return f"{self.base_path}{text}" if is_path else text


def _redirect_to_home(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Redirect from the base path to the home page, which has a slash at its end."""
    query = environ.get("QUERY_STRING", "")
    headers = [("Location", f"/?{query}" if query else "/")]
    return send_bytes(environ, start_response, HTTPStatus.PERMANENT_REDIRECT, headers)
