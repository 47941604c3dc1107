"""A build that takes documents over gives the same bytes as one that reads everything."""

import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from pyoxigraph import Store

from loader.document import Document
from loader.readers import read_document
from loader.release import document_cache, document_set
from loader.release.build import BuildResult, build
from loader.release.document_cache import CACHE_FOLDER
from loader.settings import Settings
from tests.conftest import quiet
from tests.rooms import PROJECT

Change = Callable[[Path, random.Random], None]
STUDY = """---
type: case-study
title: Example {number}
institution: {institution}
source: https://example.org/{number}
tags:
  keywords: [Mentorship, Tea breaks]
---
A study of {institution}, made up for a test: {number}.
"""
DESCRIPTOR = """
title = "Incomes, made up"
publisher = "Nobody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
source = "https://example.org/"
file = "made.csv"
key = "ukprn"

[[join]]
column = "ukprn"
scheme = "ukprn"

[[column]]
name = "ukprn"
titles = ["UKPRN"]
scheme = "ukprn"

[[column]]
name = "income"
titles = ["Income"]
propertyUrl = "dcterms:title"
"""


def write_study(folder: Path, chance: random.Random) -> Path:
    """Write a document with a term and an institution that are unknown at first."""
    number = chance.randrange(10**6)
    path = folder / "case-studies" / f"made-{number}.md"
    path.write_text(STUDY.format(number=number, institution="Nowhere University"), "utf-8")
    return path


def choose(folder: Path, chance: random.Random, pattern: str) -> Path:
    """Choose a file below a folder; write a document where there is none."""
    found = sorted(folder.rglob(pattern))
    return chance.choice(found) if found else write_study(folder, chance)


def add_document(root: Path, chance: random.Random) -> None:
    write_study(root / "data", chance)


def change_document(root: Path, chance: random.Random) -> None:
    path = choose(root / "data", chance, "made-*.md")
    path.write_text(path.read_text("utf-8") + f"More words {chance.random()}.\n", "utf-8")


def remove_document(root: Path, chance: random.Random) -> None:
    choose(root / "data", chance, "made-*.md").unlink()


def rename_document(root: Path, chance: random.Random) -> None:
    path = choose(root / "data", chance, "made-*.md")
    path.rename(path.with_name(f"made-{chance.randrange(10**6)}-renamed.md"))


def change_scheme(root: Path, chance: random.Random) -> None:
    path = choose(root / "ontology" / "schemes", chance, "keywords.ttl")
    text = path.read_text("utf-8")
    name = f"Made {chance.random()}" if "Tea breaks" in text else "Tea breaks"
    number = chance.randrange(10**6)
    # The miniature and the shipped scheme have prefixes and concepts of their own.
    keywords = "https://w3id.org/concordat-kg/concept/keywords/"
    broader = "culture-and-conduct" if "concept:culture-and-conduct" in text else "culture"
    made = (
        f"<{keywords}made-{number}> a skos:Concept ; skos:broader <{keywords}{broader}> ; "
        "skos:inScheme <https://w3id.org/concordat-kg/scheme/keywords> ; "
        f'skos:prefLabel "{name}"@en ; skos:definition "Made up."@en .'
    )
    path.write_text(f"{text}\n{made}\n", "utf-8")


def change_ontology(root: Path, chance: random.Random) -> None:
    path = choose(root / "ontology", chance, "concordat.ttl")
    path.write_text(f"{path.read_text('utf-8')}\n# {chance.random()}\n", "utf-8")


def change_organisations(root: Path, chance: random.Random) -> None:
    path = root / "data" / "organisations.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    columns = header.split(",")
    cells = dict.fromkeys(columns, "")
    is_known = any(row.startswith("Nowhere") for row in rows)
    cells["name"] = f"Made {chance.random()} College" if is_known else "Nowhere University"
    kept = [row for row in rows if not row.startswith(("Nowhere", "Made"))]
    made = [",".join(cells[column] for column in columns)]
    path.write_text("\n".join([header, *kept, *made]) + "\n", "utf-8")


def change_catalogue(root: Path, chance: random.Random) -> None:
    path = root / "data" / "catalogue.yaml"
    text = path.read_text("utf-8").replace("  title: ", "  title: Renewed ", 1)
    path.write_text(text if chance.random() < 0.5 else f"# A remark\n{text}", "utf-8")


CHANGES: tuple[Change, ...] = (
    add_document,
    change_organisations,
    change_document,
    change_scheme,
    rename_document,
    change_ontology,
    remove_document,
    change_catalogue,
)


def read_contents(outcome: BuildResult) -> dict[str, Any]:
    """Return everything in a release except times, and the digest of what it was built from."""
    folder = outcome.release.folder
    names = ("graph.nq", "search.sqlite", "names.sqlite", "documents.sqlite")
    contents: dict[str, Any] = {name: (folder / name).read_bytes() for name in names}
    contents |= {"report": outcome.release.report(), "changes": outcome.release.changes()}
    for name in ("report", "changes"):
        contents[name].pop("built", None)
    contents["report"].pop("inputs")
    for proof in contents["report"]["proofs"]:
        del proof["ms"], proof["message"]
    store = {str(quad) for quad in Store.read_only(str(outcome.release.store))}
    return {**contents, "store": store, "findings": sorted(outcome.findings)}


