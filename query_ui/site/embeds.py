"""Routes of embeds: the page with the HTML to paste, oEmbed, and what cannot be embedded.

https://oembed.com/
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from loader.errors import UsageError
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.http.embedding import (
    EMBED_PREFIX,
    HEIGHT_BY_PART,
    PART_FIELD,
    PARTS_BY_ENDPOINT,
    SITE_TITLE,
    THEME_FIELD,
    THEMES,
    Embed,
    EmbedTarget,
    get_page_address,
    is_known,
    split_fields,
)
from query_ui.http.response import build_json_response
from query_ui.site.page_titles import find_target, find_title

blueprint = Blueprint("embeds", __name__)

DEFAULT_WIDTH, MIN_WIDTH, MIN_HEIGHT, MAX_SIDE = 640, 240, 100, 4000
"""Pixels of a frame in oEmbed, whose width is fixed."""
CAN_BE_EMBEDDED = (
    "Lists, saved queries, the coverage map, and the pages of single records can be embedded"
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """The HTML of a frame: ``address`` and ``script`` are complete addresses, sizes in pixels.

    ``width`` is "" for the whole width of the page around it.
    """

    address: str
    title: str
    width: str
    height: int
    script: str

    @property
    def html(self) -> str:
        """Return the HTML to paste; its script sets the height as soon as the page tells it.

        https://html.spec.whatwg.org/multipage/iframe-embed-object.html#attr-iframe-loading
        """
        return str(
            Markup(
                '<iframe src="{}" title="{}" width="{}" height="{}" style="border:0" '
                'loading="lazy"></iframe>\n<script async src="{}"></script>'
            ).format(self.address, self.title, self.width or "100%", self.height, self.script)
        )


@blueprint.get(EMBED_PREFIX)
def page() -> Response:
    """Show the HTML that embeds the page ``?page=``, with a preview."""
    target = parse_target(request.args.get("page", ""))
    embed = parse_embed(target)
    snippet = build_snippet(current_graph(), target, embed)
    text = render_template(
        "embed-dialog.html",
        target=target,
        embed=embed,
        snippet=snippet,
        frame=target.build_address(embed),
        themes=THEMES,
        part_field=PART_FIELD,
        theme_field=THEME_FIELD,
    )
    return Response(text, mimetype="text/html")


@blueprint.get(f"{EMBED_PREFIX}/<path:page>")
def refuse(page: str) -> Response:
    """Raise UsageError for options that the page does not have, NotFound for other pages."""
    embed, query = split_fields(request.query_string.decode("latin-1"))
    target = find_target(f"/{page}", query)
    if target:
        raise UsageError(describe_options(target, embed))
    raise NotFound(f"/{page} cannot be embedded. {CAN_BE_EMBEDDED}.")


@blueprint.get("/oembed")
def describe_oembed() -> Response:
    """Return how to embed the page ``?url=`` as oEmbed, in JSON or XML.

    https://oembed.com/#section2.3
    """
    form = request.args.get("format", "json")
    if form not in ("json", "xml"):
        raise UsageError(f"format is “{form}”, and can be json or xml.")
    root, address = request.root_url.rstrip("/"), request.args.get("url", "")
    if not address.startswith(f"{root}/"):
        raise NotFound(f"url is no address of this site: those begin with {root}/.")
    path = address.removeprefix(root)
    target = parse_target(path.removeprefix(EMBED_PREFIX) if is_frame(path) else path)
    embed = parse_embed(target, path.partition("?")[2])
    data = describe_frame(current_graph(), target, embed)
    if form == "json":
        return build_json_response(data)
    root_element = ElementTree.Element("oembed")
    for name, value in data.items():
        ElementTree.SubElement(root_element, name).text = str(value)
    text = ElementTree.tostring(root_element, "utf-8", xml_declaration=True)
    return Response(text, mimetype="text/xml")


def describe_frame(graph: GraphContext, target: EmbedTarget, embed: Embed) -> dict[str, Any]:
    """Return the oEmbed properties of a frame, no larger than ``maxwidth`` and ``maxheight``."""
    width = min(DEFAULT_WIDTH, parse_side("maxwidth", MIN_WIDTH))
    height = min(HEIGHT_BY_PART[embed.part], parse_side("maxheight", MIN_HEIGHT))
    snippet = build_snippet(graph, target, embed, str(width), height)
    return {
        "type": "rich",
        "version": "1.0",
        "title": snippet.title,
        "provider_name": SITE_TITLE,
        "provider_url": request.root_url,
        "width": width,
        "height": height,
        "html": snippet.html,
    }


def parse_side(name: str, least: int) -> int:
    """Return the pixels of a parameter, or a large number; raise UsageError outside the range."""
    text = request.args.get(name, str(MAX_SIDE))
    if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) >= least):
        raise UsageError(f"{name} is “{text}”; it is a whole number of pixels from {least}.")
    return int(text)


def is_frame(path: str) -> bool:
    """Return whether a path is that of a frame."""
    return path.startswith(f"{EMBED_PREFIX}/")


def parse_target(address: str) -> EmbedTarget:
    """Return the page of a path with query string; raise NotFound where it cannot be embedded."""
    path, _, query = address.partition("?")
    target = find_target(path, split_fields(query.partition("#")[0])[1])
    if not target:
        raise NotFound(f"“{address}” cannot be embedded. {CAN_BE_EMBEDDED}.")
    return target


def parse_embed(target: EmbedTarget, query: str = "") -> Embed:
    """Return part and theme of the request, else of ``query``; raise UsageError for others."""
    known, _ = split_fields(query)
    part = request.args.get(PART_FIELD, known.part)
    embed = Embed(part, request.args.get(THEME_FIELD, known.theme))
    if not is_known(embed, target):
        raise UsageError(describe_options(target, embed))
    return Embed(embed.part or target.parts[0], embed.theme)


def describe_options(target: EmbedTarget, embed: Embed) -> str:
    """Return what the options of a frame can be."""
    return (
        f"{PART_FIELD} is “{embed.part}” and {THEME_FIELD} is “{embed.theme}”. For {target.path} "
        f"the first can be {' or '.join(target.parts)}, the second {', '.join(THEMES)}."
    )


def build_snippet(
    graph: GraphContext, target: EmbedTarget, embed: Embed, width: str = "", height: int = 0
) -> Snippet:
    """Return the HTML of a frame."""
    root = request.root_url.rstrip("/")
    return Snippet(
        root + target.build_address(embed),
        f"{find_title(graph, target)} – {SITE_TITLE}",
        width,
        height or HEIGHT_BY_PART[embed.part],
        f"{root}/static/embed-size.js",
    )


def describe_embedding() -> dict[str, str]:
    """Return the addresses for embedding the current page, "" where it cannot be embedded.

    ``dialog`` is the page with the HTML, ``oembed`` the discovery of oEmbed.
    """
    if request.endpoint not in PARTS_BY_ENDPOINT:
        return {"dialog": "", "oembed": ""}
    path = get_page_address()
    here = quote(path, safe="/")
    url = quote(f"{request.root_url.rstrip('/')}{path}", safe=":/")
    return {
        "dialog": f"{EMBED_PREFIX}?page={here}",
        "oembed": f"/oembed?url={url}",
    }
