"""The cache of responses: what is the same request, what may be kept, and how much."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_ui.http.response_cache import (
    KEY_HEADERS,
    KeptResponse,
    ResponseCache,
    build_kept_response,
    build_request_key,
)
from tests.query_ui.http.asgi_client import Headers, build_scope

REUSABLE: Headers = [
    (b"content-type", b"text/html"),
    (b"etag", b'W/"1"'),
    (b"cache-control", b"public, no-cache"),
    (b"vary", b"Accept, Accept-Encoding"),
    (b"x-request-id", b"0123456789abcdef"),
]


def build_response(size: int) -> KeptResponse:
    """A response that takes so many bytes."""
    return KeptResponse([], [], b"", 'W/"1"', "/", "r1", size)


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-3"},
        {"Cache-Control": "no-cache"},
        {"Cache-Control": "no-store"},
        {"Content-Length": "4"},
        {"Transfer-Encoding": "chunked"},
        {"If-Match": '"1"'},
        {"If-Modified-Since": "Sun, 29 Nov 2026 00:00:00 GMT"},
    ],
)
def test_a_request_that_needs_a_response_of_its_own_has_no_key(headers: dict[str, str]) -> None:
    assert build_request_key(build_scope("/", headers)) is None
    assert build_request_key(build_scope("/")) is not None


def test_a_request_without_host_or_with_two_has_no_key() -> None:
    scope = build_scope("/")
    assert build_request_key(scope | {"headers": []}) is None
    assert build_request_key(scope | {"headers": scope["headers"] * 2}) is None


@pytest.mark.parametrize("name", [name.decode() for name in KEY_HEADERS])
def test_a_header_that_may_change_the_response_is_in_the_key(name: str) -> None:
    scope = build_scope("/")
    other = scope | {
        "headers": [pair for pair in scope["headers"] if pair[0] != name.encode()]
        + [(name.encode(), b"gzip")]
    }
    assert build_request_key(scope) != build_request_key(other)


CHANGES: list[dict[str, Any]] = [
    {"raw_path": b"/other"},
    {"query_string": b"a=1"},
    {"http_version": "1.0"},
    {"scheme": "https"},
]


@pytest.mark.parametrize("change", CHANGES)
def test_address_and_version_are_in_the_key(change: dict[str, Any]) -> None:
    assert build_request_key(build_scope("/")) != build_request_key(build_scope("/") | change)


def test_the_headers_of_one_client_say_nothing_to_another() -> None:
    scope = build_scope("/", {"X-Forwarded-Host": "elsewhere.example"})
    assert build_request_key(scope) != build_request_key(scope | {"client": ("127.0.0.2", 1)})


def test_headers_that_change_no_response_are_not_in_the_key() -> None:
    browser = build_scope("/", {"User-Agent": "a", "Cookie": "b", "X-Forwarded-For": "192.0.2.1"})
    assert build_request_key(browser) == build_request_key(build_scope("/"))


def test_codings_that_are_negotiated_alike_share_a_key() -> None:
    keys = {
        build_request_key(build_scope("/", {"Accept-Encoding": accepted}))
        for accepted in ("gzip", "gzip, deflate", "deflate, gzip;q=0.5", "br, gzip")
    }
    assert len(keys) == 1
    assert build_request_key(build_scope("/", {"Accept-Encoding": "zstd"})) not in keys


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"etag", None),
        (b"cache-control", b"no-cache"),
        (b"cache-control", b"no-store"),
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"Accept, User-Agent"),
        (b"vary", b"*"),
        (b"set-cookie", b"a=b"),
    ],
)
def test_only_what_its_headers_allow_is_kept(name: bytes, value: bytes | None) -> None:
    others = [pair for pair in REUSABLE if pair[0] != name]
    changed = others if value is None else [*others, (name, value)]
    assert build_kept_response(changed, b"body", "/", "r1", ()) is None


def test_a_kept_response_has_its_length_and_nothing_of_its_request() -> None:
    kept = build_kept_response(REUSABLE, b"body", "/", "r1", ())
    assert kept is not None
    assert (b"content-length", b"4") in kept.headers
    assert b"x-request-id" not in dict(kept.headers)
    assert set(dict(kept.not_modified_headers)) == {b"etag", b"cache-control", b"vary"}
    assert kept.size > len(b"body") + sum(len(n) + len(v) for n, v in REUSABLE[:-1])


def test_another_state_empties_the_cache() -> None:
    cache = ResponseCache(8000)
    cache.find("r1", ("/",))
    cache.keep("r1", ("/",), build_response(100))
    assert cache.find("r1", ("/",)) is not None
    assert cache.find("r2", ("/",)) is None
    assert (len(cache), cache.size) == (0, 0)
    cache.keep("r1", ("/",), build_response(100))  # begun before the switch
    assert len(cache) == 0
    assert (cache.hits, cache.misses) == (1, 2)


@given(sizes=st.lists(st.integers(1, 3000), max_size=60))
def test_the_cache_never_takes_more_than_its_limit(sizes: list[int]) -> None:
    cache = ResponseCache(8000)
    cache.find("r1", ("",))
    for number, size in enumerate(sizes):
        cache.keep("r1", (str(number),), build_response(size))
        assert cache.size <= 8000
        is_kept = cache.find("r1", (str(number),)) is not None
        assert is_kept == (size <= cache.max_response_bytes)


def test_the_response_used_least_recently_goes_first() -> None:
    cache = ResponseCache(800)
    cache.find("r1", ("",))
    for number in range(8):
        cache.keep("r1", (str(number),), build_response(100))
    cache.find("r1", ("0",))
    cache.keep("r1", ("new",), build_response(100))
    assert cache.find("r1", ("0",)) is not None
    assert cache.find("r1", ("1",)) is None