def assert_builds_agree(
    settings: Settings,
    other: Path,
    changes: Sequence[Change],
    chance: random.Random,
) -> None:
    """Change documents, two at a time, and build what changed and everything: it is the same."""
    for _ in range(3):
        write_study(settings.data[0], chance)
    build(settings, quiet, unproved=True)
    shutil.copytree(settings.out, other)
    for start in range(0, len(changes), 2):
        for change in changes[start : start + 2]:
            change(settings.root, chance)
        found = build(settings, quiet, unproved=True)
        everything = build(replace(settings, out=other), quiet, unproved=True, fresh=True)
        assert found.release.name == everything.release.name, changes[start : start + 2]
        assert read_contents(found) == read_contents(everything), changes[start : start + 2]


@pytest.fixture
def unqueried(tiny: Settings) -> Settings:
    """The miniature without saved queries, whose contracts are not the matter here."""
    for path in tiny.queries.glob("*.rq"):
        path.unlink()
    return tiny


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the documents that are read, in their order."""
    names: list[str] = []

    def read_and_note(path: Path, name: str, *more: Any) -> Document:
        names.append(name)
        return read_document(path, name, *more)

    monkeypatch.setattr(document_set, "read_document", read_and_note)
    return names


def test_what_is_taken_over_is_what_would_be_read(
    unqueried: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_cache, "LINES_AT_ONCE", 7)
    assert_builds_agree(unqueried, tmp_path / "fresh", CHANGES, random.Random(17))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_random_changes_of_the_miniature(
    unqueried: Settings, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    assert_builds_agree(unqueried, tmp_path / "fresh", chance.choices(CHANGES, k=10), chance)


@pytest.mark.long
def test_changes_of_the_shipped_data(tmp_path: Path) -> None:
    for name in ("data", "ontology", "sparql"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    settings = Settings(tmp_path, (tmp_path / "data",), tmp_path / "build")
    changes = (add_document, change_scheme, change_document)
    assert_builds_agree(settings, tmp_path / "fresh", changes, random.Random(17))


def test_only_what_changed_is_read(
    unqueried: Settings, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(1)
    build(unqueried, quiet)
    everything = len(set(read))
    read.clear()
    build(unqueried, quiet)
    assert read == []
    path = write_study(unqueried.data[0], chance)
    build(unqueried, quiet)
    assert read == [f"case-studies/{path.name}"]
    read.clear()
    # A new name of an organisation may be in any text, so every document is mapped again.
    change_organisations(unqueried.root, chance)
    build(unqueried, quiet)
    assert len(set(read)) == everything + 1
    read.clear()
    monkeypatch.setattr(document_cache, "hash_program", lambda: "another program")
    build(unqueried, quiet)
    assert len(set(read)) == everything + 1


def test_the_cache_holds_the_last_build_alone(unqueried: Settings) -> None:
    path = write_study(unqueried.data[0], random.Random(1))
    build(unqueried, quiet)
    before = {p.name for p in (unqueried.out / CACHE_FOLDER).iterdir()}
    path.unlink()
    build(unqueried, quiet)
    after = {p.name for p in (unqueried.out / CACHE_FOLDER).iterdir()}
    assert after < before and len(before - after) == 2


def test_a_damaged_or_foreign_entry_is_read_anew(unqueried: Settings, read: list[str]) -> None:
    expected = read_contents(build(unqueried, quiet))
    folder = unqueried.out / CACHE_FOLDER
    entries = sorted(folder.glob("*.json"))
    contents = [json.loads(path.read_text("utf-8").split("\n", 1)[1]) for path in entries]
    lines = [folder / f"{content['lines']}.nq.zst" for content in contents]
    for spoilt, empty, other, gone, source in (entries[:5], lines[4:9]):
        data = spoilt.read_bytes()
        spoilt.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
        empty.write_bytes(b"")
        shutil.copy(source, other)
        gone.unlink()
    read.clear()
    # Else nothing would have changed, and the release would stay without a look at the cache.
    (unqueried.ontology / "notes").write_text("no document")
    assert read_contents(build(unqueried, quiet)) == {**expected, "changes": ANY}
    assert len(set(read)) == 8
    read.clear()
    (unqueried.ontology / "notes").unlink()
    shutil.rmtree(unqueried.out / CACHE_FOLDER)
    (unqueried.out / CACHE_FOLDER).write_text("a file where the folder should be")
    assert read_contents(build(unqueried, quiet)) == {**expected, "changes": ANY}
    assert len(set(read)) > 8


def test_the_digest_of_the_program_is_that_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "loader" / "release" / "document_cache.py"
    copy.parent.mkdir(parents=True)
    copy.write_text("a = 1\n")
    monkeypatch.setattr(document_cache, "__file__", str(copy))
    before = document_cache.hash_program.__wrapped__()
    assert before == document_cache.hash_program.__wrapped__()
    copy.write_text("a = 2\n")
    assert document_cache.hash_program.__wrapped__() != before


def test_a_download_that_changes_is_read_again(unqueried: Settings, read: list[str]) -> None:
    folder = unqueried.data[0] / "sector"
    folder.mkdir()
    (folder / "made.toml").write_text(DESCRIPTOR)
    (folder / "made.csv").write_text("UKPRN,Income\n10000001,5\n")
    build(unqueried, quiet, unproved=True)
    read.clear()
    (folder / "made.csv").write_text("UKPRN,Income\n10000001,6\n")
    found = build(unqueried, quiet, unproved=True)
    assert read == ["sector/made.toml"]
    fresh = build(unqueried, quiet, unproved=True, fresh=True)
    assert fresh.release.name == found.release.name
