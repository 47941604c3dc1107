"""What was chosen of a list: the values of facets, as an address and as SPARQL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from loader.queries.parameter_binding import bind
from loader.queries.saved_query import SavedQuery
from query_ui.graph.facets import FACETS

HERE = "  # What was chosen stands here.\n"
"""The line of a page query where the choices go."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Things of some classes, narrowed by the values of facets.

    ``chosen`` has the values by the name of the facet, ``every`` the facets of which a thing must
    have all chosen values and not just any.
    """

    kind: str
    classes: tuple[str, ...]
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every: frozenset[str] = frozenset()

    def adding(self, facet: str, value: str) -> "Selection":
        """With one more value."""
        values = dict.fromkeys((*self.chosen.get(facet, ()), value))
        return replace(self, chosen={**self.chosen, facet: tuple(values)})

    def leaving(self, facet: str, value: str = "") -> "Selection":
        """Without a value of a facet, or without any of it."""
        values = tuple(v for v in self.chosen.get(facet, ()) if value and v != value)
        rest = {name: found for name, found in self.chosen.items() if name != facet}
        chosen = {**rest, facet: values} if values else rest
        return replace(self, chosen=chosen, every=self.every & chosen.keys())

    def matching(self, facet: str, every: bool) -> "Selection":
        """With all the values of a facet meant, or any of them."""
        kept = self.every | {facet} if every else self.every - {facet}
        return replace(self, every=kept)

    def only(self, facet: str, value: str) -> "Selection":
        """What the number beside a value counts: with it besides, or in place of the others."""
        base = self if facet in self.every else self.leaving(facet)
        return base.adding(facet, value)

    def iris(self) -> list[str]:
        """The chosen values that are IRIs."""
        return [v for values in self.chosen.values() for v in values if ":" in v]

    def fields(self) -> list[tuple[str, str]]:
        """The names and values that stand for it in an address, always in the same order."""
        found = []
        for name, facet in FACETS.items():
            found += [(name, facet.key(value)) for value in self.chosen.get(name, ())]
            if name in self.every and len(self.chosen.get(name, ())) > 1:
                found.append((facet.parameter, "all"))
        return found


def narrowed(text: str, selection: Selection, queries: Mapping[str, SavedQuery]) -> str:
    """A page query kept to what was chosen, by the queries of the facets as its parts."""
    parts = list(parts_of(selection, queries))
    prefixes = dict.fromkeys(
        line for part in [text, *parts] for line in part.splitlines() if is_prefix(line)
    )
    whole = text.replace(HERE, "".join(indented(part) for part in parts))
    body = [line for line in whole.splitlines() if not is_prefix(line)]
    return "\n".join([*sorted(prefixes), *body]) + "\n"


def parts_of(selection: Selection, queries: Mapping[str, SavedQuery]) -> Iterator[str]:
    """The query of each chosen facet: once with all its values, or once for each."""
    for name, facet in FACETS.items():
        values = selection.chosen.get(name, ())
        groups = [[value] for value in values] if name in selection.every else [list(values)]
        for group in filter(None, groups):
            yield bind(queries[facet.query], {"value": [term(value) for value in group]})


def term(value: str) -> str:
    """A value as a parameter takes it: an IRI in its brackets, else a number."""
    return f"<{value}>" if ":" in value else value


def indented(part: str) -> str:
    """A whole query as a part of another, which is asked for its things alone."""
    lines = [line for line in part.splitlines() if not is_prefix(line) and line[:2] != "#+"]
    inside = "\n".join(f"    {line.partition('  #+')[0]}" for line in lines)
    return f"  {{\n{inside.replace(' ?value WHERE', ' WHERE')}\n  }}\n"


def is_prefix(line: str) -> bool:
    """Whether a line declares a prefix."""
    return line.startswith("PREFIX ")


def chosen_from(fields: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The values of the facets that the fields of an address name, each once."""
    return {
        name: tuple(dict.fromkeys(facet.value(key) for key in fields[name] if key))
        for name, facet in FACETS.items()
        if any(fields.get(name, ()))
    }
