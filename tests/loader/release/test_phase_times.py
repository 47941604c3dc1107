"""The phases of a build: each is measured once, in order, and nothing is lost between them."""

import time

from loader.release.phase_times import PhaseTimer


def test_a_phase_lasts_until_another_begins() -> None:
    reported: list[tuple[str, int, int]] = []
    began = time.monotonic()
    timer = PhaseTimer(lambda *report: reported.append(report))
    for report in (("reading", 0, 2), ("reading", 1, 2), ("checking", 0, 0)):
        time.sleep(0.01)
        timer(*report)
    timer.finish()
    lasted = time.monotonic() - began
    assert reported == [("reading", 0, 2), ("reading", 1, 2), ("checking", 0, 0)]
    assert [phase.name for phase in timer.phases] == ["preparing", "reading", "checking"]
    assert timer.phases[1].seconds >= 0.01
    assert 0.03 <= sum(phase.seconds for phase in timer.phases) <= lasted
    assert all(phase.peak_bytes > 2**20 for phase in timer.phases)


def test_processor_time_is_that_of_work() -> None:
    timer = PhaseTimer(lambda *report: None)
    timer("working", 0, 0)
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    timer("done", 0, 0)
    assert timer.phases[1].processor_seconds >= 0.05
