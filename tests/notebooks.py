"""Runs the notebooks against a site and stores their outputs.

``.venv/bin/python -m tests.notebooks http://127.0.0.1:8000`` while the site runs.
"""

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs" / "notebooks").glob("*.ipynb"))


def read_notebook(path: Path) -> Any:
    """The notebook as it is stored."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def run_notebook(path: Path) -> Any:
    """The notebook with its outputs and without times; an error in a cell is raised.

    It asks the site in the environment variable CONCORDAT_KG_SITE.
    """
    client = NotebookClient(
        read_notebook(path), timeout=120, kernel_name="python3", record_timing=False
    )
    return client.execute()


def list_texts(notebook: Any) -> list[str]:
    """What the cells print and show, as text."""
    shown = [
        output.get("text") or output.get("data", {}).get("text/plain")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]
    return [text for text in shown if text]


def main() -> None:
    os.environ["CONCORDAT_KG_SITE"] = sys.argv[1]
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for path in NOTEBOOKS:
        notebook = run_notebook(path)
        notebook.metadata["language_info"] = {"name": "python"}
        for cell in notebook.cells:
            cell.metadata.clear()
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
        print(path)


if __name__ == "__main__":
    main()
