"""Runs one attack and asks for the pages that have to be answered meanwhile."""

import multiprocessing
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.torture.attacks import Attack, Send, Tally, request
from tests.torture.server import ServerProcess

WARM_UP_SECONDS = 0.5
"""How long an attack goes on before the first page is asked for."""


@dataclass
class Outcome:
    """What came of one attack.

    ``seconds`` are the times of the pages asked for, by path; ``unanswered`` the paths that did not
    get 200; ``megabytes`` the memory of the server before, at most, and after.
    """

    attack: Attack
    tally: Tally = field(default_factory=Tally)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    megabytes: tuple[float, float, float] = (0.0, 0.0, 0.0)
    idle_share: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether every page was answered and no request got a fault of the server."""
        return not self.unanswered and not self.tally.faults


@contextmanager
def start_visitor() -> Iterator[ProcessPoolExecutor]:
    """Start the process that asks for pages while attacks run.

    In this process it would wait for the threads of up to 100 clients.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as visitor:
        visitor.submit(_ask, 0, "/").result()  # it has loaded its modules before attacks begin
        yield visitor


def run_attack(
    visitor: ProcessPoolExecutor,
    server: ServerProcess,
    attack: Attack,
    concepts: Iterator[str],
    rounds: int,
) -> Outcome:
    """Run an attack while each page is asked for ``rounds`` times, a new concept each time."""
    outcome, stop = Outcome(attack), threading.Event()
    before, send = server.megabytes, attack.build()
    threads = [
        threading.Thread(target=_repeat, args=(server.port, send, outcome.tally, stop))
        for _ in range(attack.clients)
    ]
    for thread in threads:
        thread.start()
    time.sleep(WARM_UP_SECONDS)
    most = before
    try:
        for _ in range(rounds):
            for name, path in (
                ("/health/live", "/health/live"),
                ("home page", "/"),
                ("concept page", next(concepts)),
            ):
                status, seconds = visitor.submit(_ask, server.port, path).result()
                outcome.seconds.setdefault(name, []).append(seconds)
                if status != "200":
                    outcome.unanswered.append(f"{path} ({status})")
                most = max(most, server.megabytes)
        assert any(thread.is_alive() for thread in threads), "the attack goes on meanwhile"
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    outcome.megabytes = before, most, server.megabytes
    return outcome


def _repeat(port: int, send: Send, tally: Tally, stop: threading.Event) -> None:
    while not stop.is_set():
        send(port, tally, stop)


def _ask(port: int, path: str) -> tuple[str, float]:
    begun = time.monotonic()
    status = request(port, "GET", path, headers={"Accept": "text/html"})
    return status, time.monotonic() - begun


def measure_idle_share(server: ServerProcess, seconds: float = 1.0) -> float:
    """Return the share of a processor that the server uses once the attack has ended."""
    begun, used = time.monotonic(), server.processor_seconds
    time.sleep(seconds)
    return (server.processor_seconds - used) / (time.monotonic() - begun)


def format_outcome(outcome: Outcome) -> Sequence[str]:
    """Return the lines that say what came of an attack."""
    times = ", ".join(f"{name} {max(some):.2f} s" for name, some in outcome.seconds.items())
    before, most, after = outcome.megabytes
    lines = [
        f"{'ok ' if outcome.is_good else 'BAD'} {outcome.attack.name} "
        f"({outcome.attack.clients} at a time): {outcome.tally}",
        f"    slowest: {times}; memory {before:.0f}, at most {most:.0f}, then {after:.0f} MB; "
        f"afterwards {outcome.idle_share:.0%} of a processor",
    ]
    return [*lines, *(f"    not answered: {one}" for one in outcome.unanswered)]
