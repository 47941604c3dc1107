"""Addresses that name a kept release, and the release that the address of a request names.

``release=`` in a query string says which kept release answers. While such a request is answered,
every address of the site that it leads to keeps the release, where that page can be given from it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from urllib.parse import quote

from flask import request

from query_ui.engine.pinned_release import pin_release
from query_ui.engine.release_lookup import NamedRelease
from query_ui.http.response import Environ

RELEASE_FIELD = "release"
SPARQL = "/sparql"
URL_SAFE = "/:@!$&'()*+,;=~-._"
NAMED_RELEASE_KEY = "concordat_kg.named_release"
"""The key of the environment with the ``NamedRelease`` of a request."""
ADDRESS_WRITER_KEY = "concordat_kg.address_writer"
"""The key of the environment with what writes the addresses in a download of a static edition.

Its pages are at other addresses than those of the service.
"""
SECTIONS = frozenset(
    (
        *("", "case-studies", "initiatives", "practices", "programmes", "organisations"),
        *("action-plans", "registers", "indicators", "graphs", "things", "concepts"),
        *("coverage", "compare", "search", "due", "queries", "page-queries", "sparql"),
        *("id", "concept", "scheme", "graph", "ontology", "dataset", "well-known"),
        *("changes", "cite", "since"),
    )
)
"""The first words of the paths whose pages and data can be given from a kept release."""
_TOOLS = ("/sparql/", "/changes/")
"""Beginnings of the paths that have no release of their own choice: tools, and other releases."""
ROW_ENDPOINTS = frozenset(
    (
        *("case_studies.listed", "initiatives.listed", "initiatives.practices"),
        *("initiatives.programmes", "organisations.listed", "records.action_plans_listed"),
        *("records.registers_listed", "records.indicators_listed", "graphs.listed"),
        *("queries.page", "sparql.page"),
    )
)
"""The routes of lists and results, whose rows can be compared with those of another release."""
_HAS_RELEASE = re.compile(r"[?&](?:amp;)?release=")
_SHORT_NAME: ContextVar[str] = ContextVar("short_name", default="")


@contextmanager
def use_named_release(environ: Environ, named: NamedRelease) -> Iterator[None]:
    """Answer the request of ``environ`` from a kept release for a ``with`` block."""
    environ[NAMED_RELEASE_KEY] = named
    token = _SHORT_NAME.set(named.short_name)
    try:
        with pin_release(named.name):
            yield
    finally:
        _SHORT_NAME.reset(token)


def get_named_release() -> NamedRelease | None:
    """Return the release that the address of the current request names, or None."""
    found: NamedRelease | None = request.environ.get(NAMED_RELEASE_KEY)
    return found


def get_today() -> date:
    """Return the day by which pages say what is due and what is past, in UTC.

    For a kept release it is the day on which that was built, so that its pages stay the same.
    """
    named = get_named_release()
    return (named.built if named else datetime.now(UTC)).date()


def get_current_address() -> str:
    """Return the address of the page of the request without a release, with scheme and host."""
    query = request.query_string.decode("latin-1")
    path = f"{request.root_url.rstrip('/')}{quote(request.path, safe=URL_SAFE)}"
    return f"{path}?{query}" if query else path


def get_page_query() -> str:
    """Return the query string of the request with its question mark and without format, or ""."""
    fields = request.query_string.decode("latin-1").split("&")
    query = "&".join(one for one in fields if one and one.partition("=")[0] != "format")
    return f"?{query}" if query else ""


def get_since_address() -> str:
    """Return the address that compares the result on this page with the current release.

    It is "" where the page has no rows, or is of the current release.
    """
    named, query = get_named_release(), get_page_query()
    has_rows = request.endpoint in ROW_ENDPOINTS and (
        request.path != "/sparql" or "query=" in query
    )
    return f"/since{request.path}{query}" if named and not named.is_current and has_rows else ""


def write_address(path: str) -> str:
    """Return the address of a path of the site, with scheme and host and without named release."""
    write: Callable[[str], str] | None = request.environ.get(ADDRESS_WRITER_KEY)
    return write(path) if write else f"{request.root_url.rstrip('/')}{path}"


def to_absolute_url(path: str) -> str:
    """Return the address of a path of the site, with scheme, host and named release."""
    return write_address(keep_release(path))


def can_name_release(path: str) -> bool:
    """Return whether what is at a path of the site can be given from a kept release."""
    first = path.lstrip("/").partition("/")[0].lstrip(".").partition(".")[0]
    return first in SECTIONS and not path.startswith(_TOOLS)


def keep_release(address: str) -> str:
    """Add the release of the current request to the address of a page that can be given from it.

    ``address`` begins with a path of the site, without the base path. Others, and all addresses
    where the request names no release, are returned unchanged.
    """
    short_name = _SHORT_NAME.get()
    return add_release(address, short_name) if short_name else address


def add_release(address: str, short_name: str) -> str:
    """Add a release to an address of the site, unless it has one or cannot be given from it."""
    rest, hash_mark, fragment = address.partition("#")
    path, _, query = rest.partition("?")
    if not rest or not can_name_release(path) or _HAS_RELEASE.search(f"?{query}"):
        return address
    joined = f"{query}&" if query else ""
    return f"{path}?{joined}{RELEASE_FIELD}={short_name}{hash_mark}{fragment}"


def split_release(query: str) -> tuple[list[str], str]:
    """Return the encoded values of ``release`` in a query string, and the rest of it."""
    fields = query.split("&") if query else []
    values = [one.partition("=")[2] for one in fields if one.partition("=")[0] == RELEASE_FIELD]
    return values, "&".join(one for one in fields if one.partition("=")[0] != RELEASE_FIELD)
