"""The scripts of a static edition: all of them, or none."""

import json
import re
from pathlib import Path

import pytest

from loader.errors import UsageError
from query_ui.static_edition.script_bundle import EDITION_SCRIPTS, find_bundle
from tests.conftest import PROJECT


def test_a_bundle_is_whole_or_missing_or_refused(tmp_path: Path) -> None:
    assert find_bundle(tmp_path / "none") is None
    for name in EDITION_SCRIPTS:
        (tmp_path / f"{name}.js").write_text("", "ascii")
    assert find_bundle(tmp_path) == tmp_path
    (tmp_path / "edition-due.js").unlink()
    with pytest.raises(UsageError, match=r"it lacks edition-due\. Run `make bundle` first"):
        find_bundle(tmp_path)


def test_the_scripts_are_those_that_are_bundled_and_loaded() -> None:
    command = json.loads((PROJECT / "package.json").read_text("utf-8"))["scripts"]["bundle"]
    bundled = set(re.findall(r"([\w-]+)=query_ui/frontend/edition/", command))
    assert bundled == {*EDITION_SCRIPTS}
    folder = PROJECT / "query_ui" / "static_edition"
    loaded = {name for path in folder.glob("*.py") for name in _find_names(path)}
    assert loaded <= {*EDITION_SCRIPTS} and len(loaded) >= 7


def _find_names(path: Path) -> list[str]:
    if path.name == "script_bundle.py":
        return []
    return re.findall(r"edition-[a-z]+", path.read_text("utf-8"))
