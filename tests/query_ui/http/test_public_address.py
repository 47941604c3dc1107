"""The public address: which hosts are answered, and where the base path is added."""

from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from query_ui.http.public_address import (
    PublicAddress,
    PublicAddressMiddleware,
    get_base_path,
    parse_base_path,
    parse_host_name,
    parse_public_url,
    to_public_path,
)

PROXY = (ip_network("192.0.2.1/32"),)
FROM_PROXY = {"REMOTE_ADDR": "192.0.2.1"}


def site(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A site that answers with what it was told, and links and redirects to itself."""
    headers = [
        ("Content-Type", "text/plain"),
        ("Location", "/there"),
        ("Link", '</dataset>; rel="license", <https://other.example/x>; rel="next"'),
    ]
    start_response("200 OK", headers)
    told = (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ["SCRIPT_NAME"],
        environ["PATH_INFO"],
        to_public_path("/concepts"),
    )
    return [" ".join(told).encode()]


def ask(address: PublicAddress, path: str = "/x", **more: Any) -> TestResponse:
    """The response to a GET of Host ``a.example``, unless ``headers`` name another."""
    environ = {"REMOTE_ADDR": "198.51.100.7"} | more.pop("environ", {})
    headers = {"Host": "a.example"} | more.pop("headers", {})
    client = Client(PublicAddressMiddleware(site, site, address))
    return client.get(path, headers=headers, environ_overrides=environ, **more)


def test_without_options_nothing_changes() -> None:
    response = ask(PublicAddress())
    assert response.text == "http a.example  /x /concepts"
    assert response.headers["Location"] == "/there"


def test_the_public_url_counts_whatever_the_request_says() -> None:
    address = PublicAddress("https", "kg.example", "/kg")
    response = ask(address, "/kg/x")
    assert response.text == "https kg.example /kg /x /kg/concepts"
    assert response.headers["Location"] == "/kg/there"
    assert response.headers["Link"] == (
        '</kg/dataset>; rel="license", <https://other.example/x>; rel="next"'
    )
    # The base path ends with its request.
    assert get_base_path() == "" and to_public_path("/concepts") == "/concepts"


@pytest.mark.parametrize("path", ["/x", "/kgx", "/KG/x", "//kg/x"])
def test_outside_the_base_path_there_is_nothing(path: str) -> None:
    response = ask(PublicAddress("https", "kg.example", "/kg"), "http://a.example" + path)
    assert response.status_code == 404 and "https://kg.example/kg/" in response.text


def test_probes_answer_outside_the_base_path_and_its_end_is_a_redirect() -> None:
    address = PublicAddress(base_path="/kg")
    assert ask(address, "/health/live").status_code == 200
    assert ask(address, "/kg/health/live").status_code == 200
    response = ask(address, "/kg?q=1")
    assert (response.status_code, response.headers["Location"]) == (308, "/kg/?q=1")


def test_a_trusted_proxy_says_what_the_public_address_is() -> None:
    said = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "kg.example:8443",
        "X-Forwarded-Prefix": "/kg",
    }
    address = PublicAddress(trusted_proxies=PROXY)
    trusted = ask(address, headers=said, environ=FROM_PROXY)
    assert trusted.text == "https kg.example:8443 /kg /x /kg/concepts"
    standard = {"Forwarded": 'for=198.51.100.9;proto=https;host="kg.example"'}
    assert ask(address, headers=standard, environ=FROM_PROXY).text == (
        "https kg.example  /x /concepts"
    )
    # From anybody else it is ignored.
    assert ask(address, headers=said | standard).text == "http a.example  /x /concepts"


def test_a_proxy_that_removed_another_path_is_refused() -> None:
    address = PublicAddress(base_path="/kg", trusted_proxies=PROXY)
    response = ask(address, headers={"X-Forwarded-Prefix": "/other"}, environ=FROM_PROXY)
    assert response.status_code == 400 and "but the site is at /kg" in response.text
    assert ask(address, headers={"X-Forwarded-Prefix": "/kg"}, environ=FROM_PROXY).text == (
        "http a.example /kg /x /kg/concepts"
    )


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("localhost.", 200),
        ("[::1]:8000", 200),
        ("[0:0:0:0:0:0:0:1]", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("localhost:99999", 400),
        ("local host", 400),
        ("localhost@evil.example", 400),
        ("[::1", 400),
        ("..", 400),
        ("", 400),
    ],
)
def test_only_allowed_hosts_are_answered(host: str, status: int) -> None:
    address = PublicAddress(allowed_hosts=frozenset({"localhost", "[::1]"}))
    response = ask(address, headers={"Host": host}, environ={"SERVER_PROTOCOL": "HTTP/1.1"})
    assert response.status_code == status
    if host == "evil.example":
        assert "“evil.example”" in response.text and "--allowed-host" in response.text


def test_the_host_that_a_trusted_proxy_forwards_has_to_be_allowed() -> None:
    address = PublicAddress(allowed_hosts=frozenset({"kg.example"}), trusted_proxies=PROXY)
    for said, status in [("kg.example", 200), ("evil.example", 400)]:
        headers = {"Host": "127.0.0.1:8000", "X-Forwarded-Host": said}
        assert ask(address, headers=headers, environ=FROM_PROXY).status_code == status


@pytest.mark.parametrize(
    ("text", "path"),
    [("", ""), ("/", ""), ("/kg", "/kg"), ("/kg/", "/kg"), ("/a/b-c_d", "/a/b-c_d")],
)
def test_a_base_path_is_read(text: str, path: str) -> None:
    assert parse_base_path(text) == path


@pytest.mark.parametrize("text", ["kg", "/k g", "//kg", "/../kg", "/kg?x", "/k%67", "/kg/./x"])
def test_what_is_no_base_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a path such as /kg"):
        parse_base_path(text)


def test_a_public_url_is_read() -> None:
    assert parse_public_url("https://KG.example:8443/kg/") == ("https", "kg.example:8443", "/kg")
    for text in ("kg.example", "ftp://kg.example", "https://", "https://a/?x", "https://a/#x"):
        with pytest.raises(ValueError, match="is not an address"):
            parse_public_url(text)
    with pytest.raises(ValueError, match="is not the name of a host"):
        parse_public_url("https://user@kg.example/")


def test_the_name_of_a_host_has_one_form() -> None:
    assert parse_host_name("EXAMPLE.org:80") == "example.org"
    assert parse_host_name("[2001:DB8::0:1]:80") == "[2001:db8::1]"
