"""Routes of TimeMaps: the addresses of a page in all kept releases, with their dates.

https://www.rfc-editor.org/rfc/rfc7089#section-5
"""

from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from query_ui.graph.page_queries import current_graph
from query_ui.http.memento import (
    LINK_FORMAT,
    TIME_MAP_PATH,
    build_memento_link,
    format_date_header,
)
from query_ui.http.release_address import URL_SAFE, can_name_release, split_release

blueprint = Blueprint("time_maps", __name__, url_prefix=TIME_MAP_PATH)


@blueprint.get("/")
def list_home_mementos() -> Response:
    """Return the TimeMap of the home page."""
    return build_time_map("")


@blueprint.get("/<path:page>")
def list_mementos(page: str) -> Response:
    """Return the TimeMap of a page: one address for each kept release, the oldest first."""
    return build_time_map(page)


def build_time_map(page: str) -> Response:
    """Return a TimeMap; raise NotFound for a page that no release gives.

    A page that a release did not have yet is among them: its Memento says so with 404.
    """
    releases = current_graph().releases
    kept = releases.list_sound() if releases else []
    if not kept:
        raise NotFound("This site has no kept releases.")
    if not can_name_release(f"/{page}"):
        raise NotFound(f"“/{page}” is not given from kept releases, so it has no TimeMap.")
    root, path = request.root_url.rstrip("/"), f"/{quote(page, safe=URL_SAFE)}"
    query = split_release(request.query_string.decode("latin-1"))[1]
    address = f"{path}?{query}" if query else path
    first, last = (format_date_header(one.built) for one in (kept[0], kept[-1]))
    lines = [
        f'<{root}{address}>; rel="original timegate"',
        f'<{root}{TIME_MAP_PATH}{address}>; rel="self"; type="{LINK_FORMAT}"; '
        f'from="{first}"; until="{last}"',
    ]
    for number, one in enumerate(kept):
        ends = (("first", number == 0), ("last", number == len(kept) - 1))
        relation = " ".join(word for word, holds in ends if holds)
        lines.append(build_memento_link(address, one, relation).replace("<", f"<{root}", 1))
    return Response(",\n".join(lines) + "\n", content_type=LINK_FORMAT)
