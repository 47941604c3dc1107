"""The style sheet of the site: the files of ``static/css`` as one, in the order of the cascade.

https://www.w3.org/TR/css-cascade-5/#cascade-order
"""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, request, url_for

blueprint = Blueprint("style_sheet", __name__)

FIRST = ("tokens", "base", "layout", "navigation", "controls", "cards", "tables", "charts")
STYLE_SHEET = "site.css"
"""The name below the address of static files."""
LAST = ("phone", "print")
FONT_FILES = (
    ("hanken-grotesk-latin-wght-normal.woff2", ""),
    (
        "hanken-grotesk-latin-ext-wght-normal.woff2",
        "; unicode-range: U+106-10D, U+141-142, U+160-161, U+174-177, U+17D-17E",
    ),
)
"""The files of the typeface, which npm installs, with the characters of the second one."""


@blueprint.get("/static/site.css")
def style_sheet() -> Response:
    """Return the style sheet, which browsers keep until it changes."""
    static = Path(current_app.static_folder or "")
    text = describe_typeface(static) + join_style_sheets(static / "css")
    response = Response(text, mimetype="text/css")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/static/theme-<any('light', 'dark'):name>.css")
def theme(name: str) -> Response:
    """Return the colours of one theme, whatever the reader's device prefers."""
    static = Path(current_app.static_folder or "")
    response = Response(build_theme(static / "css" / "tokens.css", name), mimetype="text/css")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def build_theme(tokens: Path, name: str) -> str:
    """Return the rules of a theme from the tokens, where dark is within a media query.

    https://www.w3.org/TR/mediaqueries-5/#prefers-color-scheme
    """
    light, _, rest = tokens.read_text("utf-8").partition("@media (prefers-color-scheme: dark) {")
    rules = rest[: rest.index("}\n}") + 1] if name == "dark" else light
    return f"{rules}\n:root {{ color-scheme: {name} }}\n"


def describe_typeface(static: Path) -> str:
    """Return the font faces that were bundled; "" where npm has not run, and system fonts serve.

    https://www.w3.org/TR/css-fonts-4/#font-face-rule
    """
    return "".join(
        f'@font-face {{ font-family: Hanken; font-weight: 400 700; font-display: swap; src: url("'
        f'{url_for("static", filename=f"bundle/{name}")}") format("woff2"){characters} }}\n'
        for name, characters in FONT_FILES
        if (static / "bundle" / name).is_file()
    )


@cache
def join_style_sheets(folder: Path) -> str:
    """Return the style sheets of a folder as one: the general ones, those of pages, the media."""
    between = sorted({path.stem for path in folder.glob("*.css")} - {*FIRST, *LAST})
    return "".join(
        (folder / f"{name}.css").read_text("utf-8") for name in (*FIRST, *between, *LAST)
    )
