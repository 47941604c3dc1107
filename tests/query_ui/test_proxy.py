"""The site behind nginx, under a path of another site and with TLS: no link leaves the path."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from rdflib import Graph

from loader.settings import BASE
from query_ui.engine.result_formats import XLSX
from tests.conftest import PROJECT, Built
from tests.torture.server import run_server

GUIDE = (PROJECT / "docs" / "guides" / "proxy.md").read_text("utf-8")
ADDRESS = re.compile(r'\s(href|src|action|formaction|data-sparql)="([^"]*)"')
LINK_HEADER = re.compile(r"<([^>]*)>")
MOST_PAGES = 400
OWN_HOSTS = ("localhost", "127.0.0.1")
PATIENT_SECONDS = 120


def find_program(name: str, package: str) -> str:
    """The path of a program; the test is skipped where it is missing."""
    found = shutil.which(name) or shutil.which(f"/usr/sbin/{name}")
    if found is None:
        pytest.skip(f"no {name} on this machine (on Debian: apt-get install {package})")
    return found


def choose_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def make_certificate(folder: Path) -> None:
    """A certificate for localhost that nobody has signed."""
    subprocess.run(
        [
            *(find_program("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-days", "2", "-subj", "/CN=localhost"),
            *("-keyout", folder / "key.pem", "-out", folder / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )


def write_configuration(folder: Path, port: int, site_port: int) -> Path:
    """The configuration of nginx, whose locations are those of the guide."""
    found = re.search(r"```nginx\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    locations = found[1].replace("127.0.0.1:8000", f"127.0.0.1:{site_port}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in kinds)
    path = folder / "nginx.conf"
    path.write_text(
        f"""daemon off;
user root;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
{folders}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
{locations}
    }}
}}
""",
        "utf-8",
    )
    return path


class Site:
    """The site as the public reaches it."""

    def __init__(self, port: int) -> None:
        self.root = f"https://localhost:{port}/kg/"
        self._context = ssl.create_default_context()
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE

    def wait_until_ready(self, proxy: "subprocess.Popen[bytes]") -> None:
        """Return once the proxy answers."""
        until = time.monotonic() + PATIENT_SECONDS
        while proxy.poll() is None and time.monotonic() < until:
            try:
                self.get("health/live")
                return
            except URLError:
                time.sleep(0.1)
        raise AssertionError("nginx did not start")

    def get(self, address: str, accept: str = "text/html") -> tuple[int, dict[str, str], str]:
        """The status, headers and text of an address; redirects are followed."""
        request = Request(urljoin(self.root, address), headers={"Accept": accept})
        try:
            with urlopen(request, timeout=PATIENT_SECONDS, context=self._context) as response:
                assert response.url.startswith(self.root), f"{address} leads to {response.url}"
                body, is_book = response.read(), response.headers["Content-Type"] == XLSX.media_type
                # A workbook is no text, and its links are those of the page that offers it.
                return response.status, dict(response.headers), "" if is_book else body.decode()
        except HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read().decode()


@pytest.fixture(scope="module")
def proxied(tiny_built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The miniature, served behind nginx with the options of the guide."""
    nginx = find_program("nginx", "nginx-light")
    folder = tmp_path_factory.mktemp("nginx")
    make_certificate(folder)
    port = choose_port()
    public = ("--public-url", f"https://localhost:{port}/kg", "--trusted-proxy", "127.0.0.1")
    with run_server(tiny_built[0].out, *public, "--rate", "100000") as server:
        configuration = write_configuration(folder, port, server.port)
        with subprocess.Popen([nginx, "-c", configuration]) as proxy:
            site = Site(port)
            try:
                site.wait_until_ready(proxy)
                yield site
            finally:
                proxy.terminate()


def shape_of(address: str) -> str:
    """The kind of an address: its first folder, and the names of its parameters."""
    parts = urlsplit(address)
    names = sorted({field.partition("=")[0] for field in parts.query.split("&")})
    return "/".join(parts.path.split("/")[:3]) + "?" + "&".join(names)


