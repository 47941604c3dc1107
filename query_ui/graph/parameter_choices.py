"""Choices for a parameter: the concepts of a scheme, or the first column of a saved query."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pyoxigraph import Literal, NamedNode

from loader.errors import BadValue
from loader.namespaces import SCHEMES, scheme
from loader.queries.parameter_binding import bind_parameters, parse_values
from loader.queries.parameters import Parameter
from loader.queries.query_files import SavedQuery
from loader.queries.rewrite import add_limit, apply_edits, remove_annotations, remove_order
from loader.queries.syntax.parser import parse_query
from query_ui.engine.protocol import Engine, ResultRow
from query_ui.graph.choice_counts import ChoiceCounts
from query_ui.graph.choice_names import ChoiceNames, get_short_name

MAX_CHOICES = 2000
"""Longer lists are truncated; a value that is not among them is not refused."""
_ROWS_PER_CHOICE = 4
"""How many rows are read at first for each choice, as a query may have several for one."""
_MAX_CACHED = 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ParameterChoice:
    """One possible value of a parameter; ``count`` is the number of rows for it, or None."""

    value: str
    label: str
    count: int | None = None

    @property
    def text(self) -> str:
        """The label with its count: "Wellbeing (4)"."""
        return self.label if self.count is None else f"{self.label} ({self.count:,})"


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """All choices in the order of their query, or ``MAX_CHOICES`` of them.

    Where it ``is_truncated``, no value can be refused as unknown.
    """

    items: tuple[ParameterChoice, ...] = ()
    is_truncated: bool = False


class ParameterChoices:
    """The choices in the graph; ``page_queries`` has those for concepts and for other names.

    They are fetched once for each release. Thread-safe.
    """

    def __init__(
        self,
        engine: Engine,
        saved_queries: Mapping[str, SavedQuery],
        page_queries: Mapping[str, SavedQuery],
    ) -> None:
        self.engine = engine
        self.saved_queries = saved_queries
        self.page_queries = page_queries
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[str, str], ChoiceList] = OrderedDict()
        self._totals: OrderedDict[tuple[str, str], int] = OrderedDict()
        self.counts = ChoiceCounts(engine)
        self._names: OrderedDict[tuple[str, str], ChoiceNames] = OrderedDict()

    def options(self, name: str) -> ChoiceList:
        """Return the choices called ``name``, a scheme or saved query; empty for any other name."""
        return self._fetch_once(self._cache, name, self._fetch_choices)

    def count_options(
        self, query: SavedQuery, parameter: Parameter, values: Mapping[str, Sequence[str]]
    ) -> ChoiceList:
        """Return the choices of a parameter, each with the number of rows that it returns.

        The other parameters have ``values``. Choices have no count where ``count_rows`` has none.
        """
        offered = self.options(parameter.choices)
        choices = [one.value for one in offered.items]
        counts = self.counts.count_rows(query, parameter, values, choices)
        if counts is None:
            return offered
        items = tuple(replace(one, count=counts[one.value]) for one in offered.items)
        return replace(offered, items=items)

    def count_choices(self, name: str) -> int:
        """Return how many choices called ``name`` there are, also of a truncated list."""
        offered = self.options(name)
        if not offered.is_truncated:
            return len(offered.items)
        return self._fetch_once(self._totals, name, self._fetch_total)

    def map_labels_by_value(self, name: str) -> dict[str, str]:
        """Return the choices called ``name``, value → label."""
        return {option.value: option.label for option in self.options(name).items}

    def resolve_values(
        self, query: SavedQuery, values: Mapping[str, Sequence[str]]
    ) -> dict[str, list[str]]:
        """Return the values with each name of a choice replaced by that choice.

        A name is a label, an alternative label or the end of an address, in any case. Raise
        BadValue for a name of several choices, and for a value that is not among the choices, as
        it cannot match anything.
        """
        resolved = {name: list(texts) for name, texts in values.items()}
        for parameter in query.parameters:
            texts = values.get(parameter.name, ())
            if texts and parameter.choices and (offered := self.options(parameter.choices)).items:
                resolved[parameter.name] = [
                    self._resolve_text(query, parameter, offered, text) for text in texts
                ]
        return resolved

    def _resolve_text(
        self, query: SavedQuery, parameter: Parameter, offered: ChoiceList, text: str
    ) -> str:
        try:
            term = parse_values(query, parameter, [text])[0]
        except BadValue:
            term = None
        if term in parameter.defaults or (
            term is not None and any(choice.value == term.value for choice in offered.items)
        ):
            return text
        names = self._fetch_once(self._names, parameter.choices, self._fetch_names)
        found = names.find_values(text)
        if len(found) == 1:
            return found[0] if parameter.datatype else f"<{found[0]}>"
        if found:
            message = f"“{text}” is ambiguous: it can mean {names.describe(found)}."
            raise BadValue(message, text, [*map(get_short_name, found)])
        if offered.is_truncated:
            return text
        near = map(get_short_name, names.find_near_values(text))
        message = f"Invalid value “{text}” for {parameter.name}. {names.suggest(text)}"
        raise BadValue(message, text, [*near])

    def _build_query_text(self, name: str) -> str:
        """Return the query for the choices called ``name``, a scheme or saved query; else ""."""
        if name in SCHEMES:
            values = {"scheme": [f"<{scheme(name).value}>"]}
            return bind_parameters(self.page_queries["choices"], values)
        return self.saved_queries[name].text if name in self.saved_queries else ""

    def _fetch_choices(self, name: str) -> ChoiceList:
        text = self._build_query_text(name)
        if not text:
            return ChoiceList()
        query = parse_query(text)
        modifier = query.clause("SolutionModifier")
        # To put 100,000 case studies in order takes ten seconds and more. What is grouped has all
        # to be read anyway.
        is_grouped = modifier is not None and modifier.child("GroupClause") is not None
        unordered = [] if is_grouped else remove_order(query)
        limit = MAX_CHOICES * _ROWS_PER_CHOICE
        while limited := add_limit(query, limit):
            rows = self.engine.query(apply_edits(text, [*unordered, *limited])).rows
            found = _collect_choices(rows)
            if len(rows) < limit and not unordered:
                return _build_list(found)
            if len(rows) < limit:
                break
            if len(found) > MAX_CHOICES:
                return _build_list(sorted(found, key=lambda one: (one.label.lower(), one.value)))
            limit *= _ROWS_PER_CHOICE
        return _build_list(_collect_choices(self.engine.query(text).rows))

    def _fetch_total(self, name: str) -> int:
        query = parse_query(self._build_query_text(name))
        prologue = query.text[: query.main.start]
        edits = [*remove_order(query), *remove_annotations(query)]
        inside = apply_edits(query.text, edits, query.main.start, query.root.end)
        saved = self.page_queries["choices"] if name in SCHEMES else self.saved_queries[name]
        head = f"SELECT (COUNT(DISTINCT ?{saved.contract.columns[0]}) AS ?choices)"
        rows = self.engine.query(f"{prologue}{head} WHERE {{ {{ {inside} }} }}").rows
        return sum(int(number.value) for (number,) in rows if isinstance(number, Literal))

    def list_other_names(self, name: str) -> list[tuple[str, str]]:
        """Return alternative labels, notations and former names as pairs of choice and name."""
        labels = self.map_labels_by_value(name)
        iris = [f"<{value}>" for value in labels if ":" in value and " " not in value]
        rows: Iterator[tuple[object, ...]] = iter(())
        if iris:
            text = bind_parameters(self.page_queries["choice-names"], {"thing": iris})
            rows = iter(self.engine.query(text).rows)
        return [
            (thing.value, other.value)
            for thing, other in rows
            if isinstance(thing, NamedNode) and isinstance(other, Literal)
        ]

    def _fetch_names(self, name: str) -> ChoiceNames:
        return ChoiceNames(self.map_labels_by_value(name), self.list_other_names(name))

    def _fetch_once(
        self, cache: OrderedDict[tuple[str, str], T], name: str, fetch: Callable[[str], T]
    ) -> T:
        """Return what is cached for the current release under ``name``, else fetch it."""
        release = self.engine.release
        with self._lock:
            known = cache.get((release, name))
        if known is not None:
            return known
        made = fetch(name)
        if release:
            with self._lock:
                cache[release, name] = made
                while len(cache) > _MAX_CACHED:
                    cache.popitem(last=False)
        return made


def _build_list(found: Sequence[ParameterChoice]) -> ChoiceList:
    return ChoiceList(tuple(found[:MAX_CHOICES]), is_truncated=len(found) > MAX_CHOICES)


def _collect_choices(rows: Iterable[ResultRow]) -> list[ParameterChoice]:
    """Return the choice of each row once: its first column, labelled by the second if an IRI."""
    found: dict[str, ParameterChoice] = {}
    for row in rows:
        value, label = row[0], row[1] if len(row) > 1 else None
        if isinstance(value, NamedNode | Literal):
            named = label if isinstance(value, NamedNode) else None
            shown = named.value if isinstance(named, Literal) else value.value
            found.setdefault(value.value, ParameterChoice(value.value, shown))
    return [*found.values()]
