"""The one entrance: which reader a file gets, and which files of a folder are documents."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from loader.document import Document
from loader.errors import DataError
from loader.readers import READER_BY_SUFFIX, list_documents, read_document

CARD = "Some text about a practice.\n\nBeneficiaries: Technicians\n"
ARTICLE = "A headline\n\nA lead paragraph.\n\nA heading\nText of the section.\n"
TABLE = "title,keywords\nA,Training\n"


def given(folder: Path, name: str, content: str | bytes) -> Document:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_document(path, name, 10_000)


def sheet() -> bytes:
    book, out = Workbook(), BytesIO()
    book.worksheets[0].append(["title"])
    book.worksheets[0].append(["A"])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reader", "kinds"),
    [
        ("a.txt", CARD, "cards", ["case-study"]),
        ("a.md", CARD, "cards", ["case-study"]),
        ("a.txt", ARTICLE, "articles", ["article"]),
        ("a.md", ARTICLE, "articles", ["article"]),
        ("a.md", "---\ntype: pledge\ntitle: P\n---\n", "markdown", ["pledge"]),
        ("a.csv", TABLE, "csv", ["case-study"]),
        ("A.CSV", TABLE.replace(",", ";"), "csv", ["case-study"]),
        ("a.tsv", TABLE.replace(",", "\t"), "csv", ["case-study"]),
        ("a.xlsx", sheet(), "xlsx", ["case-study"]),
        ("a.ttl", "<http://x/a> <http://x/p> 1 .", "turtle", []),
        ("a.nq", "<http://x/a> <http://x/p> <http://x/b> .", "n-quads", []),
        ("a.jsonld", '{"@id": "http://x/a", "http://x/p": 1}', "json-ld", []),
    ],
)
def test_suffix_and_content_choose_the_reader(
    tmp_path: Path, name: str, content: str | bytes, reader: str, kinds: list[str]
) -> None:
    document = given(tmp_path, name, content)
    assert document.reader == reader
    assert [record.kind for record in document.records] == kinds
    assert (document.path, document.name) == (str(tmp_path / name), name)


@pytest.mark.parametrize(
    ("name", "what"), [("a.docx", "ends in .docx"), ("notes", "has no suffix")]
)
def test_an_unknown_format_says_what_is_known(tmp_path: Path, name: str, what: str) -> None:
    with pytest.raises(DataError) as caught:
        given(tmp_path, name, "text")
    assert [str(finding) for finding in caught.value.findings] == [
        f"{tmp_path / name}: error: a file that {what} cannot be read here; known are "
        f"{', '.join(READER_BY_SUFFIX)}. [unknown-format]"
    ]
    assert {".txt", ".md", ".csv", ".xlsx", ".ttl", ".jsonld"} <= READER_BY_SUFFIX.keys()


def test_a_file_that_is_too_large_is_refused_by_every_suffix(tmp_path: Path) -> None:
    for suffix in READER_BY_SUFFIX:
        path = tmp_path / f"big{suffix}"
        path.write_bytes(b" " * 101)
        with pytest.raises(DataError) as caught:
            read_document(path, path.name, 100)
        assert [f.code for f in caught.value.findings] == ["too-large"]
        assert str(path) in str(caught.value)


def test_names_with_spaces_and_accents(tmp_path: Path) -> None:
    name = "Fälle & mehr/un café (2).csv"
    document = given(tmp_path, name, TABLE)
    assert (document.name, document.path) == (name, str(tmp_path / name))
    assert list_documents(tmp_path) == [(tmp_path / name, name)]


def test_documents_are_sorted_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    kept = ["b.csv", "a/z.ttl", "a/b/c.md", "B.txt", "other.docx", "a/README.txt"]
    skipped = ["README.md", "a/readme.md", "catalogue.yaml", ".hidden", ".git/x.ttl", "~$b.xlsx"]
    for name in (*kept, *skipped):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list_documents(tmp_path) == [(tmp_path / name, name) for name in sorted(kept)]


def test_a_decomposed_name_is_composed(tmp_path: Path) -> None:
    (tmp_path / "cafe\u0301.csv").write_text("x")
    assert [name for _, name in list_documents(tmp_path)] == ["caf\u00e9.csv"]


def test_a_ring_of_links_is_walked_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.csv").write_text("x")
    (tmp_path / "a" / "ring").symlink_to(tmp_path, target_is_directory=True)
    assert [name for _, name in list_documents(tmp_path)] == ["a/x.csv"]


def test_a_name_that_is_not_utf_8_is_refused_readably(tmp_path: Path) -> None:
    (Path(str(tmp_path)) / b"caf\xe9.csv".decode("utf-8", "surrogateescape")).write_text("x")
    with pytest.raises(DataError) as caught:
        list_documents(tmp_path)
    assert f"{tmp_path}/caf\\xe9.csv: error: the name of this file is not valid" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("empty", "no-documents", "the data folder holds no document; known are .txt, .md"),
        ("missing", "no-folder", "the data folder does not exist; check its name"),
        ("file", "no-folder", "the data folder is not a folder; check its name"),
    ],
)
def test_a_folder_without_documents(tmp_path: Path, name: str, code: str, reason: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "README.md").write_text("x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError) as caught:
        list_documents(tmp_path / name)
    (finding,) = caught.value.findings
    assert (finding.path, finding.code) == (str(tmp_path / name), code)
    assert reason in finding.message
