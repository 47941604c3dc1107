"""Writes a keyword scheme of many concepts, for measuring what a hierarchy costs."""

import random
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

BASE = "https://w3id.org/concordat-kg/"
FIRST = "early shared open local daily remote joint quiet public guided".split()
SECOND = "mentoring funding writing teaching leading hiring planning training travel review".split()
THIRD = "for and of with under beyond before after within about".split()
LAST = "doctoral clinical technical visiting senior junior part-time returning retired new".split()


def grow(root: Path, count: int) -> list[str]:
    """Add ``count`` keywords to the ontology of a project root; gives their labels.

    They stand three deep below the top concepts of the scheme: 1 in 40 is a branch, 1 in 8 of the
    rest a twig, and all others are leaves; some stand in two places.
    """
    labels = list(words(count))
    text = "\n".join(turtle(number, label, count) for number, label in enumerate(labels))
    path = root / "ontology" / "schemes" / "keywords.ttl"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")
    return labels


def words(count: int) -> Iterator[str]:
    """Labels that differ from each other and from those that are shipped."""
    for number, parts in enumerate(product(FIRST, SECOND, THIRD, LAST)):
        if number == count:
            return
        yield " ".join(parts).capitalize()


def turtle(number: int, label: str, count: int) -> str:
    """One concept below those that stand before it."""
    places = [place(number, count)]
    if number % 50 == 49:
        places.append(random.Random(number).randrange(max(1, count // 40)))
    broader = ", ".join(dict.fromkeys(f"concept:{name(p)}" for p in places))
    return (
        f"concept:{name(number)} a skos:Concept ; skos:inScheme scheme:keywords ; "
        f'skos:prefLabel "{label}"@en ; skos:altLabel "{label} ({number})"@en ; '
        f'skos:definition "Made to measure with, number {number}."@en ; skos:broader {broader} .'
    )


def place(number: int, count: int) -> int:
    """What a concept stands below: -1 for a top concept of the shipped scheme."""
    branches = max(1, count // 40)
    twigs = branches * 6
    if number < branches:
        return -1
    return number % branches if number < twigs else branches + number % (twigs - branches)


def name(number: int) -> str:
    """The end of the IRI."""
    return f"made-{number}" if number >= 0 else "culture-and-conduct"


def project(root: Path, source: Path) -> Path:
    """A copy of the content folders of a checkout, to be changed."""
    for folder in ("ontology", "sparql"):
        shutil.copytree(source / folder, root / folder)
    return root
