"""The catalogue of a data folder: fields for each document, completed by the defaults."""

from pathlib import Path

import pytest

from loader.document import Field, Span
from loader.errors import DataError
from loader.readers.catalogue import read_catalogue


def written(folder: Path, text: str) -> Path:
    (folder / "catalogue.yaml").write_text(text, "utf-8")
    return folder


def test_entries_are_completed_by_the_defaults(tmp_path: Path) -> None:
    catalogue = read_catalogue(
        written(
            tmp_path,
            "defaults: {licence: L, trust: curated}\n"
            "documents:\n"
            "  a b/é.csv:\n"
            "    title: T\n"
            "    trust: low\n"
            "    derived_from: seed.txt\n"
            "  c.md:\n",
        )
    )
    assert catalogue.resolve_metadata("a b/é.csv") == (
        Field("title", "T", Span(4, 4, 12)),
        Field("trust", "low", Span(5, 5, 12)),
        Field("derived_from.file", "seed.txt", Span(6, 6, 19)),
        Field("licence", "L", Span(1, 1, 21)),
    )
    defaults = [("licence", "L"), ("trust", "curated")]
    assert [(f.name, f.text) for f in catalogue.resolve_metadata("c.md")] == defaults
    assert [(f.name, f.text) for f in catalogue.resolve_metadata("other.md")] == defaults


def test_an_entry_for_no_document_is_reported(tmp_path: Path) -> None:
    catalogue = read_catalogue(written(tmp_path, "documents:\n  a.md: {}\n  b.md: {title: B}\n"))
    assert [str(finding) for finding in catalogue.find_unmatched_entries(["a.md"])] == [
        f'{tmp_path}/catalogue.yaml:3: warning: there is no document "b.md" in this folder; mend '
        "or delete the entry. [catalogue-no-document]"
    ]


def test_a_folder_without_a_catalogue_says_nothing(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path).resolve_metadata("a.md") == ()


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("defaults: {colour: red}\n", "1:12", '"colour" is not known; use title, source, licence'),
        ("defaults: {trust: hi}\n", "1:19", '"hi" is no trust; use official, platform'),
        ("defaults: {title: [a]}\n", "1:19", "title is one text"),
        ("defaults: red\n", "1:11", "here belong lines of the form key: value"),
        (
            "document:\n  a.md: {}\n",
            "1:1",
            '"document" is not known; use version, issued',
        ),
        ("version: 1.0\n", "1:10", '"1.0" is not a year and a number, as 2026.1.'),
        ("issued: 28.11.2026\n", "1:9", '"28.11.2026" is not a date such as 2026-11-28.'),
        ("issued: 2026-02-30\n", "1:9", '"2026-02-30" is not a date'),
        ("version: [a]\n", "1:10", "is not a year and a number"),
        ("documents:\n  a.md: {}\n  a.md: {}\n", "3:3", "is here for the second time"),
        ("documents: [a.md\n", "1:12", "a list that begins with [ is not closed"),
    ],
)
def test_a_broken_catalogue(tmp_path: Path, text: str, place: str, reason: str) -> None:
    with pytest.raises(DataError) as caught:
        read_catalogue(written(tmp_path, text))
    (finding,) = caught.value.findings
    assert str(finding).startswith(f"{tmp_path}/catalogue.yaml:{place}: error: ")
    assert reason in str(finding)
    assert finding.code == "catalogue"


def test_version_and_date_of_the_data_are_read(tmp_path: Path) -> None:
    catalogue = read_catalogue(written(tmp_path, 'version: "2026.10"\nissued: 2026-11-28\n'))
    assert (catalogue.version, catalogue.issued) == ("2026.10", "2026-11-28")
