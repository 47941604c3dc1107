"""Choices for a parameter: the concepts of a scheme, or the first column of a saved query."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from loader.errors import BadValue
from loader.namespaces import SCHEMES, scheme
from loader.queries.parameter_binding import bind_parameters, parse_values
from loader.queries.query_files import SavedQuery
from query_ui.engine.protocol import Engine, QueryResult

MAX_CHOICES = 2000
"""Longer lists are truncated; values are not checked against them."""
COUNT_LABEL_BY_COLUMN = {
    "count": "things that carry it",
    "caseStudies": "case studies",
    "memberships": "memberships",
    "concepts": "concepts",
}
"""The columns with a count for each choice, and the label of what they count."""
_MAX_CACHED = 64


@dataclass(frozen=True, slots=True)
class ParameterChoice:
    """One possible value of a parameter; ``count`` is None where nothing is counted."""

    value: str
    label: str
    count: int | None = None

    @property
    def text(self) -> str:
        """The label with its count: "Wellbeing (4)"."""
        return self.label if self.count is None else f"{self.label} ({self.count:,})"


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """The first of ``total`` choices; ``counted`` is the label of what their counts count."""

    items: tuple[ParameterChoice, ...] = ()
    total: int = 0
    counted: str = ""

    @property
    def is_truncated(self) -> bool:
        """Whether there may be more choices, so that no value can be refused as unknown."""
        return self.total >= MAX_CHOICES


class ParameterChoices:
    """The choices in the graph; ``concept_query`` is the page query for the concepts of a scheme.

    They are fetched once for each release. Thread-safe.
    """

    def __init__(
        self, engine: Engine, saved_queries: Mapping[str, SavedQuery], concept_query: SavedQuery
    ) -> None:
        self.engine = engine
        self.saved_queries = saved_queries
        self.concept_query = concept_query
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[str, str], ChoiceList] = OrderedDict()

    def options(self, name: str) -> ChoiceList:
        """Return the choices called ``name``, a scheme or saved query; empty for any other name."""
        release = self.engine.release
        with self._lock:
            known = self._cache.get((release, name))
        if known is None:
            known = self._fetch_choices(name)
            if release:
                self._cache_choices((release, name), known)
        return known

    def map_labels_by_value(self, name: str) -> dict[str, str]:
        """Return the choices called ``name``, value → label."""
        return {option.value: option.label for option in self.options(name).items}

    def check_values(self, query: SavedQuery, values: Mapping[str, Sequence[str]]) -> None:
        """Raise BadValue for a value that is not among the choices, as it cannot match anything."""
        for parameter in query.parameters:
            texts = values.get(parameter.name, ())
            if not texts or not parameter.choices:
                continue
            offered = self.options(parameter.choices)
            known = {option.value: option.label for option in offered.items}
            for text, term in zip(texts, parse_values(query, parameter, texts), strict=True):
                if known and not offered.is_truncated and term.value not in known:
                    raise BadValue(_format_refusal(parameter.name, text, known))

    def _fetch_choices(self, name: str) -> ChoiceList:
        if name in SCHEMES:
            text = bind_parameters(self.concept_query, {"scheme": [f"<{scheme(name).value}>"]})
        elif name in self.saved_queries:
            text = self.saved_queries[name].text
        else:
            return ChoiceList()
        answer = self.engine.query(text)
        column = next((column for column in answer.columns if column in COUNT_LABEL_BY_COLUMN), "")
        found: dict[str, ParameterChoice] = {}
        for option in _parse_choices(answer, column):
            found.setdefault(option.value, option)
        items = tuple(found.values())
        return ChoiceList(items[:MAX_CHOICES], len(items), COUNT_LABEL_BY_COLUMN.get(column, ""))

    def _cache_choices(self, key: tuple[str, str], choices: ChoiceList) -> None:
        with self._lock:
            self._cache[key] = choices
            while len(self._cache) > _MAX_CACHED:
                self._cache.popitem(last=False)


def _parse_choices(result: QueryResult, count_column: str) -> Iterator[ParameterChoice]:
    """Yield the choice of each row: its first column, labelled by the second if it is an IRI."""
    place = result.columns.index(count_column) if count_column else 0
    for row in result.rows:
        value, label = row[0], row[1] if len(row) > 1 else None
        if isinstance(value, NamedNode | Literal):
            named = label if isinstance(value, NamedNode) else None
            shown = named.value if isinstance(named, Literal) else value.value
            number = row[place] if count_column else None
            count = int(number.value) if isinstance(number, Literal) else None
            yield ParameterChoice(value.value, shown, count)


def _format_refusal(name: str, text: str, label_by_value: Mapping[str, str]) -> str:
    short = {value.rsplit("/", 1)[-1]: label for value, label in label_by_value.items()}
    wanted = text.strip("<>").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    near = get_close_matches(wanted, short, n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}?" if near else f"It may be {', '.join(sorted(short))}."
    return f'"{text}" is nothing that {name} can be. {hint}'
