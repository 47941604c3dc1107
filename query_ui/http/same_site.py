"""The check that a form which writes something was sent by a page of this site."""

from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import Forbidden


def check_same_site(what: str) -> None:
    """Raise Forbidden for a request that a page of another site makes its visitors send.

    ``what`` says in the message what such a page asked for. Browsers say where a request is from
    in ``Sec-Fetch-Site``, or over plain HTTP in ``Origin``; other programs send neither.
    https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    if site:
        is_own = site in ("same-origin", "none")
    else:
        is_own = not origin or urlsplit(origin).netloc == request.host
    if not is_own:
        raise Forbidden(f"A page of another site asked for {what}: ask on a page of this site.")
