"""Which addresses of the site are in a static edition, and in which file each is.

https://www.rfc-editor.org/rfc/rfc3986#section-5
"""

import posixpath
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urljoin, urlsplit

from query_ui.graph.urls import to_page_path
from query_ui.site.lists.list_definitions import (
    LIST_DEFINITION_BY_PATH,
    PART_DEFINITION_BY_PATH,
)

LISTS = {**LIST_DEFINITION_BY_PATH, **PART_DEFINITION_BY_PATH}
"""The lists that have filters, by path."""
ORIGIN = "http://127.0.0.1:8000"
"""The site while it is read: examples on its pages then name the default address of ``serve``."""
EDITION_FOLDER = "static-edition"
NOTE_FILE = f"{EDITION_FOLDER}/index.html"
"""The page that says what a static edition lacks; links to what it lacks lead there."""
EDITOR_FILE, SEARCH_FILE = "sparql/index.html", "search/index.html"
DUE_FILE, COMPARE_FILE = "due/index.html", "compare/index.html"
_SCRIPTED_FILES = {
    "/sparql": EDITOR_FILE,
    "/search": SEARCH_FILE,
    "/due": DUE_FILE,
    "/compare": COMPARE_FILE,
}
PAGE_QUERY_FIELD = "page-query"
"""The field of the editor's address that names a query of a page."""
_SERVICE_PATHS = re.compile(
    r"/(?:sparql|page-queries|search|reconcile|lookup|link|q|feedback|contribute|compare|doctor"
    r"|health|metrics|labels|openapi|api|embed|ask|mcp|oembed|due|cite|since|timemap)(?:[/.]|$)"
)
_ONE_THING = re.compile(r"/(?!concepts/)[^/]+/.+\.(?P<suffix>nt|rdf|xml|tsv|json|xlsx)$")
_PARTS = re.compile(r"/things/(?:action|identifier|interval|observation|place|register-event)/")
"""Thousands of small things, which the pages of their plan, register or institution show."""
_QUERIES_WITH_FILE = (
    (re.compile(r"[^.]*"), re.compile(r"(?:size=\d{1,6}&)?page=\d{1,6}")),
    (re.compile(r"/queries"), re.compile(r"tag=[\w%+-]+")),
    (re.compile(r"/coverage"), re.compile(r"below=[\w%-]+|rows=\w+|(?:rows=\w+&)?columns=\w+")),
    (
        re.compile(r"/coverage\.\w+"),
        re.compile(r"(?:of=[\w-]+(?:&|$))?(?:rows=\w+(?:&|$))?(?:columns=\w+)?"),
    ),
    (re.compile(r"/(?:queries/)?[\w-]+\.(?:csv|json)"), re.compile("labels=on|spreadsheet=1")),
    (re.compile(r"/[\w-]+\.json"), re.compile(r"size=\d+")),
)
"""The paths that have files for some query strings, with the form of these."""

_STATES_ADDRESS = re.compile(r"/cite|.*\.(?:atom|ics|xlsx)")
"""The paths of downloads that state addresses of pages, which the edition can state as its own."""
_NEEDS_ADDRESS = (
    (re.compile(r"/cite"), re.compile(r"iri=[^&]+&format=(?:bibtex|ris)|format=\w+&iri=[^&]+")),
    (re.compile(r"/due\.(?:ics|atom)"), re.compile(r"(?:(?:organisation|group)=[\w-]+)?")),
    (re.compile(r"/changes\.atom"), re.compile("")),
)
"""Of these, the paths and query strings that are left out where nobody said the address."""
_DOWNLOAD = re.compile(r".*\.(?:atom|ics|xlsx|csv|json|ttl)")
FEED_ADDRESSES = ("/due.ics", "/due.atom", "/changes.atom")


class Target(NamedTuple):
    """A file of an edition with the query string and the fragment that a link to it has."""

    file: str
    query: str = ""
    fragment: str = ""


def resolve_link(address: str, link: str) -> tuple[str, str] | None:
    """Return the address on the site that a link on a page means, and its fragment.

    ``address`` is that of the page, a path with an optional query. Return None for a link that
    leaves the site. https://www.rfc-editor.org/rfc/rfc3986#section-5.2
    """
    # Most links begin with a slash: they mean the same on every page, so they are kept.
    return _resolve("/" if link.startswith("/") else address, link)


