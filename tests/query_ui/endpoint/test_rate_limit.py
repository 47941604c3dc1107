"""How often a client may ask."""

import pytest
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import Client

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.rate_limit import RateLimiter
from query_ui.engine import open_engine


class Clock:
    """Time that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    rate = RateLimiter(6, clock)
    for _ in range(6):
        rate.count_request("192.0.2.1")
    with pytest.raises(TooManyRequests, match="More than 6 requests a minute") as caught:
        rate.count_request("192.0.2.1")
    assert caught.value.retry_after == 11
    rate.count_request("192.0.2.2")
    clock.now = 10.5
    rate.count_request("192.0.2.1")
    with pytest.raises(TooManyRequests):
        rate.count_request("192.0.2.1")
    clock.now = 1000
    for _ in range(6):
        rate.count_request("192.0.2.1")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", ""])
def test_this_machine_is_never_limited(address: str) -> None:
    rate = RateLimiter(1, Clock())
    for _ in range(10):
        rate.count_request(address)
    rate.count_request("192.0.2.1")
    with pytest.raises(TooManyRequests):
        rate.count_request("192.0.2.1")


def test_no_more_clients_are_remembered_than_there_is_room_for() -> None:
    rate = RateLimiter(1, Clock())
    for number in range(10_050):
        rate.count_request(f"198.51.{number // 250}.{number % 250}")
    assert len(rate._bucket_by_address) == 10_000


def test_who_asks_too_often_is_told_when_to_come_back(settings: Settings) -> None:
    client = Client(create_app(settings, open_engine(settings), requests_per_minute=2))
    ask = {"path": "/sparql?query=ASK{}", "environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert [client.get(**ask).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get(**ask)
    assert int(refused.headers["Retry-After"]) in range(25, 32)
    assert refused.json is not None
    assert refused.json["title"] == "Too Many Requests"
