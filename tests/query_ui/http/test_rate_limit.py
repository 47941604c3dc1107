"""The rate of a client is counted in seconds of work, over all expensive routes."""

from typing import Any

import pytest
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import Client

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.cli.limits import build_rate_limiter
from query_ui.engine import open_engine
from query_ui.engine.worker_time import add_worker_seconds
from query_ui.http.rate_limit import WorkRateLimiter, WorkRateMiddleware
from query_ui.http.request_limits import RequestLimits

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Clock:
    """Time that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def build_limiter(clock: Clock, at_once: float = 10, per_minute: float = 6) -> WorkRateLimiter:
    limits = RequestLimits(work_seconds_per_minute=per_minute, work_seconds_at_once=at_once)
    return WorkRateLimiter(limits, clock=clock)


def test_work_is_used_up_and_refills() -> None:
    clock = Clock()
    limiter = build_limiter(clock)
    limiter.admit("a")
    limiter.charge("a", 9)
    limiter.admit("a")
    limiter.charge("a", 2)
    with pytest.raises(TooManyRequests, match="more than 6 seconds of work a minute") as caught:
        limiter.admit("a")
    assert caught.value.retry_after == 10
    limiter.admit("b")
    clock.now = 10.5
    limiter.admit("a")
    clock.now = 1000
    limiter.charge("a", 9.5)
    limiter.admit("a")


def test_debt_has_a_bound() -> None:
    clock = Clock()
    limiter = build_limiter(clock)
    limiter.charge("a", 1_000_000)
    with pytest.raises(TooManyRequests) as caught:
        limiter.admit("a")
    assert caught.value.retry_after == 100
    clock.now = 99.5
    with pytest.raises(TooManyRequests) as caught:
        limiter.admit("a")
    assert caught.value.retry_after == 1
    clock.now = 100.5
    limiter.admit("a")


def test_no_more_clients_are_remembered_than_there_is_room_for() -> None:
    limiter = build_limiter(Clock())
    for number in range(10_050):
        limiter.charge(str(number), 1)
    assert len(limiter._balance_by_client) == 10_000
    assert "0" not in limiter._balance_by_client


def test_time_of_worker_processes_counts() -> None:
    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        add_worker_seconds(25)
        start_response("200 OK", [])
        return [b"ok"]

    limiter = build_limiter(Clock(), at_once=20)
    client = Client(WorkRateMiddleware(answer, answer, limiter))
    assert [client.get("/sparql").status_code for _ in range(2)] == [200, 429]
    assert client.get("/").status_code == 200


def test_failed_request_counts_too() -> None:
    def fail(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        add_worker_seconds(25)
        raise ZeroDivisionError

    limiter = build_limiter(Clock(), at_once=20)
    client = Client(WorkRateMiddleware(fail, fail, limiter))
    with pytest.raises(ZeroDivisionError):
        client.get("/sparql")
    assert client.get("/sparql").status_code == 429


@pytest.fixture(scope="module")
def client(settings: Settings) -> Client:
    """A site on which a client has a tenth of a second of work. Each test is another client."""
    limits = RequestLimits(work_seconds_per_minute=0.06, work_seconds_at_once=0.1)
    limiter = WorkRateLimiter(limits, clock=Clock())
    return Client(create_app(settings, open_engine(settings), rate_limiter=limiter))


def use_up(client: Client, **far: Any) -> None:
    for _ in range(20):
        if client.get("/sparql?query=ASK{}", **far).status_code == 429:
            return
    raise AssertionError("the work is never used up")


@pytest.mark.parametrize(
    "path",
    [
        *("/sparql?query=ASK{}", "/queries/by-keyword", "/reconcile?query=a", "/lookup?id=a"),
        *("/search?q=a", "/coverage", "/case-studies.csv", "/link", "/reconcile/suggest/type"),
    ],
)
def test_one_whose_work_is_used_up_gets_no_expensive_page(
    client: Client, path: str, request: pytest.FixtureRequest
) -> None:
    number = request.node.callspec.indices["path"]
    far = {"environ_overrides": {"REMOTE_ADDR": f"192.0.2.{number}"}}
    use_up(client, **far)
    refused = client.get(path, **far)
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert refused.json is not None
    assert "Try again in" in refused.json["detail"]
    assert int(refused.headers["Retry-After"]) >= 1
    page = client.get(path, headers={"Accept": BROWSER}, **far)
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert "Try again in" in page.text
    assert client.options("/sparql", **far).status_code == 204
    for free in ("/", "/health/live", "/concepts", "/concepts/keywords/training", "/metrics"):
        assert client.get(free, **far).status_code == 200, free
    other = {"environ_overrides": {"REMOTE_ADDR": f"198.51.100.{number}"}}
    assert client.get(path, **other).status_code != 429


def test_this_machine_is_limited_like_any_other(client: Client) -> None:
    use_up(client, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})


def test_a_short_address_counts_as_a_second(client: Client) -> None:
    far = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    form = {"query": "ASK {}"}
    assert [client.post("/q", data=form, **far).status_code for _ in range(2)] == [201, 429]


@pytest.mark.parametrize(
    ("host", "proxies", "is_limited"),
    [
        ("127.0.0.1", (), False),
        ("::1", (), False),
        ("localhost", (), False),
        ("127.0.0.1", ("10.0.0.1",), True),
        ("0.0.0.0", (), True),
        ("::", (), True),
        ("192.0.2.1", (), True),
        ("example.org", (), True),
    ],
)
def test_rate_is_off_only_on_this_machine_and_without_proxy(
    host: str, proxies: tuple[str, ...], is_limited: bool
) -> None:
    limiter = build_rate_limiter(host, 20, proxies)
    assert (limiter is not None) == is_limited


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_rate_is_a_number_above_zero(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"a number of seconds above 0, not .+\.$"):
        build_limiter(Clock(), per_minute=seconds)
    with pytest.raises(ValueError, match="above 0"):
        build_limiter(Clock(), at_once=seconds)
