"""Which addresses of the site are in a static edition, and in which file each is.

https://www.rfc-editor.org/rfc/rfc3986#section-5
"""

import posixpath
import re
from urllib.parse import quote, unquote, urljoin, urlsplit

ORIGIN = "http://127.0.0.1:8000"
"""The site while it is read: examples on its pages then name the default address of ``serve``."""
NOTE_FILE = "static-edition/index.html"
"""The page that says what a static edition lacks; links to what it lacks lead there."""
_SERVICE_PATHS = re.compile(
    r"/(?:sparql|page-queries|search|reconcile|lookup|link|q|feedback|contribute|compare|doctor"
    r"|health|metrics|labels|openapi|api|embed|ask|mcp|oembed|due|cite)(?:[/.]|$)"
)
_ONE_THING = re.compile(r"/(?!concepts/)[^/]+/.+\.(?P<suffix>nt|rdf|xml|tsv|json|xlsx)$")
_PAGE_NUMBER = re.compile(r"page=(\d{1,6})")


def resolve_link(address: str, link: str) -> tuple[str, str] | None:
    """Return the address on the site that a link on a page means, and its fragment with ``#``.

    ``address`` is that of the page, a path with an optional query. Return None for a link that
    leaves the site. https://www.rfc-editor.org/rfc/rfc3986#section-5.2
    """
    try:
        parts = urlsplit(urljoin(ORIGIN + address, link.strip()))
    except ValueError:  # no address by the RFC: left as it is
        return None
    if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
        return None
    path = parts.path or "/"
    query = "" if path.startswith("/static/") else parts.query
    return path + (f"?{query}" if query else ""), f"#{parts.fragment}" if parts.fragment else ""


def is_included(address: str) -> bool:
    """Return whether an address can be a file: a page, a page of a list, or a download.

    What depends on a question, and the further formats of single things, is left out.
    """
    path, _, query = address.partition("?")
    if query and not (_PAGE_NUMBER.fullmatch(query) and "." not in path):
        return False
    is_left_out = _SERVICE_PATHS.match(path) or (
        _ONE_THING.match(path) and not path.startswith(("/queries/", "/static/"))
    )
    return not is_left_out


def name_file(address: str, media_type: str) -> str | None:
    """Return the file of an address, relative to the folder; None where no file name fits.

    A page is ``index.html`` in a folder of its own, so that any web host serves it at the same
    address; later pages of a list are in ``page-2`` and so on.
    """
    path, _, query = address.partition("?")
    parts = [part for part in unquote(path).split("/") if part]
    if any(part in (".", "..") or "\\" in part or "\0" in part for part in parts):
        return None
    if media_type == "text/html":
        number = _PAGE_NUMBER.fullmatch(query)
        return "/".join([*parts, *([f"page-{number[1]}"] if number else []), "index.html"])
    return "/".join(parts) if parts and "." in parts[-1] else None


def relate(target: str, page_file: str) -> str:
    """Return the relative link from the file of a page to another file of the edition."""
    return quote(posixpath.relpath(target, posixpath.dirname(page_file) or "."))
