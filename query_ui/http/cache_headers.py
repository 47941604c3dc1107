"""ETag and Cache-Control of the responses of the site, which depend on release and request alone.

https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3 and
https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from flask import Response, request

from query_ui.http.compression import negotiate_content_coding
from query_ui.http.embedding import get_embed
from query_ui.http.etag import build_etag, has_matching_etag
from query_ui.http.static_versions import is_versioned_request

REVALIDATE = "public, no-cache"
"""Anybody may keep the response, and asks before each use whether it is still the right one."""
IMMUTABLE = "public, max-age=31536000, immutable"
NOT_KEPT = "no-store"
STATE_KEY = "concordat_kg.state"
"""The key of the environment, and of the notes of the server, with the state of the site."""
_SOURCE_SUFFIXES = (".py", ".html", ".css", ".js", ".svg", ".md", ".rq", ".yaml")
_SAFE_METHODS = ("GET", "HEAD")


class CacheHeaders:
    """Sets the headers of responses, and responds 304 before a page is made.

    The environment has the state, which is what responses depend on besides the request, from
    before the release was pinned; None where that is not known. ``version`` identifies the program
    with its settings. Responses of ``volatile`` blueprints are never kept.
    """

    def __init__(self, version: str, volatile: Iterable[str]) -> None:
        self.version = version
        self._volatile = frozenset(volatile)

    def respond_unchanged(self) -> Response | None:
        """Return 304 where the client has the response already, else None."""
        known = request.headers.get("If-None-Match", "")
        if not known or not self._is_reusable():
            return None
        etag = self._compute_etag()
        if not has_matching_etag(known, etag):
            return None
        return Response(status=304, headers={"ETag": etag, "Cache-Control": REVALIDATE})

    def set_headers(self, response: Response) -> Response:
        """Set ETag and Cache-Control, unless the view has decided otherwise."""
        headers = response.headers
        if response.status_code >= 400:
            headers["Cache-Control"] = NOT_KEPT
        elif request.method not in _SAFE_METHODS:
            pass  # nobody keeps it, but a browser may go back to it, which no-store would prevent
        elif is_versioned_request():
            headers["Cache-Control"] = IMMUTABLE
        elif headers.get("Cache-Control", "no-cache") != "no-cache":
            pass  # the view has decided
        elif not self._is_reusable():
            headers["Cache-Control"] = NOT_KEPT
        elif "ETag" in headers or response.status_code != 200:
            headers["Cache-Control"] = REVALIDATE
        elif etag := self._compute_etag():
            headers["ETag"] = etag
            headers["Cache-Control"] = REVALIDATE
        else:
            headers["Cache-Control"] = NOT_KEPT
        return response

    def _is_reusable(self) -> bool:
        return request.method in _SAFE_METHODS and request.blueprint not in self._volatile

    def _compute_etag(self) -> str:
        state = request.environ.get(STATE_KEY)
        if state is None:
            return ""
        headers = request.headers
        return build_etag(
            *(self.version, repr(state), request.root_url, request.path),
            *(request.query_string.decode("latin-1"), headers.get("Accept", "")),
            negotiate_content_coding(headers.get("Accept-Encoding", "")),
            headers.get("Accept-Language", ""),
            repr(get_embed()),
        )


def compute_version(folders: Iterable[Path], settings: Iterable[str]) -> str:
    """Return a hash of all text files below folders and of settings, which pages are made from."""
    digest = hashlib.sha256("\0".join(settings).encode())
    for folder in map(str, folders):
        for parent, _, names in sorted(os.walk(folder)):
            if "bundle" in os.path.relpath(parent, folder).split(os.sep):
                continue
            for name in sorted(name for name in names if name.endswith(_SOURCE_SUFFIXES)):
                path = os.path.join(parent, name)
                digest.update(os.path.relpath(path, folder).encode())
                with open(path, "rb", buffering=0) as file:
                    digest.update(file.read())
    return digest.hexdigest()
