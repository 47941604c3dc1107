"""The short form of ``make torture``: pages are answered while the server is attacked."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from pathlib import Path

import pytest

from loader.release.build import BuildResult
from loader.settings import Settings
from tests.torture import runner
from tests.torture.__main__ import cycle_concepts
from tests.torture.attacks import Attack, list_attacks
from tests.torture.runner import format_outcome, run_attack, start_visitor
from tests.torture.server import ServerProcess, run_server


@pytest.fixture(scope="module")
def out(shipped: tuple[Settings, BuildResult]) -> Path:
    """The release that the server is over."""
    return shipped[0].out


@pytest.fixture(scope="module")
def server(out: Path) -> Iterator[ServerProcess]:
    """A server in a process of its own, under which no attack may leave the next one worse off."""
    with run_server(out, "--timeout", "3") as process:
        yield process


@pytest.fixture(scope="module")
def visitor() -> Iterator[ProcessPoolExecutor]:
    """The process that asks for the pages."""
    with start_visitor() as started:
        yield started


@pytest.fixture(autouse=True)
def _short_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "WARM_UP_SECONDS", 0.1)


@pytest.fixture(scope="module")
def concepts(out: Path) -> Iterator[str]:
    """Paths of concept pages that were not asked for before."""
    return cycle_concepts(out)


@pytest.mark.parametrize(
    "attack", [pytest.param(one, id=one.name) for one in list_attacks(names=350)]
)
def test_pages_are_answered_while_the_attack_runs(
    visitor: ProcessPoolExecutor, server: ServerProcess, concepts: Iterator[str], attack: Attack
) -> None:
    outcome = run_attack(visitor, server, attack, concepts, rounds=1)
    assert outcome.is_good, "\n".join(format_outcome(outcome))
    assert outcome.tally.counts, "the attack was made"
    assert server.process.poll() is None


def test_fault_of_the_server_is_seen(visitor: ProcessPoolExecutor, server: ServerProcess) -> None:
    def fail(port: int, tally: object, stop: object) -> None:
        tally.add("500")  # type: ignore[attr-defined]
        stop.wait(0.1)  # type: ignore[attr-defined]

    outcome = run_attack(
        visitor, server, Attack("a fault", 1, lambda: fail), cycle(["/nowhere"]), rounds=1
    )
    assert not outcome.is_good
    assert outcome.tally.faults == ["500"]
    assert outcome.unanswered == ["/nowhere (404)"]
