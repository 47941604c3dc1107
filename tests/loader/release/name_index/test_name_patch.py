"""An index of which some entities are replaced is the one of all entities, byte for byte."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from loader.errors import BuildError
from loader.release.name_index import EntityName, NamedEntity, NameKind, write_name_index
from loader.release.name_index.name_patch import replace_entities

WORDS = "the fern moss and lichen society of york leeds UK United Kingdom – é".split()


def make_entity(iri: str, chance: random.Random) -> NamedEntity:
    names = tuple(
        EntityName(
            " ".join(chance.choices(WORDS, k=chance.randint(1, 6))),
            chance.choice([*NameKind]),
            chance.choice(["", "en", "cy"]),
        )
        for _ in range(chance.randint(0, 3))
    )
    scheme = chance.choice(["ror", "hesa"])
    return NamedEntity(
        iri,
        f"Label {chance.random()}",
        names,
        ("organisation",),
        country=chance.choice(["", "GB"]),
        place=chance.choice(["", "York", "The Leeds", "–"]),
        identifiers={scheme: ("1", "2")} if chance.random() < 0.3 else {},
    )


def make_entities(iris: list[str], chance: random.Random) -> dict[str, NamedEntity]:
    return {iri: make_entity(iri, chance) for iri in sorted(iris)}


def write(path: Path, entities: dict[str, NamedEntity]) -> bytes:
    write_name_index(path, [entities[iri] for iri in sorted(entities)], {})
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(20))
def test_random_entities_come_change_and_go(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    iris = [f"https://a.example/{letter}" for letter in "abcdeéƒ😀z"]
    old = make_entities(chance.sample(iris, chance.randint(0, 9)), chance)
    changed = chance.sample(iris, chance.randint(0, 9))
    new = make_entities([iri for iri in changed if chance.random() < 0.6], chance)
    kept = {iri: one for iri, one in old.items() if iri not in changed}
    write(tmp_path / "old", old)
    replace_entities(tmp_path / "old", tmp_path / "new", {*changed, "urn:none"}, new.values())
    assert (tmp_path / "new").read_bytes() == write(tmp_path / "whole", kept | new)


def read_all(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute(query).fetchall()


def test_the_rows_of_other_entities_are_copied(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    ferns = [NamedEntity(f"urn:{one}", "Fern", (EntityName("Fern"),)) for one in "abcd"]
    write(old, {one.iri: one for one in ferns[1:]})
    with closing(sqlite3.connect(old)) as base:
        base.executescript("UPDATE entity SET note = 'old'; UPDATE name SET bag = 'old'")
    replace_entities(old, new, {"urn:a", "urn:c"}, ferns[::2])
    notes = "SELECT number, iri, note FROM entity ORDER BY number"
    assert read_all(new, notes) == [
        *((0, "urn:a", ""), (1, "urn:b", "old")),
        *((2, "urn:c", ""), (3, "urn:d", "old")),
    ]
    bags = "SELECT iri FROM entity JOIN name ON entity = entity.number WHERE bag = 'old'"
    assert read_all(new, f"{bags} ORDER BY iri") == [("urn:b",), ("urn:d",)]


@pytest.mark.parametrize("content", [None, b"", b"no index" * 1000])
def test_an_index_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "old").write_bytes(content)
    with pytest.raises(BuildError, match="old: the names cannot be read"):
        replace_entities(tmp_path / "old", tmp_path / "new", {"urn:a"}, [])
    assert not (tmp_path / "new").exists()
