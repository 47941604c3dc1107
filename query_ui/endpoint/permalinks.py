"""Permalinks: the store of query texts, and the views that create links and redirect from them."""

import errno
import hashlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from werkzeug.exceptions import (
    BadRequest,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
)

from query_ui.http.public_address import to_public_path
from query_ui.http.request_limits import DEFAULT_LIMITS
from query_ui.http.same_site import check_same_site

MIN_SHORT_LENGTH = 10
"""Hexadecimal digits of an identifier: 40 bits, more where two hashes begin alike."""
MAX_TEXT_CHARACTERS = 32 * 1024

_DAY_SECONDS = 86_400.0
_HOUR_SECONDS = 3_600.0
_SHORT_ID = re.compile(rf"[0-9a-f]{{{MIN_SHORT_LENGTH},64}}")


class PermalinkStore:
    """The permalinks in one folder, a small file for each; thread-safe.

    A file's time says when its permalink was last made or followed. At most ``max_entries`` are
    kept, each for ``max_days`` after that time; where there are more, the oldest go. ``clock``
    returns seconds since 1970.
    """

    def __init__(
        self,
        folder: Path,
        max_entries: int = DEFAULT_LIMITS.max_permalinks,
        max_days: float = DEFAULT_LIMITS.max_permalink_days,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self.max_entries = max_entries
        self._max_seconds = max_days * _DAY_SECONDS
        self._clock = clock
        self._lock = threading.Lock()
        self._count: int | None = None

    def store_text(self, text: str) -> str:
        """Store a text and return its identifier; raise OSError if the folder cannot be written."""
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        with self._lock:
            for length in range(MIN_SHORT_LENGTH, len(digest) + 1):
                short = digest[:length]
                if self.find_text(short) == text or self._write_entry(short, text):
                    return short
        raise OSError(errno.EEXIST, "every beginning of the hash is taken")

    def find_text(self, short_id: str) -> str | None:
        """Return the text of an identifier, or None if there is none or it is too old."""
        if not _SHORT_ID.fullmatch(short_id):
            return None
        path = self.folder / short_id
        with suppress(FileNotFoundError):
            text, age = path.read_text("utf-8"), self._clock() - path.stat().st_mtime
            if age > self._max_seconds:
                return None
            # Once a day is enough, and spares the disk.
            if age > _DAY_SECONDS:
                os.utime(path, (self._clock(), self._clock()))
            return text
        return None

    def _write_entry(self, short_id: str, text: str) -> bool:
        """Write the text under that identifier; return False if another text has it.

        Linking a complete temporary file is atomic and never replaces an existing one.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._count is None or self._count >= self.max_entries:
            self._count = self._evict_entries()
        with tempfile.NamedTemporaryFile("wb", dir=self.folder, prefix=".") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.utime(file.name, (self._clock(), self._clock()))
            try:
                os.link(file.name, self.folder / short_id)
            except FileExistsError:
                return self.find_text(short_id) == text
        os.chmod(self.folder / short_id, 0o644)
        self._count += 1
        return True

    def _evict_entries(self) -> int:
        """Remove what is too old, and the oldest where it is full; return how many are left.

        A twentieth goes at once, so that a full folder is not read at every new permalink.
        """
        with os.scandir(self.folder) as entries:
            times = sorted((entry.stat().st_mtime, entry.name) for entry in entries)
        oldest = self._clock() - self._max_seconds
        kept = [name for modified, name in times if modified >= oldest and name[0] != "."]
        left = self.max_entries - max(1, self.max_entries // 20)
        fresh = kept if len(kept) < self.max_entries else kept[len(kept) - left :]
        # A temporary file is left behind only by a process that was killed while it wrote one.
        hour_ago, remaining = self._clock() - _HOUR_SECONDS, set(fresh)
        for modified, name in times:
            if name not in remaining and (name[0] != "." or modified < hour_ago):
                (self.folder / name).unlink(missing_ok=True)
        return len(fresh)


blueprint = Blueprint("permalinks", __name__, url_prefix="/q")

PERMALINKS_EXTENSION = "concordat-kg-permalinks"
QUERY_FIELDS = ("query", "default-graph-uri", "named-graph-uri", "release")


@blueprint.post("", endpoint="made")
def create_permalink() -> Response:
    """Create a permalink for the query and dataset of a form; the same query has the same one."""
    check_same_site("a short address")
    pairs = [
        (name, value) for name in QUERY_FIELDS for value in request.form.getlist(name) if value
    ]
    queries = [value.replace("\r\n", "\n") for name, value in pairs if name == "query"]
    if len(queries) != 1:
        raise BadRequest(f"Send one query to get its short address: here are {len(queries)}.")
    text = urlencode([("query", queries[0]), *pairs[1:]])
    if len(text) > MAX_TEXT_CHARACTERS:
        raise RequestEntityTooLarge(
            f"The query takes {len(text):,} characters of an address; a short address keeps up to "
            f"{MAX_TEXT_CHARACTERS:,}. Save it as a file instead."
        )
    return build_permalink_response(f"/q/{store_permalink(text)}")


@blueprint.get("/<short>", endpoint="followed")
def follow_permalink(short: str) -> Response:
    """Redirect from a permalink to its query and result."""
    text = current_permalink_store().find_text(short)
    if text is None:
        raise NotFound(
            f"No query has the short address {to_public_path(f'/q/{short}')}. Was it copied whole?"
        )
    return cast(Response, redirect(f"/sparql?{text}", 303))


def store_permalink(text: str) -> str:
    """Store the fields of a query, URL-encoded, and return the identifier of the permalink.

    Raise ServiceUnavailable if it cannot be written.
    """
    try:
        return current_permalink_store().store_text(text)
    except OSError as error:
        raise ServiceUnavailable(
            f"No short address could be made: {error.strerror}. The long address of the query "
            "works as it is."
        ) from error


def current_permalink_store() -> PermalinkStore:
    """Return the permalink store of the current application."""
    return cast(PermalinkStore, current_app.extensions[PERMALINKS_EXTENSION])


def build_permalink_response(path: str) -> Response:
    """Build the response 201 with the path, as JSON or as a page with a link to copy."""
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        address = request.root_url.rstrip("/") + path
        response = Response(render_template("permalink.html", address=address, path=path))
    else:
        response = jsonify({"path": to_public_path(path)})
    response.status_code = 201
    response.headers["Location"] = path
    return response
