"""Pages inside frames of other sites: one part of a page of the site, without head and filters.

``/embed/queries/NAME?embed-part=chart`` is ``/queries/NAME`` with its chart alone. The page runs as
at its own address, so that both have the same limits and the same results.
https://html.spec.whatwg.org/multipage/iframe-embed-object.html#the-iframe-element
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from query_ui.http.negotiation import split_suffix
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.release_address import keep_release
from query_ui.http.response import Environ, StartResponse

SITE_TITLE = "Concordat knowledge graph"
EMBED_PREFIX = "/embed"
EMBED_KEY = "concordat_kg.embed"
"""The key of the environment with the ``Embed`` of a request."""
EMBED_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors *"
)
"""Any site may show the page in a frame; it has no form and connects to nothing."""
PART_FIELD, THEME_FIELD = "embed-part", "embed-theme"
"""A variable of SPARQL has no hyphen, so no parameter of a saved query has these names."""
_FIELDS = frozenset((PART_FIELD, THEME_FIELD))
THEMES = ("auto", "light", "dark")
LIST, TABLE, CHART, MAP, CARD, CITATION = "list", "table", "chart", "map", "card", "citation"
_LISTS = (
    *("case_studies.listed", "initiatives.listed", "initiatives.practices"),
    *("initiatives.programmes", "organisations.listed", "records.action_plans_listed"),
    *("records.registers_listed", "records.indicators_listed", "graphs.listed"),
    *("things.commitments", "things.concepts"),
)
_ENTITIES = (
    *("case_studies.page", "initiatives.page", "organisations.page", "concepts.page"),
    *("records.action_plans_page", "records.registers_page", "records.indicators_page"),
    *("graphs.page", "things.page", "things.any_page"),
)
PARTS_BY_ENDPOINT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_LISTS, (LIST,)),
    **dict.fromkeys(_ENTITIES, (CARD, CITATION)),
    "queries.page": (TABLE, CHART),
    "coverage.page": (MAP,),
}
"""The parts of each page that can be embedded; the first one is the default."""
HEIGHT_BY_PART = {LIST: 640, TABLE: 480, CHART: 420, MAP: 640, CARD: 280, CITATION: 150}
"""Pixels of a frame before its page has told its height."""


@dataclass(frozen=True, slots=True)
class Embed:
    """What a frame shows: the part of a page, and the theme of its colours."""

    part: str = ""
    theme: str = THEMES[0]


@dataclass(frozen=True, slots=True)
class EmbedTarget:
    """A page that can be embedded: its address in the site and the route that serves it.

    ``values`` are the variables of the route.
    """

    path: str
    query: str
    endpoint: str
    values: Mapping[str, str]

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the parts that can be shown."""
        return PARTS_BY_ENDPOINT[self.endpoint]

    @property
    def address(self) -> str:
        """Return the path and the query string of the page itself."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def build_address(self, embed: Embed) -> str:
        """Return the path and the query string of a frame."""
        fields = parse_qsl(self.query, keep_blank_values=True)
        if embed.part and embed.part != self.parts[0]:
            fields.append((PART_FIELD, embed.part))
        if embed.theme != THEMES[0]:
            fields.append((THEME_FIELD, embed.theme))
        query = f"?{urlencode(fields)}" if fields else ""
        return f"{EMBED_PREFIX}{self.path}{query}"


class EmbedMiddleware:
    """Passes requests for a frame on as requests for its page, with an ``Embed``.

    Others pass as they are: the route of frames tells what cannot be embedded, and why.
    """

    def __init__(self, app: WsgiApp, url_map: Map) -> None:
        self._app = app
        self._find_target = build_target_finder(url_map)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if path.startswith(f"{EMBED_PREFIX}/") and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            embed, rest = split_fields(query)
            target = self._find_target(path.removeprefix(EMBED_PREFIX), rest)
            if target and is_known(embed, target):
                embed = Embed(embed.part or target.parts[0], embed.theme)
                environ = environ | {
                    "PATH_INFO": target.path,
                    "QUERY_STRING": target.query,
                    "HTTP_ACCEPT": "text/html",
                    EMBED_KEY: embed,
                }
        return self._app(environ, start_response)


def build_target_finder(url_map: Map) -> Callable[[str, str], EmbedTarget | None]:
    """Build a function that finds the page of a path, where it can be embedded."""
    adapter = url_map.bind("localhost")

    def find_target(path: str, query: str) -> EmbedTarget | None:
        try:
            endpoint, values = adapter.match(path, "GET")
        except (HTTPException, RequestRedirect):
            return None
        if endpoint not in PARTS_BY_ENDPOINT or has_format(path, query, endpoint):
            return None
        return EmbedTarget(path, query, endpoint, values)

    return find_target


def has_format(path: str, query: str, endpoint: str) -> bool:
    """Return whether path or query string names a format, which is a download and no page."""
    name = path.rpartition("/")[2]
    is_file = endpoint == "queries.page" and name.endswith((".rq", ".xlsx"))
    return is_file or bool(split_suffix(name)[1]) or "format" in dict(parse_qsl(query))


def split_fields(query: str) -> tuple[Embed, str]:
    """Return what a query string says of the frame, and the rest of it, which is of the page."""
    chosen = dict(parse_qsl(query, keep_blank_values=True))
    rest = [field for field in query.split("&") if field.partition("=")[0] not in _FIELDS]
    return Embed(chosen.get(PART_FIELD, ""), chosen.get(THEME_FIELD, THEMES[0])), "&".join(rest)


def is_known(embed: Embed, target: EmbedTarget) -> bool:
    """Return whether the page has that part, and the theme is one of ``THEMES``."""
    return embed.theme in THEMES and (not embed.part or embed.part in target.parts)


def get_embed() -> Embed | None:
    """Return what the frame of the current request shows; None where it is not for a frame."""
    embed: Embed | None = request.environ.get(EMBED_KEY)
    if embed is None and request.path.startswith(f"{EMBED_PREFIX}/"):
        return Embed()
    return embed


def get_page_address() -> str:
    """Return path and query string of the current page, also where they are not valid text.

    The release that the request names is part of it.
    """
    query = request.query_string.decode("latin-1")
    return keep_release(f"{request.path}?{query}" if query else request.path)


def choose_layout() -> str:
    """Return the template that pages extend: that of the site, or that of frames."""
    return "embed.html" if get_embed() else "base.html"
