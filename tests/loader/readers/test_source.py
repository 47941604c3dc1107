"""What a file must be to be read at all, and what is said where it is not."""

from hashlib import sha256
from pathlib import Path

import pytest

from loader.errors import DataError, Finding, Severity
from loader.readers.source import SourceFile, load_source


def source(data: bytes) -> SourceFile:
    return SourceFile("data/a.txt", "a.txt", data, sha256(data).hexdigest())


def refused(path: Path, max_bytes: int = 100) -> Finding:
    with pytest.raises(DataError) as caught:
        load_source(path, "a.txt", max_bytes)
    (finding,) = caught.value.findings
    assert str(caught.value) == finding.message
    assert finding.severity is Severity.ERROR
    return finding


def test_reads_bytes_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "café au lait.txt"
    path.write_bytes(b"ab\n")
    found = load_source(path, "in/café au lait.txt", 3)
    assert (found.path, found.name, found.data) == (str(path), "in/café au lait.txt", b"ab\n")
    assert found.sha256 == "a63d8014dba891345b30174df2b2a57efbb65b4f9f09b98f245d1b3192277ece"


@pytest.mark.parametrize(
    ("data", "text", "lines"),
    [
        (b"", "", ()),
        (b"\xef\xbb\xbfa", "a", ("a",)),
        (b"a\r\nb\rc\nd", "a\nb\nc\nd", ("a", "b", "c", "d")),
        (b"a\n\n", "a\n\n", ("a", "")),
        (b"a\r\n\r\nb\r", "a\n\nb\n", ("a", "", "b")),
        ("a\u2028b\x0bc\x0c".encode(), "a\u2028b\x0bc\x0c", ("a\u2028b\x0bc\x0c",)),
        ("\ufeff\ufeffa".encode(), "\ufeffa", ("\ufeffa",)),
    ],
)
def test_line_breaks_become_one_kind(data: bytes, text: str, lines: tuple[str, ...]) -> None:
    assert source(data).text == text
    assert source(data).lines == lines


@pytest.mark.parametrize(
    ("data", "line", "offset", "byte"),
    [
        (b"\x93quoted\x94", 1, 0, "0x93"),
        (b"one\r\ntwo\rthr\xe9e\n", 3, 12, "0xE9"),
        (b"\xef\xbb\xbfok\n\xff", 2, 6, "0xFF"),
        ("é".encode() + b"\n\xe2\x82", 2, 3, "0xE2"),
    ],
)
def test_other_encodings_are_refused_with_place(
    data: bytes, line: int, offset: int, byte: str
) -> None:
    with pytest.raises(DataError) as caught:
        _ = source(data).text
    (finding,) = caught.value.findings
    assert (finding.path, finding.line, finding.code) == ("data/a.txt", line, "not-utf-8")
    assert str(caught.value) == finding.message
    assert finding.message.startswith("data/a.txt is not UTF-8 text")
    assert f"{byte} at byte offset {offset} (line {line})" in finding.message
    assert "save the file as UTF-8" in finding.message


def test_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "no such.txt"
    finding = refused(path)
    assert (finding.code, finding.path) == ("unreadable", str(path))
    assert finding.message.startswith(f"{path} cannot be read (No such file or directory); check")


def test_folder_is_no_file(tmp_path: Path) -> None:
    assert "(it is not a plain file)" in refused(tmp_path).message


def test_too_large_file(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"x" * 1001)
    finding = refused(path, 1000)
    assert finding.code == "too-large"
    assert finding.message == (
        f"{path} is larger than 1,000 bytes, the limit; split it into smaller files."
    )


def test_control_characters_are_kept_and_reported() -> None:
    read = source("fine\ttab\na\x00b\x07\x85\n\u2028".encode())
    assert read.text == "fine\ttab\na\x00b\x07\x85\n\u2028"
    first, second = read.find_control_characters()
    assert (first.line, first.column, first.code) == (2, 2, "control-character")
    assert (first.path, first.severity) == ("data/a.txt", Severity.WARNING)
    assert "U+0000 and 2 more on this line is kept" in first.message
    assert (second.line, second.column) == (3, 1)
    assert "the control character U+2028 is kept" in second.message


def test_ordinary_text_has_no_control_characters() -> None:
    assert not list(source("\ufeff‘café’\t–\r\n日本 \u200d\xa0".encode()).find_control_characters())