def test_no_link_of_any_page_leaves_the_path(proxied: Site) -> None:
    waiting, seen = [proxied.root], {proxied.root}
    count_by_shape: dict[str, int] = {}
    visited = 0
    while waiting and visited < MOST_PAGES:
        page = waiting.pop(0)
        status, headers, text = proxied.get(page)
        visited += 1
        # The miniature lacks some concepts that examples of the saved queries name.
        lacks = status == 422 and page.startswith(f"{proxied.root}queries/")
        assert status == 200 or lacks, f"{page} is {status}"
        links = [("href", link) for link in LINK_HEADER.findall(headers.get("Link", ""))]
        if "html" in headers["Content-Type"]:
            links += [(name, link.replace("&amp;", "&")) for name, link in ADDRESS.findall(text)]
        for name, link in links:
            target = urldefrag(urljoin(page, link))[0]
            parts = urlsplit(target)
            if parts.scheme not in ("http", "https") or parts.hostname not in OWN_HOSTS:
                continue
            assert target.startswith(proxied.root), f"{page} links to {link}"
            shape = shape_of(target)
            # A form is sent by a person, and may need more than its address.
            if (
                not name.endswith("action")
                and target not in seen
                and count_by_shape.get(shape, 0) < 3
            ):
                count_by_shape[shape] = count_by_shape.get(shape, 0) + 1
                seen.add(target)
                waiting.append(target)
    assert visited > 100 and len(count_by_shape) > 40


def test_the_sitemap_and_the_robots_have_the_public_address(proxied: Site) -> None:
    _, _, robots = proxied.get("robots.txt", "*/*")
    assert f"Sitemap: {proxied.root}sitemap.xml" in robots
    assert not re.search(r"^(?:Dis)?allow: /(?!kg/)\S", robots, re.MULTILINE | re.IGNORECASE)
    _, _, text = proxied.get("sitemap.xml", "*/*")
    parts = [one.text or "" for one in ET.fromstring(text).iter() if one.tag.endswith("loc")]
    assert parts and all(part.startswith(proxied.root) for part in parts)
    _, _, text = proxied.get(parts[0], "*/*")
    places = [one.text or "" for one in ET.fromstring(text).iter() if one.tag.endswith("loc")]
    assert len(places) > 10 and all(place.startswith(proxied.root) for place in places)
    assert proxied.get(places[0])[0] == 200


def test_the_manifest_of_openrefine_says_https_and_the_path(proxied: Site) -> None:
    _, _, text = proxied.get("reconcile", "application/json")
    manifest = json.loads(text)
    assert manifest["identifierSpace"].startswith(BASE)
    addresses = re.findall(r'"(https?://(?:localhost|127\.0\.0\.1)[^"]*)"', text)
    assert len(addresses) >= 3 and all(one.startswith(proxied.root) for one in addresses)
    assert manifest["view"]["url"].startswith((proxied.root, BASE))
    found = proxied.get('reconcile?queries={"q0":{"query":"Example"}}'.replace('"', "%22"))
    assert "q0" in json.loads(found[2])


def test_openapi_and_the_descriptions_have_the_public_address(proxied: Site) -> None:
    _, _, text = proxied.get("openapi.json", "application/json")
    assert json.loads(text)["servers"] == [{"url": proxied.root.rstrip("/")}]
    for path in ("dataset", ".well-known/void.ttl"):
        _, _, text = proxied.get(path, "text/turtle")
        addresses = {str(o) for o in Graph().parse(data=text, format="turtle").objects()}
        own = [one for one in addresses if "localhost" in one or "127.0.0.1" in one]
        assert own and all(one.startswith(proxied.root) for one in own)
    _, _, text = proxied.get("sparql", "text/turtle")
    own = re.findall(r"<(https?://(?:localhost|127)[^>]*)>", text)
    assert own and all(one.startswith(proxied.root) for one in own)


def test_a_redirect_and_a_short_address_stay_under_the_path(proxied: Site) -> None:
    status, headers, text = proxied.get("case-studies.csv", "*/*")
    assert status == 200 and "text/csv" in headers["Content-Type"] and "id/case-study" in text
    context = ssl._create_unverified_context()
    request = Request(
        urljoin(proxied.root, "q"), data=b"query=ASK%7B%7D", headers={"Accept": "application/json"}
    )
    with urlopen(request, timeout=PATIENT_SECONDS, context=context) as response:
        assert response.headers.get("Location", proxied.root).startswith(("/kg/", proxied.root))
        short = re.search(r'https?://[^"\s]+|/kg/q/[^"\s]+', response.read().decode())
    assert short and urljoin(proxied.root, short[0]).startswith(proxied.root)
    assert proxied.get(short[0])[0] == 200


def test_what_a_visitor_forwards_counts_for_nothing(proxied: Site) -> None:
    said = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    said |= {"X-Forwarded-Prefix": "/evil", "Forwarded": "host=evil.example;proto=http"}
    request = Request(urljoin(proxied.root, "reconcile"), headers=said)
    context = ssl._create_unverified_context()
    with urlopen(request, timeout=PATIENT_SECONDS, context=context) as response:
        assert json.load(response)["view"]["url"].startswith(proxied.root)


def test_the_metrics_are_not_for_the_public(proxied: Site) -> None:
    assert proxied.get("metrics")[0] == 403
