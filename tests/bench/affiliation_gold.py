"""Affiliations of our own writing with the organisations that they name, in two halves.

The first half may be looked at while the matching is changed; of the second only the figures are
read, so that they say how well it does with what it was not made for.
"""

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.affiliation import match_affiliation

GOLD = Path(__file__).with_name("affiliations.tsv")
"""Real organisations by their label in ROR, in invented addresses."""
SEED = 16


class Affiliation(NamedTuple):
    """A text with the labels of the organisations that it names, and of their parts."""

    text: str
    organisations: frozenset[str]
    parts: frozenset[str]


class SetTally(NamedTuple):
    """Organisations found rightly, wrongly and not at all; parts found with their host, of all."""

    right: int
    wrong: int
    missed: int
    parts: int
    all_parts: int

    @property
    def precision(self) -> float:
        """Share of the organisations found that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the organisations named that are found."""
        return self.right / max(1, self.right + self.missed)

    def __str__(self) -> str:
        return f"{self.precision:.3f} / {self.recall:.3f}"


Finder = Callable[[str], tuple[set[str], set[str]]]
"""Function from a text to the labels of the organisations and of the parts that are found."""


def read_halves() -> tuple[list[Affiliation], list[Affiliation]]:
    """Return the half that may be looked at, and the half that is kept apart."""
    with GOLD.open(encoding="utf-8") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        gold = [
            Affiliation(
                row["affiliation"], to_labels(row["organisations"]), to_labels(row["parts"])
            )
            for row in rows
        ]
    random.Random(SEED).shuffle(gold)
    return gold[: len(gold) // 2], gold[len(gold) // 2 :]


def to_labels(cell: str) -> frozenset[str]:
    """Return the labels in a cell, without empty ones."""
    return frozenset(filter(None, cell.split("|")))


def find_ours(name_index: NameIndex, text: str) -> tuple[set[str], set[str]]:
    """Return the labels of the sure organisations, and of those that are part of them."""
    found = match_affiliation(name_index, text)
    return (
        {m.entity.label for m in found if m.sure},
        {m.entity.label for m in found if m.relation and m.relation.kind == "part"},
    )


def find_one(
    name_index: NameIndex, find: Callable[[str], str], text: str
) -> tuple[set[str], set[str]]:
    """Return the label of the one organisation whose IRI a peer finds, if any, and no parts."""
    entity = name_index.find_entity(find(text))
    return ({entity.label} if entity else set()), set()


def tally_sets(gold: Sequence[Affiliation], find: Finder) -> SetTally:
    """Compare what is found with the gold; an institute in place of its host is no error."""
    right = wrong = missed = parts = 0
    for one in gold:
        organisations, found_parts = find(one.text)
        right += len(organisations & one.organisations)
        wrong += len(organisations - one.organisations - one.parts)
        missed += len(one.organisations - organisations)
        parts += len(found_parts & one.parts)
    return SetTally(right, wrong, missed, parts, sum(len(one.parts) for one in gold))
