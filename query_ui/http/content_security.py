"""Content security policies, and pages that run the script bundle.

A page may load style sheets, images, scripts and frames of this site only, and its scripts may
connect to this site only; the query page runs the bundle as well. No page runs an inline script.
https://www.w3.org/TR/CSP3/
"""

from pathlib import Path

from flask import Response, current_app, render_template

from query_ui.http.release_address import get_named_release

DEFAULT_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
BUNDLE_POLICY = DEFAULT_POLICY.replace("img-src 'self'", "img-src 'self' data:")
POLICY_HEADER = "Content-Security-Policy"


def has_bundle() -> bool:
    """Return whether the script bundle was built, which needs npm; pages also work without."""
    return (Path(current_app.static_folder or "") / "bundle" / "editor.js").is_file()


def render_scripted_page(template: str, status: int = 200, **context: object) -> Response:
    """Render a page that runs the script bundle where there is one; of a kept release, without."""
    # The scripts request other addresses, which are answered from the current release.
    here = has_bundle() and get_named_release() is None
    page = render_template(template, bundle=here, **context)
    response = Response(page, status, content_type="text/html; charset=utf-8")
    if here:
        response.headers[POLICY_HEADER] = BUNDLE_POLICY
    return response
