"""What a parameter may be: the concepts of a scheme, or the first column of a saved query."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from loader.errors import BadValue
from loader.namespaces import SCHEMES, scheme
from loader.queries.parameter_binding import bind, terms
from loader.queries.query_files import SavedQuery
from query_ui.engine.protocol import Answer, Engine

MOST = 2000
"""Longer lists are cut, so they are for choosing from and not for refusing by."""
COUNTED = {
    "count": "things that carry it",
    "caseStudies": "case studies",
    "memberships": "memberships",
    "concepts": "concepts",
}
"""Columns that count what a choice leads to, with what they count."""
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a parameter may be; ``count`` is None where nothing is counted."""

    value: str
    label: str
    count: int | None = None

    @property
    def text(self) -> str:
        """The label with its count: "Wellbeing (4)"."""
        return self.label if self.count is None else f"{self.label} ({self.count:,})"


@dataclass(frozen=True, slots=True)
class Options:
    """The first of ``total`` things that a parameter may be; ``counted`` says what counts count."""

    items: tuple[Option, ...] = ()
    total: int = 0
    counted: str = ""

    @property
    def truncated(self) -> bool:
        """Whether there are more, so that nothing can be refused for not being among them."""
        return self.total >= MOST


class Choices:
    """Looks choices up in the graph; ``concepts`` is the page query for those of a scheme.

    What a release offers is looked up once. Safe to use from several threads.
    """

    def __init__(
        self, engine: Engine, saved: Mapping[str, SavedQuery], concepts: SavedQuery
    ) -> None:
        self.engine = engine
        self.saved = saved
        self.concepts = concepts
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], Options] = OrderedDict()

    def options(self, name: str) -> Options:
        """The choices of that name; none where the name is of nothing."""
        release = self.engine.release
        with self._lock:
            known = self._known.get((release, name))
        if known is None:
            known = self._looked_up(name)
            if release:
                self._keep((release, name), known)
        return known

    def of(self, name: str) -> dict[str, str]:
        """The choices of that name, value → label."""
        return {option.value: option.label for option in self.options(name).items}

    def check(self, query: SavedQuery, values: Mapping[str, Sequence[str]]) -> None:
        """Raise BadValue for a value that is none of its choices: it could only find nothing."""
        for parameter in query.parameters:
            texts = values.get(parameter.name, ())
            if not texts or not parameter.choices:
                continue
            offered = self.options(parameter.choices)
            known = {option.value: option.label for option in offered.items}
            for text, term in zip(texts, terms(query, parameter, texts), strict=True):
                if known and not offered.truncated and term.value not in known:
                    raise BadValue(_refusal(parameter.name, text, known))

    def _looked_up(self, name: str) -> Options:
        if name in SCHEMES:
            text = bind(self.concepts, {"scheme": [f"<{scheme(name).value}>"]})
        elif name in self.saved:
            text = self.saved[name].text
        else:
            return Options()
        answer = self.engine.ask(text)
        column = next((column for column in answer.columns if column in COUNTED), "")
        found: dict[str, Option] = {}
        for option in _options(answer, column):
            found.setdefault(option.value, option)
        items = tuple(found.values())
        return Options(items[:MOST], len(items), COUNTED.get(column, ""))

    def _keep(self, key: tuple[str, str], options: Options) -> None:
        with self._lock:
            self._known[key] = options
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)


def _options(answer: Answer, counted: str) -> Iterator[Option]:
    """The choice of each row: its first column, named by the second where it is an IRI."""
    place = answer.columns.index(counted) if counted else 0
    for row in answer.rows:
        value, label = row[0], row[1] if len(row) > 1 else None
        if isinstance(value, NamedNode | Literal):
            named = label if isinstance(value, NamedNode) else None
            shown = named.value if isinstance(named, Literal) else value.value
            number = row[place] if counted else None
            count = int(number.value) if isinstance(number, Literal) else None
            yield Option(value.value, shown, count)


def _refusal(name: str, text: str, known: Mapping[str, str]) -> str:
    short = {value.rsplit("/", 1)[-1]: label for value, label in known.items()}
    wanted = text.strip("<>").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    near = get_close_matches(wanted, short, n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}?" if near else f"It may be {', '.join(sorted(short))}."
    return f'"{text}" is nothing that {name} can be. {hint}'
