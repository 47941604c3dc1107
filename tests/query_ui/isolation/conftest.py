"""Canaries for a server to leave alone, and somebody who asks it."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.query_ui.isolation.canaries import Canary, Watch, canary
from tests.query_ui.isolation.queries import Bait

FORM = "application/x-www-form-urlencoded"
HTML = "text/html"


@pytest.fixture(scope="module")
def bird() -> Iterator[Canary]:
    """An endpoint that nobody may call."""
    with canary() as bird:
        yield bird


@pytest.fixture(scope="module")
def bait(bird: Canary, tmp_path_factory: pytest.TempPathFactory) -> Bait:
    """Where a hostile query would like to go."""
    secret = tmp_path_factory.mktemp("secret") / "secret.nt"
    secret.write_text("<urn:x:s> <urn:x:p> 'a secret' .\n", encoding="utf-8")
    return Bait(bird.address, secret)


@pytest.fixture
def untouched(bird: Canary, bait: Bait) -> Iterator[None]:
    """Hold the test to it that nobody calls the canary or opens the file."""
    watch = Watch(bait.file)
    before = len(bird.contacts)
    yield
    opened = watch.opened()
    watch.close()
    assert (bird.contacts[before:], opened) == ([], 0)


def send(
    port: int, fields: list[tuple[str, str]], path: str = "/sparql", accept: str = "*/*"
) -> tuple[int, str]:
    """The status and the body for a posted form."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {"Content-Type": FORM, "Accept": accept}
    connection.request("POST", path, urlencode(fields), headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body
