"""The notebooks run from beginning to end against a site, and say what the graph says."""

from pathlib import Path

import pytest

from tests.notebooks import NOTEBOOKS, list_texts, read_notebook, run_notebook


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_runs_and_its_stored_outputs_are_those_of_today(
    path: Path, shipped_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORDAT_KG_SITE", shipped_address)
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    stored, made = read_notebook(path), run_notebook(path)
    assert list_texts(stored) == list_texts(made), (
        "type python -m tests.notebooks http://127.0.0.1:8000 while the site runs"
    )
    for notebook in (stored, made):
        pictures = [
            output
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        ]
        assert len(pictures) == 1


def test_the_list_is_joined_and_only_certain_matches_count() -> None:
    shown = list_texts(read_notebook(NOTEBOOKS[0]))
    open_ = next(text for text in shown if "KCL" in text and "Univ. of York" not in text)
    assert "Newcastle University, Australia" in open_
    joined = next(text for text in shown if "ukprn" in text)
    for told in ("10007167", "10003645", "10007796", "10007147", "10006842"):
        assert told in joined
    assert shown[-2].split()[:5] == ["name", "University", "of", "Liverpool", "4"]
