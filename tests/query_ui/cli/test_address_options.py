"""The options of ``serve`` for its public address."""

import pytest

from loader.errors import UsageError
from query_ui.cli.address_options import build_public_address
from query_ui.http.public_address import PublicAddress


def build(
    host: str = "127.0.0.1", path: str = "", url: str = "", allowed: tuple[str, ...] = ()
) -> PublicAddress:
    """The address for the options; no proxy is trusted."""
    return build_public_address(host, path, url, allowed, ())


def test_on_loopback_only_its_names_are_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    assert build().allowed_hosts == frozenset({"localhost", "127.0.0.1", "[::1]"})
    assert build("127.0.0.2").allowed_hosts == frozenset(
        {"localhost", "127.0.0.1", "[::1]", "127.0.0.2"}
    )
    assert capsys.readouterr().err == ""


def test_elsewhere_any_host_is_allowed_with_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert build("0.0.0.0").allowed_hosts is None
    assert "requests for any Host are answered" in capsys.readouterr().err
    assert build("0.0.0.0", allowed=("kg.example",)).allowed_hosts == frozenset({"kg.example"})
    public = build("0.0.0.0", url="https://kg.example/kg")
    assert public.allowed_hosts is not None and "kg.example" in public.allowed_hosts
    assert capsys.readouterr().err == ""


def test_the_public_url_has_scheme_host_and_path() -> None:
    address = build(url="https://kg.example:8443/kg/")
    assert (address.scheme, address.host, address.base_path) == (
        *("https", "kg.example:8443"),
        "/kg",
    )
    assert build(path="/kg", url="https://kg.example").base_path == "/kg"
    assert build(path="/kg/", url="https://kg.example/kg").base_path == "/kg"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"path": "kg"}, "--base-path: “kg” is not a path such as /kg"),
        ({"url": "kg.example"}, "--public-url: “kg.example” is not an address"),
        ({"path": "/a", "url": "https://kg.example/b"}, "they have to agree"),
        ({"allowed": ("a b",)}, "--allowed-host: “a b” is not the name of a host"),
        ({"allowed": ("kg.example:80",)}, "has a port; a name is allowed with any port"),
    ],
)
def test_what_cannot_be_is_refused_with_the_option(options: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        build(**options)  # type: ignore[arg-type]
    assert sentence in str(refused.value)


def test_an_ipv6_address_may_be_without_brackets() -> None:
    assert build(allowed=("2001:DB8::1",)).allowed_hosts == frozenset({"[2001:db8::1]"})
