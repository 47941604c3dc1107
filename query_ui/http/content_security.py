"""The pages that run scripts of ours: where the bundle is, and what a page may load.

A page may load a style sheet, pictures and small scripts of this site, which talk to this site
alone; the query page runs the bundle besides. No page runs a script that stands in it.
https://www.w3.org/TR/CSP3/
"""

from pathlib import Path

from flask import Response, current_app, render_template

DEFAULT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
BUNDLE_POLICY = DEFAULT_POLICY.replace("img-src 'self'", "img-src 'self' data:")
POLICY_HEADER = "Content-Security-Policy"


def has_bundle() -> bool:
    """Whether the front end was bundled: without npm it is not, and pages do without."""
    return (Path(current_app.static_folder or "") / "bundle" / "editor.js").is_file()


def render_scripted_page(template: str, status: int = 200, **context: object) -> Response:
    """A page that runs the bundle, where there is one."""
    here = has_bundle()
    page = render_template(template, bundle=here, **context)
    response = Response(page, status, content_type="text/html; charset=utf-8")
    if here:
        response.headers[POLICY_HEADER] = BUNDLE_POLICY
    return response
