"""The style sheet: one answer from files by component, small, and with the bundled typeface."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from query_ui.http.style_sheet import FONT_FILES, describe_typeface

CSS = Path(__file__).parents[3] / "query_ui" / "static" / "css"


def test_style_sheet_begins_with_tokens_and_ends_with_print(client: FlaskClient) -> None:
    response = client.get("/static/site.css")
    assert (response.status_code, response.mimetype) == (200, "text/css")
    order = [response.text.index(f":{rule}") for rule in ("root {", "focus-visible {")]
    assert order == sorted(order)
    assert response.text.rindex("@media print") > response.text.rindex("@media (max-width:48rem)")


def test_style_sheet_has_at_most_30_kB(client: FlaskClient) -> None:
    assert len(client.get("/static/site.css").data) <= 30_000


def test_style_sheet_is_sent_once(client: FlaskClient) -> None:
    tag = client.get("/static/site.css").headers["ETag"]
    assert client.get("/static/site.css", headers={"If-None-Match": tag}).status_code == 304


def test_colours_are_tokens() -> None:
    for path in CSS.glob("*.css"):
        if path.stem not in ("tokens", "print"):
            assert "#" not in path.read_text("utf-8").replace("#filters", ""), path.name


@pytest.mark.parametrize("is_bundled", [True, False])
def test_typeface_is_named_where_it_was_bundled(
    client: FlaskClient, tmp_path: Path, is_bundled: bool
) -> None:
    if is_bundled:
        (tmp_path / "bundle").mkdir()
        (tmp_path / "bundle" / FONT_FILES[0][0]).touch()
    with client.application.test_request_context():
        text = describe_typeface(tmp_path)
    assert ("font-family: Hanken" in text) == is_bundled
    assert text.count("@font-face") == is_bundled
