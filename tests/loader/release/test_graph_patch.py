"""A patched file has the lines that a sorted file of all would have."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.release import graph_patch
from loader.release.graph_patch import write_patched_lines
from loader.release.statement_changes import IncrementalBuildError, StatementChanges

LINES = st.sets(st.text("abé𝄞", max_size=4).map(lambda text: f"{text}\n"), min_size=1)


def write(path: Path, lines: set[str]) -> Path:
    path.write_text("".join(sorted(lines)), "utf-8", newline="\n")
    return path


@given(old=LINES, new=LINES, block=st.integers(1, 9))
def test_it_is_the_sorted_file_of_all_lines(
    tmp_path_factory: pytest.TempPathFactory, old: set[str], new: set[str], block: int
) -> None:
    folder = tmp_path_factory.mktemp("patch")
    before, after = write(folder / "old", old), folder / "new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_patch, "BLOCK", block)
        digest = write_patched_lines(before, after, StatementChanges.between(old, new))
    expected = write(folder / "expected", new).read_bytes()
    assert after.read_bytes() == expected
    assert digest == hashlib.sha256(expected).hexdigest()


@pytest.mark.parametrize(
    "changes", [StatementChanges(["b\n"], []), StatementChanges([], ["c\n"])], ids=["gone", "there"]
)
def test_a_file_that_is_not_the_one_meant_is_refused(
    tmp_path: Path, changes: StatementChanges
) -> None:
    with pytest.raises(IncrementalBuildError):
        write_patched_lines(write(tmp_path / "old", {"a\n", "c\n"}), tmp_path / "new", changes)
