"""Writes any number of case studies with the tag frequencies of the shipped ones."""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from loader.queries.evaluate import evaluate_query

PER_FILE = 1_000
UNKNOWN = ("Coffee mornings", "Open office hours", "Data stewards", "Peer circles", "Lab swaps")
NAMES = {
    "beneficiary": "Beneficiaries",
    "stakeholder": "Stakeholders",
    "principle": "Concordat principles",
    "subject": "Keywords",
}
COLUMNS = {
    "Beneficiaries": "beneficiaries",
    "Stakeholders": "stakeholders",
    "Concordat principles": "principles",
    "Keywords": "keywords",
}
WORDS = (
    "the a our their new shared early open yearly small team group office school faculty staff "
    "researchers managers technicians meeting course circle programme plan survey week term year "
    "found began asked gave met wrote changed tried kept opened led joined helped paid planned "
    "time help advice space funds places skills trust voice care support talks together with for "
    "after before among across within through because while so that which everyone nobody some"
).split()


class Study(NamedTuple):
    """One generated case study; ``tags`` are labels by the name of their line."""

    title: str
    institution: str
    abstract: str
    tags: dict[str, list[str]]


def generate(folder: Path, count: int, store: Store, keywords: Sequence[str] = ()) -> None:
    """Write ``count`` case studies below ``folder``, half as summary cards, half as tables.

    Each gets a few of ``keywords`` besides, the first of them more often than the last.
    """
    chance = random.Random(count)
    folder.mkdir(parents=True)
    studies = invent(chance, count, samples(store), institutions(store), keywords)
    for number in range(-(-count // PER_FILE)):
        batch = [*islice(studies, PER_FILE)]
        write = write_cards if number % 2 else write_table
        write(folder / f"generated-{number:03}", batch)


def invent(
    chance: random.Random,
    count: int,
    tags: list[dict[str, list[str]]],
    names: list[str],
    keywords: Sequence[str] = (),
) -> Iterator[Study]:
    """Case studies whose tags are those of a shipped one, some left out, now and then one more."""
    for number in range(count):
        sample = chance.choice(tags)
        drawn = {line: [t for t in sample[line] if chance.random() > 0.1] for line in sample}
        drawn = {line: found or sample[line][:1] for line, found in drawn.items()}
        if chance.random() < 0.05:
            drawn["Keywords"].append(chance.choice(UNKNOWN))
        if keywords:
            places = (int(len(keywords) * chance.random() ** 2) for _ in range(3))
            drawn["Keywords"] += [keywords[place] for place in places]
        sentences = [sentence(chance) for _ in range(chance.randint(3, 7))]
        institution = chance.choice(names)
        sentences.insert(1, f"{institution} {sentence(chance).lower()}")
        yield Study(f"{sentence(chance)[:-1]} {number}", institution, " ".join(sentences), drawn)


def sentence(chance: random.Random) -> str:
    """A sentence that means nothing."""
    return " ".join(chance.choices(WORDS, k=chance.randint(6, 16))).capitalize() + "."


def write_cards(path: Path, batch: list[Study]) -> None:
    """Summary cards, their tag lines with spaces alone between the terms."""
    cards = []
    for study in batch:
        lines = [f"{name}: {' '.join(labels)}" for name, labels in study.tags.items()]
        cards.append("\n".join([f"Title: {study.title}", study.abstract, "", *lines]))
    path.with_suffix(".txt").write_text("\n\n".join(cards), encoding="utf-8")


def write_table(path: Path, batch: list[Study]) -> None:
    """A table with a list in each cell of tags."""
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "institution", "abstract", *COLUMNS.values()])
        for study in batch:
            cells = [" | ".join(study.tags.get(name, [])) for name in COLUMNS]
            writer.writerow([study.title, study.institution, study.abstract, *cells])


def samples(store: Store) -> list[dict[str, list[str]]]:
    """The tags of each shipped case study, by the name of their line."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    query = (Path(__file__).parent / "tags.rq").read_text("utf-8")
    rows = evaluate_query(store, query)
    assert isinstance(rows, QuerySolutions)
    for study, property_, label in rows:
        assert isinstance(property_, NamedNode) and isinstance(label, Literal)
        line = NAMES[property_.value.replace("#", "/").rsplit("/", 1)[1]]
        found[str(study)][line].append(label.value)
    return [dict(tags) for tags in found.values()]


def institutions(store: Store) -> list[str]:
    """The names of the shipped institutions."""
    base = "https://w3id.org/concordat-kg/"
    label = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    names = (
        quad.object
        for quad in store.quads_for_pattern(None, label, None)
        if str(quad.subject).startswith(f"<{base}id/organisation/")
    )
    return sorted({name.value for name in names if isinstance(name, Literal)})
