"""The notebooks run from beginning to end against a site, and say what the graph says."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[3] / "docs" / "notebooks").glob("*.ipynb"))


def run(path: Path, site: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The notebook with its outputs; an error in a cell is raised."""
    monkeypatch.setenv("CONCORDAT_KG_SITE", site)
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return NotebookClient(notebook, timeout=120, kernel_name="python3").execute()


def texts(notebook: Any) -> list[str]:
    """What the cells show, as text."""
    return [
        output["data"]["text/plain"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/plain" in output.get("data", {})
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_runs_and_is_kept_without_outputs(
    path: Path, shipped_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    assert all(not cell.get("outputs") for cell in kept.cells), (
        "clear the outputs before you commit"
    )
    run(path, shipped_address, monkeypatch)


@pytest.mark.filterwarnings("ignore")
def test_the_messy_list_is_joined_and_drawn(
    shipped_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = run(NOTEBOOKS[0], shipped_address, monkeypatch)
    shown = texts(notebook)
    open_ = next(text for text in shown if "KCL" in text and "Univ. of York" not in text)
    assert "Newcastle University, Australia" in open_
    joined = next(text for text in shown if "ukprn" in text)
    for told in ("10007167", "10003645", "10007796", "10007147", "10006842"):
        assert told in joined
    counts = shown[-2] if "Axes" in shown[-1] or "Figure" in shown[-1] else shown[-1]
    assert counts.split()[:5] == ["name", "University", "of", "Liverpool", "4"]
    pictures = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 1
