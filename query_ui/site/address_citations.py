"""Citations of pages and results by their address, which names the release and the query text."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode

from flask import request
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from loader.errors import UsageError
from query_ui.engine.release_lookup import NamedRelease
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.saved_query_texts import QUERY_HASH_FIELD, find_saved_query, hash_short
from query_ui.http.embedding import CARD, CITATION, LIST
from query_ui.http.etag import is_volatile
from query_ui.http.release_address import add_release, split_release
from query_ui.site.page_titles import find_iri, find_target, find_title

MAX_ADDRESS_CHARACTERS = 8_000
MAX_VALUE_CHARACTERS = 200
SPARQL_PATH = "/sparql"
SPARQL_TITLE = "Result of a SPARQL query"
_SHAPE_FIELDS = frozenset(
    ("format", "labels", "page", "size", "sort", "spreadsheet", "timeout", QUERY_HASH_FIELD)
)
"""Fields that do not change what a result is about."""


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page of the site to be cited; ``address`` begins with its path and names no release.

    ``query_text`` is that of the saved query whose result it shows, "" for other pages.
    """

    title: str
    address: str
    query_text: str = ""
    has_rows: bool = False

    def fix_release(self, release: NamedRelease | None) -> str:
        """Return the address that names a release, beginning with the path."""
        return add_release(self.address, release.short_name) if release else self.address


def parse_cited_page(graph: GraphContext, address: str) -> CitedPage:
    """Return the page at an address of the site, without the release that it may name.

    Raise UsageError for what is no path of the site, RequestEntityTooLarge for a long address, and
    NotFound for a page that cannot be cited.
    """
    if len(address) > MAX_ADDRESS_CHARACTERS:
        raise RequestEntityTooLarge(
            f"The address has {len(address):,} characters, and a citation up to "
            f"{MAX_ADDRESS_CHARACTERS:,}. Make the query a saved query, or cite its text."
        )
    if not address.startswith("/") or address.startswith("//"):
        raise UsageError("address is the path of a page of this site, such as /case-studies.")
    path, _, query = address.partition("#")[0].partition("?")
    query = split_release(query)[1]
    joined = f"?{query}" if query else ""
    if path == SPARQL_PATH and any(name == "query" for name, _ in parse_qsl(query)):
        return CitedPage(SPARQL_TITLE, f"{path}{joined}", has_rows=True)
    target = find_target(unquote(path), query)
    if target is None:
        raise NotFound(
            f"“{path}” cannot be cited: it is no page of a record, a list, a saved query or the "
            "coverage map, nor the result of a query. Downloads are cited by their page."
        )
    if target.parts == (CARD, CITATION) and not is_in_graph(graph, find_iri(target)):
        raise NotFound(f"There is no page at {path} in this release.")
    title = f"{find_title(graph, target)}{describe_values(query)}"
    path = quote(target.path)
    if target.endpoint != "queries.page":
        return CitedPage(title, f"{path}{joined}", has_rows=target.parts == (LIST,))
    return cite_saved_query(graph, title, path, query)


def cite_saved_query(graph: GraphContext, title: str, path: str, query: str) -> CitedPage:
    """Return the page of a saved query, whose address gets the hash of its text."""
    given = dict(parse_qsl(query)).get(QUERY_HASH_FIELD, "")
    found = find_saved_query(graph, unquote(path).rpartition("/")[2], given)
    if is_volatile(found.text):
        joined = f"?{query}" if query else ""
        return CitedPage(title, f"{path}{joined}")
    fields = [one for one in query.split("&") if one.partition("=")[0] != QUERY_HASH_FIELD and one]
    joined = "&".join([*fields, f"{QUERY_HASH_FIELD}={hash_short(found)}"])
    return CitedPage(title, f"{path}?{joined}", found.text, has_rows=True)


def describe_values(query: str) -> str:
    """Return the values of a query string for a title, such as " (keyword: wellbeing)"."""
    values = [f"{name}: {value}" for name, value in parse_qsl(query) if name not in _SHAPE_FIELDS]
    text = "; ".join(values)
    if len(text) > MAX_VALUE_CHARACTERS:
        text = f"{text[:MAX_VALUE_CHARACTERS]}…"
    return f" ({text})" if text else ""


def read_form_address() -> str:
    """Return the address in a form, or that of the SPARQL query which the form has.

    https://www.w3.org/TR/sparql11-protocol/#query-operation
    """
    form = request.form
    if "address" in form:
        return form["address"]
    names = ("query", "default-graph-uri", "named-graph-uri")
    fields = [
        (name, value.replace("\r\n", "\n"))
        for name in names
        for value in form.getlist(name)
        if value
    ]
    return f"{SPARQL_PATH}?{urlencode(fields)}"


def is_in_graph(graph: GraphContext, iri: str) -> bool:
    """Return whether there is any statement about an IRI, with it as object, or in its graph."""
    if graph.select_rows("statements", thing=iri):
        return True
    if graph.select_rows("incoming-properties", thing=iri):
        return True
    return graph.count("count-in-graph", graph=iri).value > 0
