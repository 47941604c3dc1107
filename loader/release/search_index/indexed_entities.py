"""The things that can be found, numbered kind by kind and in each kind by name."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

from pyoxigraph import Literal

from loader.release.search_index.postings import Postings, postings
from loader.release.search_index.search_schema import KINDS

Ask: TypeAlias = Callable[[str], Iterator[Any]]
"""Gives the rows of a query of ``sparql/index`` by its name."""
Range: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Name:
    """A label: rank 1 for names proper, 2 for other names, 3 for hidden ones."""

    rank: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Things:
    """``iris`` in their order with their ``numbers``, and what each is called.

    ``kinds`` is the range of numbers of each kind; ``members`` are the things of each kind, of
    which some may be numbered with another one.
    """

    iris: Sequence[str]
    numbers: Mapping[str, int]
    kinds: Mapping[str, Range]
    members: Postings
    names: Mapping[str, Sequence[Name]]

    titles: dict[str, str] = field(default_factory=dict)

    def title(self, iri: str) -> str:
        """The name to show: English before other languages; "" for a thing without a name."""
        found = self.titles.get(iri)
        if found is None:
            named = [name for name in self.names.get(iri, ()) if name.rank == 1]
            best = min(named, key=lambda n: (not n.language.startswith("en"), n.text), default=None)
            found = self.titles[iri] = best.text if best else ""
        return found


def read_things(ask: Ask) -> Things:
    """Number the things that the release has; one of several kinds stands with the first."""
    names: dict[str, list[Name]] = {}
    for thing, rank, name in ask("names"):
        if isinstance(name, Literal):
            language = name.language or "en"
            names.setdefault(thing.value, []).append(Name(int(rank.value), name.value, language))
    kinds = [(thing.value, kind.value) for thing, kind in ask("things")]
    kind_of: dict[str, int] = {}
    for iri, kind in kinds:
        kind_of[iri] = min(KINDS.index(kind), kind_of.get(iri, len(KINDS)))
    iris = sorted(kind_of, key=lambda iri: (kind_of[iri], *sorting(names.get(iri, ())), iri))
    numbers = {iri: number for number, iri in enumerate(iris)}
    members = postings((numbers[iri], kind) for iri, kind in kinds)
    return Things(iris, numbers, ranges(kind_of), members, names)


def ranges(kind_of: Mapping[str, int]) -> Mapping[str, Range]:
    """From each kind to its first number and the one after its last."""
    counts = Counter(kind_of.values())
    ends = [0, *accumulate(counts[place] for place in range(len(KINDS)))]
    return dict(zip(KINDS, pairwise(ends), strict=True))


def sorting(names: Sequence[Name]) -> tuple[bool, str]:
    """What lists sort by, as ``sparql/pages/things-of-class.rq`` does: the unnamed stand last."""
    named = min((name.text for name in names if name.rank == 1), default="")
    return not named, named.lower()
