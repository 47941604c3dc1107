"""Routes of the help: the guides of the project as pages, grouped by task."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, send_file
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from query_ui.graph.help_pages import (
    MARKDOWN,
    HelpPage,
    find_docs_folder,
    find_help_page,
    list_anchors,
    list_help_pages,
    parse_markdown,
    read_plain_text,
    to_anchor,
)
from query_ui.http.public_address import to_public_path

blueprint = Blueprint("help", __name__, url_prefix="/help")

TASKS = (
    ("Find and compare", ("browsing", "citing", "questions", "terminology")),
    ("Run queries", ("first-questions", "commands", "querying", "recipes")),
    ("Use it from programs and assistants", ("assistants", "machines")),
    ("Work with your own data", ("adding", "linking", "service", "limits")),
    ("Run the site yourself", ("operating", "static", "proxy", "scale", "settings")),
)
"""Headings of the index, and the pages below each; other pages are below "More"."""
LOCAL_SITE = "127.0.0.1:8000"
"""Where the guides assume the site; their links to it lead to this site."""
ICON = '<svg class="i" aria-hidden="true" focusable="false"><use href="{}#i-copy"/></svg>'


@blueprint.get("")
def index() -> str:
    """Return the list of all guides, grouped by task."""
    return render_template("help.html", groups=group_pages(), page=None)


@blueprint.get("/<name>")
def guide(name: str) -> str:
    """Return one guide as a page."""
    page = find_help_page(name)
    if page is None:
        raise NotFound(f"There is no guide “{name}”. {to_public_path('/help')} lists all guides.")
    # Links of the text get the base path of this request, so it is not rendered once for all.
    text = Markup(GuideRenderer(page).render_body())
    return render_template("help.html", groups=group_pages(), page=page, text=text)


@blueprint.get("/pictures/<name>.png")
def picture(name: str) -> Response:
    """Return a picture that a guide shows."""
    path = list_pictures().get(name)
    if path is None:
        raise NotFound(f"No guide shows a picture “{name}”.")
    return send_file(path, "image/png")


@cache
def list_pictures() -> dict[str, Path]:
    """Return the pictures beside the guides by name."""
    return {path.stem: path for path in find_docs_folder().glob("*.png")}


def group_pages() -> list[tuple[str, list[HelpPage]]]:
    """Return the pages below the heading of their task; those of no task come last."""
    by_name = {page.name: page for page in list_help_pages()}
    groups = [
        (heading, [by_name.pop(name) for name in names if name in by_name])
        for heading, names in TASKS
    ]
    return [
        (heading, pages) for heading, pages in (*groups, ("More", [*by_name.values()])) if pages
    ]


class GuideRenderer(RendererHTML):
    """Renders one guide: anchors at headings, tables that scroll, code that can be copied."""

    def __init__(self, page: HelpPage) -> None:
        super().__init__()
        self._is_glossary = False
        self._tokens = parse_markdown(page.source.read_text("utf-8"))
        self._anchors = dict(
            zip(
                (i for i, token in enumerate(self._tokens) if token.type == "heading_open"),
                list_anchors(self._tokens),
                strict=True,
            )
        )

    def render_body(self) -> str:
        """Return the HTML below the title."""
        start = 3 if self._tokens and self._tokens[0].tag == "h1" else 0
        self._anchors = {i - start: anchor for i, anchor in self._anchors.items()}
        return str(self.render(self._tokens[start:], MARKDOWN.options, {}))

    def heading_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Begin a heading that can be linked to."""
        return f'<{tokens[idx].tag} id="{escape(self._anchors[idx])}">'

    def table_open(self, *_: Any) -> str:
        """Begin a region that scrolls, with its table."""
        return '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'

    def table_close(self, *_: Any) -> str:
        """End the table and its region."""
        return "</table></div>"

    def tr_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Begin a row; one of the glossary has the anchor of its term."""
        first = read_plain_text(tokens[idx + 2])
        if tokens[idx + 1].type == "th_open":
            self._is_glossary = first == "our term"
            return "<tr>"
        return f'<tr id="{to_anchor(first)}">' if self._is_glossary else "<tr>"

    def fence(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Return a block of code with a button that copies it, which a script shows."""
        code = tokens[idx].content
        icon = ICON.format(to_public_path("/static/icons.svg"))
        return (
            '<div class="code-block"><pre tabindex="0"><code>'
            f'{escape(code)}</code></pre><button type="button" class="btn" hidden '
            'aria-label="Copy the code" '
            f'data-copy="{escape(strip_prompts(code))}">{icon}</button></div>'
        )

    def link_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Begin a link to another guide, a page of this site or another site."""
        href = self.resolve_link(str(tokens[idx].attrGet("href") or ""))
        outside = "" if href.startswith(("/", "#")) else ' rel="external noreferrer"'
        return f'<a href="{escape(href)}"{outside}>' if href else "<span>"

    def link_close(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """End a link."""
        opening = next(t for t in reversed(tokens[:idx]) if t.type == "link_open")
        return "</a>" if self.resolve_link(str(opening.attrGet("href") or "")) else "</span>"

    def image(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Return a picture beside the guides."""
        name = Path(str(tokens[idx].attrGet("src"))).stem
        src = to_public_path(f"/help/pictures/{name}.png")
        return f'<img src="{escape(src)}" alt="{escape(tokens[idx].content)}" loading="lazy">'

    def resolve_link(self, href: str) -> str:
        """Return where a link of a guide leads; "" for a file that the site does not show."""
        url = urlsplit(href)
        if url.netloc == LOCAL_SITE:
            return to_public_path(url._replace(scheme="", netloc="").geturl() or "/")
        if url.scheme or not url.path:
            return href
        target = find_help_page(Path(url.path).stem) if url.path.endswith(".md") else None
        if target is None or target.source.name != Path(url.path).name or "/../" in url.path:
            return ""
        return to_public_path(target.path) + (f"#{url.fragment}" if url.fragment else "")


def strip_prompts(code: str) -> str:
    """Return the commands of a console block without their prompts; other code as it is."""
    lines = [line.removeprefix("$ ") for line in code.splitlines() if line.startswith("$ ")]
    return "\n".join(lines) if lines else code.strip()
