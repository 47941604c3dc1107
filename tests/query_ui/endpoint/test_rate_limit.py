"""How often a client may ask."""

import pytest
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import Client

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.rate_limit import Rate
from query_ui.engine import open_engine


class Clock:
    """Time that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    rate = Rate(6, clock)
    for _ in range(6):
        rate.check("192.0.2.1")
    with pytest.raises(TooManyRequests, match="More than 6 requests a minute") as caught:
        rate.check("192.0.2.1")
    assert caught.value.retry_after == 11
    rate.check("192.0.2.2")
    clock.now = 10.5
    rate.check("192.0.2.1")
    with pytest.raises(TooManyRequests):
        rate.check("192.0.2.1")
    clock.now = 1000
    for _ in range(6):
        rate.check("192.0.2.1")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", ""])
def test_this_machine_is_never_limited(address: str) -> None:
    rate = Rate(1, Clock())
    for _ in range(10):
        rate.check(address)
    rate.check("192.0.2.1")
    with pytest.raises(TooManyRequests):
        rate.check("192.0.2.1")


def test_no_more_clients_are_remembered_than_there_is_room_for() -> None:
    rate = Rate(1, Clock())
    for number in range(10_050):
        rate.check(f"198.51.{number // 250}.{number % 250}")
    assert len(rate._left) == 10_000


def test_who_asks_too_often_is_told_when_to_come_back(settings: Settings) -> None:
    client = Client(create_app(settings, open_engine(settings), rate=2))
    ask = {"path": "/sparql?query=ASK{}", "environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert [client.get(**ask).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get(**ask)
    assert int(refused.headers["Retry-After"]) in range(25, 32)
    assert refused.json is not None
    assert refused.json["title"] == "Too Many Requests"
