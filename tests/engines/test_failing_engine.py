"""A site whose engine is stopped, slowed and restarted: no wrong answer, and it recovers."""

from pathlib import Path

import pytest

from loader.release.build import BuildResult
from loader.settings import Settings
from tests.engines.programs import PREPARE
from tests.torture.engine_faults import FAULTS, run_faults


@pytest.mark.parametrize("name", PREPARE)
def test_an_engine_that_fails_makes_no_wrong_answer(
    name: str, tiny_built: tuple[Settings, BuildResult], tmp_path: Path
) -> None:
    settings, built = tiny_built
    outcomes = [*run_faults(name, settings, built.release, tmp_path)]
    assert len(outcomes) == len(FAULTS)
    for one in outcomes:
        assert one.answers.wrong == [], one.fault
        assert one.answers.statuses[200] > 0