@lru_cache(maxsize=50_000)
def _resolve(address: str, link: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(urljoin(ORIGIN + address, link.strip()))
    except ValueError:  # no address by the RFC: left as it is
        return None
    if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
        return None
    path = parts.path or "/"
    query = "" if path.startswith("/static/") else parts.query
    return path + (f"?{query}" if query else ""), parts.fragment


def is_included(address: str) -> bool:
    """Return whether an address has a file: a page, a page of a list, or a download.

    What depends on a question is left out, as are parts of things and their further formats.
    """
    path, _, query = address.partition("?")
    if needs_address(address):
        return True
    if query and not any(
        paths.fullmatch(path) and queries.fullmatch(query) for paths, queries in _QUERIES_WITH_FILE
    ):
        return False
    is_left_out = (_SERVICE_PATHS.match(path) or _PARTS.match(path)) or (
        _ONE_THING.match(path) and not path.startswith(("/queries/", "/static/"))
    )
    return not is_left_out


def needs_address(address: str) -> bool:
    """Return whether what is at an address is left out of an edition without a public address."""
    path, _, query = address.partition("?")
    return any(
        paths.fullmatch(path) and queries.fullmatch(query) for paths, queries in _NEEDS_ADDRESS
    )


def states_address(address: str) -> bool:
    """Return whether a download states addresses of pages."""
    return bool(_STATES_ADDRESS.fullmatch(address.partition("?")[0]))


def find_stated_file(address: str, has_scripts: bool) -> Target:
    """Return the file that a download names for an address of the site.

    It is known before all pages are read; what the edition does not have is the page about it.
    """
    page, _, fragment = address.partition("#")
    if page.startswith("/coverage?"):  # all maps of an edition count the same
        page = re.sub(r"\?of=[\w-]+&?", "?", page).removesuffix("?")
    scripted = find_scripted_page(page) if has_scripts else None
    if scripted and (not is_included(page) or page in _SCRIPTED_FILES):
        return scripted
    media_type = "text/html" if not _DOWNLOAD.fullmatch(page.partition("?")[0]) else ""
    file = name_file(page, media_type) if is_included(page) else None
    return Target(file, "", fragment) if file else Target(NOTE_FILE)


def find_scripted_page(address: str) -> Target | None:
    """Return the page whose script does in the browser what the service does at an address.

    These are the query editor, the search, the filters of lists, saved queries with values,
    what falls due, and comparisons of institutions.
    """
    path, _, query = address.partition("?")
    if path in _SCRIPTED_FILES:
        return Target(_SCRIPTED_FILES[path], query)
    if path.startswith("/page-queries/"):
        name = f"{PAGE_QUERY_FIELD}={path.removeprefix('/page-queries/')}"
        return Target(EDITOR_FILE, f"{name}&{query}" if query else name)
    if path in LISTS and query:
        return Target(name_filter_file(path), query)
    if re.fullmatch(r"/queries/[\w-]+", path) and query:
        return Target(name_values_file(path), query)
    return None


def name_filter_file(list_path: str) -> str:
    """Return the file of the page that filters a list."""
    return f"{list_path[1:]}/filter/index.html"


def name_values_file(query_path: str) -> str:
    """Return the file of the page that runs a saved query with other values."""
    return f"{query_path[1:]}/values/index.html"


def name_file(address: str, media_type: str) -> str | None:
    """Return the file of an address, relative to the folder; None where no file name fits.

    A page is ``index.html`` in a folder of its own, so that any web host serves it at the same
    address. A query string becomes a folder: later pages of a list are in ``page-2`` and so on.
    """
    path, _, query = address.partition("?")
    if path == "/cite":
        return _name_citation_file(query)
    if path.startswith("/due.") and query:
        path, query = f"/due/{query.replace('=', '-')}{path[4:]}", ""
    parts = [part for part in unquote(path).split("/") if part]
    if any(part in (".", "..") or "\\" in part or "\0" in part for part in parts):
        return None
    folder = [re.sub(r"[^\w&-]", "-", unquote(query)).replace("&", "_")] if query else []
    if media_type == "text/html":
        return "/".join([*parts, *folder, "index.html"])
    if not parts or "." not in parts[-1]:
        return None
    return "/".join([*parts[:-1], *folder, parts[-1]])


def _name_citation_file(query: str) -> str | None:
    """Return the file beside that of the page which is cited; parts of a page have none."""
    fields = parse_qs(query)
    path = to_page_path(fields["iri"][0])[1:]
    suffix = {"bibtex": "bib", "ris": "ris"}.get(fields["format"][0])
    return f"{path}.{suffix}" if path and suffix and "#" not in path else None


def relate(target: Target | str, page_file: str) -> str:
    """Return the relative link from the file of a page to another file of the edition."""
    file, query, fragment = target if isinstance(target, Target) else Target(target)
    path = _relate_files(file, posixpath.dirname(page_file) or ".")
    return path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


@lru_cache(maxsize=50_000)
def _relate_files(file: str, folder: str) -> str:
    return quote(posixpath.relpath(file, folder))
