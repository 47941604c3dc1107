"""Pages on their way: smaller where that is liked, and the same."""

import gzip

import pytest
import zstandard
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER

PATHS = ("/", "/concepts/keywords", "/openapi.json", "/static/site.css", "/sparql")


def unpacked(data: bytes, way: str) -> bytes:
    if way == "gzip":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("way", ["gzip", "zstd"])
def test_a_smaller_page_is_the_same_page(client: FlaskClient, path: str, way: str) -> None:
    with client.get(path, headers={"Accept": BROWSER}) as whole:
        plain = whole.data
    with client.get(path, headers={"Accept": BROWSER, "Accept-Encoding": way}) as small:
        assert small.headers["Content-Encoding"] == way
        assert "Accept-Encoding" in small.headers["Vary"]
        assert int(small.headers["Content-Length"]) == len(small.data) < len(plain) / 1.5
        assert unpacked(small.data, way) == plain


def test_nobody_gets_what_they_do_not_accept(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept": BROWSER})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_what_is_kept_is_not_sent_again(client: FlaskClient) -> None:
    coded = {"Accept-Encoding": "gzip"}
    for path in ("/static/site.css", "/openapi.json"):
        with client.get(path, headers=coded) as first:
            tag = first.headers["ETag"]
        with client.get(path, headers=coded | {"If-None-Match": tag}) as again:
            assert (again.status_code, again.data) == (304, b"")
        assert tag.startswith("W/")


def test_small_and_missing_pages_are_sent_as_they_are(client: FlaskClient) -> None:
    for path in ("/health/live", "/nowhere"):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers


def test_head_says_what_get_says(client: FlaskClient) -> None:
    coded = {"Accept": BROWSER, "Accept-Encoding": "gzip"}
    head, get = client.head("/", headers=coded), client.get("/", headers=coded)
    assert head.data == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.headers["Content-Encoding"] == "gzip"
