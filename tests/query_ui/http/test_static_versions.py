"""Addresses of static files name their version, and only then browsers need not ask again."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.http.static_versions import find_version
from tests.query_ui.conftest import BROWSER

IMMUTABLE = "public, max-age=31536000, immutable"


def test_each_static_file_of_a_page_is_there_and_kept_for_good(client: FlaskClient) -> None:
    page = client.get("/concepts/keywords", headers={"Accept": BROWSER}).text
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+\?[^"#]+)"', page))
    assert {address.partition("?")[0] for address in addresses} >= {
        "/static/site.css",
        "/static/tree.js",
        "/static/mark.svg",
    }
    for address in addresses:
        response = client.get(address, buffered=True)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, IMMUTABLE)


@pytest.mark.parametrize("version", ["", "?v=", "?v=0123456789", "?v=0123456789&v=x"])
@pytest.mark.parametrize("name", ["site.css", "tree.js"])
def test_another_version_or_none_is_asked_for_again(
    client: FlaskClient, name: str, version: str
) -> None:
    response = client.get(f"/static/{name}{version}", buffered=True)
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "public, no-cache")
    assert response.headers["ETag"]


def test_a_changed_file_has_another_version(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    with app.app_context():
        assert find_version("own.js") == ""
        (tmp_path / "own.js").write_text("export const a = 1;\n")
        first = find_version("own.js")
        (tmp_path / "own.js").write_text("export const a = 12;\n")
        assert len({first, find_version("own.js"), ""}) == 3


def test_a_missing_file_is_an_error_that_nobody_keeps(client: FlaskClient) -> None:
    response = client.get("/static/nothing.js?v=")
    assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")
