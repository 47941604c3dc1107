"""The command as people start it, over the project's own data, for clients to ask."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.release.build import BuildResult
from loader.settings import Settings
from tests.conftest import PROJECT


@pytest.fixture(scope="session")
def site(shipped: tuple[Settings, BuildResult]) -> Iterator[str]:
    """The address of a running ``concordat-kg serve``."""
    tool = Path(sys.executable).parent / "concordat-kg"
    process = subprocess.Popen(
        [tool, "serve", "--port", "0", "--out", shipped[0].out],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    said = process.stderr.readline()
    assert said.startswith("Serving at http://127.0.0.1:"), said + process.stderr.read()
    yield said.split()[2]
    process.terminate()
    assert process.wait(600) == 0
    process.stderr.close()


@pytest.fixture(scope="session")
def endpoint(site: str) -> str:
    """The address of its SPARQL endpoint."""
    return f"{site}/sparql"
