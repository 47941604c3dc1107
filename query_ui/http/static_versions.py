"""Versions in the addresses of static files, which browsers then keep without asking again.

https://www.rfc-editor.org/rfc/rfc8246
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app, request

from query_ui.http.style_sheet import FONT_FILES, STYLE_SHEET, join_style_sheets

VERSION_FIELD = "v"
_ENDPOINTS = ("static", "style_sheet.style_sheet")
_VERSION_LENGTH = 10


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Add the version of a static file to the values of its address.

    https://flask.palletsprojects.com/en/stable/api/#flask.Flask.url_defaults
    """
    if endpoint == "static" and VERSION_FIELD not in values:
        version = find_version(str(values.get("filename", "")))
        if version:
            values[VERSION_FIELD] = version


def is_versioned_request() -> bool:
    """Return whether the address of the request names the version of the static file there is."""
    if request.endpoint not in _ENDPOINTS or VERSION_FIELD not in request.args:
        return False
    name = (request.view_args or {}).get("filename", STYLE_SHEET)
    return request.args[VERSION_FIELD] == find_version(name)


def find_version(name: str) -> str:
    """Return a hash of the content of a static file; "" where there is no such file."""
    folder = Path(current_app.static_folder or "")
    try:
        if name == STYLE_SHEET:
            # Without the base path in its addresses, which does not change while the server runs.
            fonts = " ".join(font for font, _ in FONT_FILES if (folder / "bundle" / font).is_file())
            return _hash_content(f"{join_style_sheets(folder / 'css')}{fonts}".encode())
        path = folder / name
        status = path.stat()
        return _hash_file(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError):
        return ""


@lru_cache(maxsize=256)
def _hash_file(path: Path, _modified: int, _size: int) -> str:
    return _hash_content(path.read_bytes())


@lru_cache(maxsize=8)
def _hash_content(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_VERSION_LENGTH]
