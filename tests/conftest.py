"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of source documents and public test data, beside the project."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the source documents are not beside this checkout (../shared)")
    return folder


@pytest.fixture(scope="session")
def tiny() -> Path:
    """The miniature project: a whole one, small enough to know by heart."""
    return PROJECT / "tests" / "tiny"


@pytest.fixture
def in_folder(tmp_path: Path) -> Path:
    """Run the test inside an empty folder, and come back."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
