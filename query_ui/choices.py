"""What a parameter may be: the concepts of a scheme, or the first column of a saved query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from loader.errors import UsageError
from loader.saved_queries import SavedQuery
from loader.terms import SCHEMES, scheme
from query_ui.engine.interface import Engine
from query_ui.parameters import bind, terms

MOST = 2000
"""Longer lists are cut, so they are for choosing from and not for refusing by."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Looks choices up in the graph; ``concepts`` is the page query for those of a scheme."""

    engine: Engine
    saved: Mapping[str, SavedQuery]
    concepts: SavedQuery

    def of(self, name: str) -> dict[str, str]:
        """The choices of that name, value → label; none where the name is of nothing."""
        if name in SCHEMES:
            text = bind(self.concepts, {"scheme": [f"<{scheme(name).value}>"]})
        elif name in self.saved:
            text = self.saved[name].text
        else:
            return {}
        found: dict[str, str] = {}
        for row in self.engine.ask(text).rows:
            value, label = row[0], row[1] if len(row) > 1 else None
            if isinstance(value, NamedNode | Literal):
                named = label if isinstance(value, NamedNode) else None
                shown = named.value if isinstance(named, Literal) else value.value
                found.setdefault(value.value, shown)
        return found

    def check(self, query: SavedQuery, values: Mapping[str, Sequence[str]]) -> None:
        """Raise UsageError for a value that is none of its choices: it could only find nothing."""
        for parameter in query.parameters:
            texts = values.get(parameter.name, ())
            if not texts or not parameter.choices:
                continue
            known = self.of(parameter.choices)
            for text, term in zip(texts, terms(query, parameter, texts), strict=True):
                if known and len(known) < MOST and term.value not in known:
                    raise UsageError(_refusal(parameter.name, text, known))


def _refusal(name: str, text: str, known: Mapping[str, str]) -> str:
    short = {value.rsplit("/", 1)[-1]: label for value, label in known.items()}
    wanted = text.strip("<>").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    near = get_close_matches(wanted, short, n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}?" if near else f"It may be {', '.join(sorted(short))}."
    return f'"{text}" is nothing that {name} can be. {hint}'
