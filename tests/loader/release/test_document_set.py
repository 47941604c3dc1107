"""The library: which files are read, under which names, and what is said of each."""

from pathlib import Path

import pytest

from loader.document import Document
from loader.errors import DataError
from loader.mapping.provenance import read_metadata
from loader.release.document_set import DocumentSet
from loader.settings import Settings
from tests.conftest import quiet


def about(library: DocumentSet, name: str) -> dict[str, str]:
    (item,) = (item for item in library.items if item.name == name)
    return read_metadata(library.read(item))


def test_the_ontology_comes_first_and_the_data_by_name(tiny: Settings) -> None:
    names = [item.name for item in DocumentSet(tiny).items]
    own = [name for name in names if name.startswith("ontology/")]
    assert names[: len(own)] == own == sorted(own)
    assert names[len(own) :] == sorted(names[len(own) :])
    assert "case-studies/cards.txt" in names and "catalogue.yaml" not in names


def test_cards_and_articles_are_trusted_by_what_they_are(tiny: Settings) -> None:
    (tiny.data[0] / "catalogue.yaml").write_text("defaults: {trust: official}\n")
    library = DocumentSet(tiny)
    assert about(library, "initiatives/article.txt")["trust"] == "low"
    assert about(library, "case-studies/cards.txt")["trust"] == "platform"
    assert about(library, "case-studies/more.csv")["trust"] == "official"


def test_the_catalogue_says_more_than_the_reader_and_the_file_most(tiny: Settings) -> None:
    study = tiny.data[0] / "case-studies" / "quiet-hours.md"
    study.write_text(study.read_text().replace("type: case-study", "type: case-study\ntrust: low"))
    (tiny.data[0] / "catalogue.yaml").write_text(
        "documents:\n"
        "  initiatives/article.txt: {trust: official}\n"
        "  case-studies/quiet-hours.md: {trust: official, title: A study of hours}\n"
    )
    library = DocumentSet(tiny)
    assert about(library, "initiatives/article.txt")["trust"] == "official"
    assert about(library, "case-studies/quiet-hours.md")["trust"] == "low"
    assert about(library, "case-studies/quiet-hours.md")["title"] == "A study of hours"


def test_an_entry_about_no_document_is_a_finding(tiny: Settings) -> None:
    (tiny.data[0] / "catalogue.yaml").write_text("documents:\n  gone.csv: {title: Gone}\n")
    (found,) = DocumentSet(tiny).findings()
    assert (Path(found.path).name, found.line) == ("catalogue.yaml", 2)
    assert 'no document "gone.csv"' in found.message


def test_some_suffixes_alone(tiny: Settings) -> None:
    read = [*DocumentSet(tiny).documents(quiet, "surveying", (".csv",))]
    names = [document.name for document in read if isinstance(document, Document)]
    assert names == ["case-studies/more.csv", "obligations.csv", "organisations.csv"]


def test_an_ontology_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no ontology"):
        DocumentSet(Settings(root=tmp_path))


def test_a_document_that_was_kept_is_not_read_again(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_organisations(library: DocumentSet, suffixes: set[str] | None) -> str:
        for found in library.documents(quiet, "reading", suffixes):
            if isinstance(found, Document) and found.name == "organisations.csv":
                return found.sha256
        return ""

    table = tiny.data[0] / "organisations.csv"
    kept, unkept = DocumentSet(tiny), DocumentSet(tiny)
    before = read_organisations(kept, {".csv"})
    monkeypatch.setattr("loader.release.document_set.KEPT_BYTES", 0)
    unkept = DocumentSet(tiny)
    assert read_organisations(unkept, {".csv"}) == before != ""
    table.write_text(table.read_text("utf-8") + "\n", "utf-8")
    assert read_organisations(kept, None) == before
    # Once is enough: whoever reads for a third time gets what is in the file.
    assert read_organisations(kept, None) == read_organisations(unkept, None) != before
