"""The graph that the project ships, to be asked by the doctor."""

from collections.abc import Iterator

import pytest

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.engine import open_engine
from query_ui.engine.protocol import Engine


@pytest.fixture(scope="session")
def engine(shipped: tuple[Settings, BuildResult]) -> Iterator[Engine]:
    """The shipped release, in this process."""
    opened = open_engine(shipped[0])
    yield opened
    opened.close()
