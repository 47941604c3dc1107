"""What proxies say of the address that a client used."""

from contextlib import suppress
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from query_ui.http.forwarded_header import (
    ForwardedAddress,
    read_forwarded_address,
    remove_proxy_headers,
)

TRUSTED = (ip_network("192.0.2.0/24"),)


def read(**headers: str) -> ForwardedAddress:
    """Read the headers of a request from a trusted proxy."""
    return read_forwarded_address(
        {f"HTTP_{name.upper()}": value for name, value in headers.items()}, TRUSTED
    )


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, ("", "", "")),
        (
            {"forwarded": "for=198.51.100.1;proto=HTTPS;host=KG.example"},
            ("https", "kg.example", ""),
        ),
        (
            {"forwarded": 'For="[2001:db8::1]:80" ; Host="kg.example:8443"'},
            ("", "kg.example:8443", ""),
        ),
        ({"x_forwarded_proto": "https", "x_forwarded_host": "a"}, ("https", "a", "")),
        ({"x_forwarded_prefix": "/kg/"}, ("", "", "/kg")),
        ({"x_forwarded_prefix": "/a, /b/"}, ("", "", "/a/b")),
        ({"x_forwarded_prefix": "/"}, ("", "", "")),
        # Both say the same.
        ({"forwarded": "proto=https", "x_forwarded_proto": "https"}, ("https", "", "")),
    ],
)
def test_the_address_is_read(headers: dict[str, str], address: tuple[str, str, str]) -> None:
    assert read(**headers) == ForwardedAddress(*address)


def test_of_several_proxies_the_outermost_trusted_one_counts() -> None:
    client, outer = "for=198.51.100.1;host=evil.example", "for=203.0.113.5;host=kg.example"
    inner = "for=192.0.2.9;host=inner"
    # What the client wrote itself is before what the first trusted proxy added.
    assert read(forwarded=f"{client}, {outer}, {inner}").host == "kg.example"
    assert (
        read(
            x_forwarded_for="198.51.100.1, 203.0.113.5, 192.0.2.9",
            x_forwarded_host="evil.example, kg.example, inner",
        ).host
        == "kg.example"
    )


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"x_forwarded_proto": "gopher"}, "it is http or https"),
        ({"x_forwarded_prefix": "kg"}, "is not a path such as /kg"),
        ({"x_forwarded_prefix": "/../x"}, "is not a path such as /kg"),
        ({"x_forwarded_prefix": "//evil.example"}, "is not a path such as /kg"),
        ({"forwarded": "for=x;for=y"}, "cannot be read"),
        ({"forwarded": 'host="open'}, "cannot be read"),
        (
            {"forwarded": "proto=http", "x_forwarded_proto": "https"},
            "The proxy has to set or remove both",
        ),
    ],
)
def test_what_cannot_be_believed_is_refused(headers: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read(**headers)
    assert sentence in str(refused.value.description)


HEADERS = st.sampled_from(
    ["forwarded", "x_forwarded_for", "x_forwarded_proto", "x_forwarded_host", "x_forwarded_prefix"]
)
JUNK = st.text(st.sampled_from('for=host;proto,"\\ []:/.%aA1\t\x7fé'), max_size=60)


@given(st.dictionaries(HEADERS, JUNK))
def test_junk_is_read_or_refused(headers: dict[str, str]) -> None:
    with suppress(BadRequest):
        found = read(**headers)
        assert found.scheme in ("", "http", "https")
        assert found.prefix == "" or (found.prefix[0] == "/" and found.prefix[1] != "/")


def test_headers_of_proxies_are_removed_and_others_stay() -> None:
    environ = {"HTTP_FORWARDED": "a", "HTTP_X_FORWARDED_FOR": "b", "HTTP_X_REAL_IP": "c"}
    environ |= {"HTTP_ACCEPT": "d"}
    remove_proxy_headers(environ)
    assert environ == {"HTTP_ACCEPT": "d"}
