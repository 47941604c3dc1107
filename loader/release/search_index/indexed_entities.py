"""The entities of the search index, numbered by kind and, within a kind, by name."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

from pyoxigraph import Literal

from loader.languages import choose_language, order_languages
from loader.release.search_index.postings import Postings, build_postings
from loader.release.search_index.search_schema import ENTITY_KINDS

IndexQueryRunner: TypeAlias = Callable[[str], Iterator[Any]]
"""Returns the rows of a query of ``sparql/index`` by its name."""
NumberRange: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class RankedLabel:
    """A label: rank 1 for proper names, 2 for other names, 3 for hidden ones."""

    rank: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class EntityNumbering:
    """``iris`` in the order of their numbers, with their labels.

    ``kinds`` is the range of numbers of each kind; ``kind_postings`` are the entities of each kind,
    some of which may be numbered with another one.
    """

    iris: Sequence[str]
    number_by_iri: Mapping[str, int]
    kinds: Mapping[str, NumberRange]
    kind_postings: Postings
    labels_by_iri: Mapping[str, Sequence[RankedLabel]]
    languages_by_iri: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The languages of the scheme of a concept, the commonest first."""

    title_by_iri: dict[str, str] = field(default_factory=dict)

    def title(self, iri: str) -> str:
        """Return the name to display, in the language to show; "" for an unnamed entity."""
        found = self.title_by_iri.get(iri)
        if found is None:
            named = [name for name in self.labels_by_iri.get(iri, ()) if name.rank == 1]
            chosen = choose_language(
                (n.language for n in named), self.languages_by_iri.get(iri, ())
            )
            texts = (name.text for name in named if name.language == chosen)
            found = self.title_by_iri[iri] = min(texts, default="")
        return found


def number_entities(run_query: IndexQueryRunner) -> EntityNumbering:
    """Number the entities of the release; one of several kinds is numbered with the first."""
    names: dict[str, list[RankedLabel]] = {}
    for entity, rank, name in run_query("names"):
        if isinstance(name, Literal):
            language = name.language or "en"
            names.setdefault(entity.value, []).append(
                RankedLabel(int(rank.value), name.value, language)
            )
    # Sorted here, as the engine takes ten times as long to sort a column of texts.
    for labels in names.values():
        labels.sort()
    kinds = [(entity.value, kind.value) for entity, kind in run_query("things")]
    kind_of: dict[str, int] = {}
    for iri, kind in kinds:
        kind_of[iri] = min(ENTITY_KINDS.index(kind), kind_of.get(iri, len(ENTITY_KINDS)))
    iris = sorted(kind_of, key=lambda iri: (kind_of[iri], *build_sort_key(names.get(iri, ())), iri))
    numbers = {iri: number for number, iri in enumerate(iris)}
    members = build_postings((numbers[iri], kind) for iri, kind in kinds)
    languages = find_scheme_languages(run_query, names)
    return EntityNumbering(iris, numbers, compute_kind_ranges(kind_of), members, names, languages)


def find_scheme_languages(
    run_query: IndexQueryRunner, labels_by_iri: Mapping[str, Sequence[RankedLabel]]
) -> Mapping[str, Sequence[str]]:
    """Return the languages of the scheme of each concept, the commonest first."""
    pairs = [(concept.value, scheme.value) for concept, scheme in run_query("schemes")]
    ordered = order_languages(
        (scheme, label.language, 1)
        for concept, scheme in pairs
        for label in labels_by_iri.get(concept, ())
        if label.rank == 1
    )
    found: dict[str, Sequence[str]] = dict(ordered)
    for concept, scheme in pairs:
        if scheme in ordered:
            found.setdefault(concept, ordered[scheme])
    return found


def compute_kind_ranges(kind_by_iri: Mapping[str, int]) -> Mapping[str, NumberRange]:
    """Return, for each kind, its first number and the one after its last."""
    counts = Counter(kind_by_iri.values())
    ends = [0, *accumulate(counts[place] for place in range(len(ENTITY_KINDS)))]
    return dict(zip(ENTITY_KINDS, pairwise(ends), strict=True))


def build_sort_key(labels: Sequence[RankedLabel]) -> tuple[bool, str]:
    """Return the sort key of lists, as in ``sparql/pages/things-of-class.rq``: unnamed last."""
    named = min((name.text for name in labels if name.rank == 1), default="")
    return not named, named.lower()
