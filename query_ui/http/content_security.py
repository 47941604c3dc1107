"""The pages that run scripts of ours: where the bundle is, and what a page may load.

A page may load a style sheet, pictures and small scripts of this site, which talk to this site
alone; the query page runs the bundle besides. No page runs a script that stands in it.
https://www.w3.org/TR/CSP3/
"""

from pathlib import Path

from flask import Response, current_app, render_template

PLAIN = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTED = PLAIN.replace("img-src 'self'", "img-src 'self' data:")
POLICY = "Content-Security-Policy"


def bundled() -> bool:
    """Whether the front end was bundled: without npm it is not, and pages do without."""
    return (Path(current_app.static_folder or "") / "bundle" / "editor.js").is_file()


def scripted_page(template: str, status: int = 200, **more: object) -> Response:
    """A page that runs the bundle, where there is one."""
    here = bundled()
    page = render_template(template, bundle=here, **more)
    response = Response(page, status, content_type="text/html; charset=utf-8")
    if here:
        response.headers[POLICY] = SCRIPTED
    return response
