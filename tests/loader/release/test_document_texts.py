"""The texts of a release: documents as they were read, by line, and nothing that is no text."""

from pathlib import Path

import pytest

from loader.release import document_texts
from loader.release.document_texts import read_document_lines, write_document_texts


def test_lines_come_back_whatever_ends_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\ufeffid,é\r\n1,x\r2,y\n".encode())
    write_document_texts(tmp_path / "t.sqlite", [("data/a.csv", tmp_path / "a.csv")])
    assert read_document_lines(tmp_path / "t.sqlite", "data/a.csv") == ["id,é", "1,x", "2,y", ""]
    assert read_document_lines(tmp_path / "t.sqlite", "a.csv") == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_kept_as_it_was_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes("id;é\r\n1;x\r\n".encode(encoding))
    write_document_texts(tmp_path / "t.sqlite", [("a.csv", tmp_path / "a.csv")])
    assert read_document_lines(tmp_path / "t.sqlite", "a.csv") == ["id;é", "1;x", ""]


def test_a_release_without_texts_has_no_lines(tmp_path: Path) -> None:
    assert read_document_lines(tmp_path / "none.sqlite", "a.csv") == []


def test_workbooks_and_long_documents_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_texts, "MAX_TEXT_BYTES", 3)
    files = [tmp_path / name for name in ("a.xlsx", "long.md", "short.md")]
    for file, text in zip(files, ("a", "abcd", "abc"), strict=True):
        file.write_text(text, "utf-8")
    write_document_texts(tmp_path / "t.sqlite", [(file.name, file) for file in files])
    held = [read_document_lines(tmp_path / "t.sqlite", file.name) for file in files]
    assert held == [[], [], ["abc"]]


def test_the_texts_of_a_release_are_bounded_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_texts, "MAX_TOTAL_BYTES", 5)
    files = [tmp_path / name for name in ("a.md", "b.md")]
    for file in files:
        file.write_text("abc", "utf-8")
    write_document_texts(tmp_path / "t.sqlite", [(file.name, file) for file in files])
    assert read_document_lines(tmp_path / "t.sqlite", "a.md") == ["abc"]
    assert read_document_lines(tmp_path / "t.sqlite", "b.md") == []
