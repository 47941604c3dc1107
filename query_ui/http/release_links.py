"""Links of a response that is given from a kept release, so that they lead to the same release.

Templates write addresses of the site without a release; a form that a browser sends by GET replaces
the query string of its address, so it gets a hidden field.
"""

import re

from flask import Response

from query_ui.http.public_address import get_base_path
from query_ui.http.release_address import (
    RELEASE_FIELD,
    can_name_release,
    get_named_release,
    keep_release,
)

_ADDRESS = re.compile(r'(\s(?:href|formaction|data-sparql)=")(/(?!/)[^"]*)')
_FORM = re.compile(r'<form\b[^>]*?\saction="(/(?!/)[^"]*)"[^>]*>')
_POSTS = re.compile(r'\smethod="post"', re.IGNORECASE)
_LINK_TARGET = re.compile(r"(<)(/(?!/)[^>]*)")


def keep_release_in_links(response: Response) -> Response:
    """Add the release that the request names to the links and forms of a page, and to its headers.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-algorithm
    """
    named = get_named_release()
    if named is None:
        return response
    if "Location" in response.headers:
        response.headers["Location"] = _keep(response.headers["Location"])
    if links := response.headers.getlist("Link"):
        response.headers.setlist("Link", [_LINK_TARGET.sub(_keep_match, one) for one in links])
    if response.mimetype == "text/html" and not response.is_streamed:
        field = f'<input type="hidden" name="{RELEASE_FIELD}" value="{named.short_name}">'
        text = _ADDRESS.sub(_keep_match, response.get_data(as_text=True))
        response.set_data(_FORM.sub(lambda form: _add_field(form, field), text))
    return response


def _keep_match(match: re.Match[str]) -> str:
    return f"{match[1]}{_keep(match[2])}"


def _keep(address: str) -> str:
    """Return an address with the release; a base path at its beginning stays."""
    base_path = get_base_path()
    if not address.startswith(f"{base_path}/"):
        return address
    return f"{base_path}{keep_release(address[len(base_path) :])}"


def _add_field(form: re.Match[str], field: str) -> str:
    path = form[1].removeprefix(get_base_path()).partition("?")[0]
    is_read = can_name_release(path) and not _POSTS.search(form[0])
    return f"{form[0]}{field}" if is_read else form[0]
