"""Who a client is: by the connection, and behind a trusted proxy by what that proxy says."""

import pytest

from query_ui.http.client_address import find_client_name, is_loopback_host, parse_networks

PROXIES = parse_networks(["10.0.0.0/8", "192.0.2.200", "2001:db8:ffff::1"])


@pytest.mark.parametrize(
    ("environ", "client"),
    [
        ({"REMOTE_ADDR": "198.51.100.7"}, "198.51.100.7"),
        ({"REMOTE_ADDR": "198.51.100.7", "HTTP_FORWARDED": "for=1.2.3.4"}, "198.51.100.7"),
        ({"REMOTE_ADDR": "198.51.100.7", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}, "198.51.100.7"),
        ({"REMOTE_ADDR": "10.0.0.1"}, "10.0.0.1"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7"}, "192.0.2.7"),
        (
            {"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": "For=192.0.2.7:80;proto=https"},
            "192.0.2.7",
        ),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": "by=x; for=192.0.2.7"}, "192.0.2.7"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": "for=9.9.9.9, for=192.0.2.7"}, "192.0.2.7"),
        (
            {"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7, for=10.9.9.9"},
            "192.0.2.7",
        ),
        (
            {"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": 'for="[2001:db8:1:2:3::4]:80"'},
            "2001:db8:1:2::/64",
        ),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": "for=_hidden"}, "_hidden"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": "proto=https"}, "10.0.0.1"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "9.9.9.9, 192.0.2.7"}, "192.0.2.7"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "10.1.1.1"}, "10.1.1.1"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "10.1.1.1, 10.2.2.2"}, "10.1.1.1"),
        (
            {
                "REMOTE_ADDR": "10.0.0.1",
                "HTTP_FORWARDED": "for=9.9.9.9",
                "HTTP_X_FORWARDED_FOR": "192.0.2.7",
            },
            "10.0.0.1",
        ),
        ({"REMOTE_ADDR": "::ffff:198.51.100.7"}, "198.51.100.7"),
        ({"REMOTE_ADDR": "2001:db8::1"}, "2001:db8::/64"),
        ({"REMOTE_ADDR": "2001:db8:0:0:ffff::1"}, "2001:db8::/64"),
        ({"REMOTE_ADDR": ""}, ""),
        ({}, ""),
    ],
)
def test_client_is_the_last_address_that_is_not_trusted(
    environ: dict[str, str], client: str
) -> None:
    assert find_client_name(environ, PROXIES) == client


@pytest.mark.parametrize("header", [",", ";;", "for=", 'for="', "for=,for=", "=" * 5000, "\xff"])
def test_no_header_is_a_fault(header: str) -> None:
    name = find_client_name({"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": header}, PROXIES)
    assert len(name) <= 64


def test_loopback_is_known_by_address_and_name() -> None:
    assert all(map(is_loopback_host, ["127.0.0.1", "127.9.9.9", "::1", "localhost", "Localhost"]))
    assert not any(map(is_loopback_host, ["0.0.0.0", "::", "192.0.2.1", "example.org", ""]))


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        parse_networks(["proxy.example.org"])
