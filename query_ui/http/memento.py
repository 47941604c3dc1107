"""Earlier states of pages by date: datetime negotiation and the links between the states.

The page itself is its TimeGate, and ``release=`` makes the address of each Memento: pattern 1.1,
https://www.rfc-editor.org/rfc/rfc7089#section-4.1.1
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

from flask import Response, request

from loader.errors import UsageError
from query_ui.engine.release_lookup import NamedRelease, ReleaseList
from query_ui.http.embedding import EMBED_KEY
from query_ui.http.release_address import (
    URL_SAFE,
    add_release,
    can_name_release,
    get_named_release,
)
from query_ui.http.response import Environ, StartResponse, send_bytes

LINK_FORMAT = "application/link-format"
"""https://www.rfc-editor.org/rfc/rfc6690#section-7.3"""
TIME_MAP_PATH = "/timemap"
ACCEPT_DATETIME, MEMENTO_DATETIME = "Accept-Datetime", "Memento-Datetime"


def parse_accept_datetime(text: str) -> datetime:
    """Parse an Accept-Datetime header, such as ``Tue, 20 Jan 2026 12:00:00 GMT``.

    Raise UsageError for anything else. https://www.rfc-editor.org/rfc/rfc7089#section-2.1.1
    """
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise UsageError(
            f"{ACCEPT_DATETIME} is “{text[:60]}”: send a date such as "
            "Tue, 20 Jan 2026 12:00:00 GMT."
        )
    return found


def choose_release(releases: Sequence[NamedRelease], wanted: datetime) -> NamedRelease:
    """Return the release that was the newest at a time, or the first one before all; oldest first.

    https://www.rfc-editor.org/rfc/rfc7089#section-4.5.3
    """
    earlier = [one for one in releases if one.built <= wanted]
    return earlier[-1] if earlier else releases[0]


def redirect_to_memento(
    environ: Environ, start_response: StartResponse, releases: Sequence[NamedRelease]
) -> Iterable[bytes]:
    """Respond 302 with the address of the page in the release of the date that is asked for.

    Raise UsageError for an invalid date.
    """
    wanted = parse_accept_datetime(environ["HTTP_ACCEPT_DATETIME"])
    address = build_page_address(environ)
    chosen = choose_release(releases, wanted)
    headers = [
        ("Location", add_release(address, chosen.short_name)),
        ("Vary", ACCEPT_DATETIME),
        ("Link", ", ".join(list_original_links(address))),
        ("Cache-Control", "no-cache"),
    ]
    return send_bytes(environ, start_response, HTTPStatus.FOUND, headers)


def is_asked_by_date(environ: Environ) -> bool:
    """Return whether a request that names no release asks for a page as it was at some time."""
    return (
        "HTTP_ACCEPT_DATETIME" in environ
        and environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and EMBED_KEY not in environ
        and can_name_release(environ["PATH_INFO"])
    )


def build_page_address(environ: Environ) -> str:
    """Return path and query string of a request, the path with escapes."""
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe=URL_SAFE)
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def list_original_links(address: str) -> list[str]:
    """Return the links to the page that is its own TimeGate, and to its TimeMap.

    https://www.rfc-editor.org/rfc/rfc7089#section-2.2
    """
    return [
        f'<{address}>; rel="original timegate"',
        f'<{TIME_MAP_PATH}{address}>; rel="timemap"; type="{LINK_FORMAT}"',
    ]


def list_memento_links(
    address: str, releases: Sequence[NamedRelease], named: NamedRelease
) -> list[str]:
    """Return links to the first, last, previous and next Memento of a page; oldest first.

    https://www.rfc-editor.org/rfc/rfc7089#section-2.2.4
    """
    names = [one.name for one in releases]
    if named.name not in names:
        return []
    place, last = names.index(named.name), len(names) - 1
    relations: dict[int, list[str]] = {}
    for relation, number in (
        *(("first", 0), ("prev", place - 1)),
        *(("next", place + 1), ("last", last), ("", place)),
    ):
        if 0 <= number <= last:
            relations.setdefault(number, []).append(relation)
    return [
        build_memento_link(address, releases[number], " ".join(filter(None, words)))
        for number, words in sorted(relations.items())
    ]


def build_memento_link(address: str, release: NamedRelease, relation: str = "") -> str:
    """Return the link to a page in a release, with its date."""
    words = f"{relation} memento".strip()
    target, date = add_release(address, release.short_name), format_date_header(release.built)
    return f'<{target}>; rel="{words}"; datetime="{date}"'


def format_date_header(moment: datetime) -> str:
    """Return a time in UTC as in headers: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7"""
    return format_datetime(moment, usegmt=True)


def build_memento_headers(releases: ReleaseList | None) -> Callable[[Response], Response]:
    """Build what adds the headers of Memento to responses of pages that releases can give.

    Data has them where it is a Memento; its page leads to the others.
    """

    def add_headers(response: Response) -> Response:
        if releases is None or not can_name_release(request.path):
            return response
        named, address = get_named_release(), build_page_address(request.environ)
        if named:
            response.headers[MEMENTO_DATETIME] = format_date_header(named.built)
            links = list_memento_links(address, releases.list_sound(), named)
            response.headers.add("Link", ", ".join([*list_original_links(address), *links]))
        elif response.status_code == HTTPStatus.OK and response.mimetype == "text/html":
            response.vary.add(ACCEPT_DATETIME)
            response.headers.add("Link", ", ".join(list_original_links(address)))
        return response

    return add_headers
