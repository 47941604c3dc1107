"""The circuit breaker: when it opens, what it lets through, and when it closes."""

import pytest

from loader.errors import ServerBusy
from query_ui.engine.circuit_breaker import CircuitBreaker


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_failures_in_a_row_and_says_for_how_long() -> None:
    breaker = CircuitBreaker(2, 10.0, clock := Clock())
    breaker.record_failure()
    breaker.record_success()
    breaker.record_failure()
    breaker.check()
    breaker.record_failure()
    clock.now += 3.5
    with pytest.raises(ServerBusy, match="failed 2 times in a row") as caught:
        breaker.check()
    assert caught.value.retry == 7


def test_one_trial_decides_whether_it_closes() -> None:
    breaker = CircuitBreaker(1, 10.0, clock := Clock())
    breaker.record_failure()
    clock.now += 10
    breaker.check()
    with pytest.raises(ServerBusy):
        breaker.check()
    breaker.record_failure()
    clock.now += 9
    with pytest.raises(ServerBusy):
        breaker.check()
    clock.now += 1
    breaker.check()
    breaker.record_success()
    breaker.check()
