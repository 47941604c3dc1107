"""What was chosen of a list: the values of facets, as an address and as SPARQL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from loader.queries.parameter_binding import bind
from loader.queries.saved_query import SavedQuery
from query_ui.graph.facets import FACET_BY_NAME

INSERTION_LINE = "  # What was chosen stands here.\n"
"""The line of a page query where the choices go."""


@dataclass(frozen=True, slots=True)
class FacetFilter:
    """Things of some classes, narrowed by the values of facets.

    ``chosen`` has the values by the name of the facet, ``every`` the facets of which a thing must
    have all chosen values and not just any.
    """

    kind: str
    classes: tuple[str, ...]
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every: frozenset[str] = frozenset()

    def add_value(self, facet: str, value: str) -> "FacetFilter":
        """With one more value."""
        values = dict.fromkeys((*self.chosen.get(facet, ()), value))
        return replace(self, chosen={**self.chosen, facet: tuple(values)})

    def remove_value(self, facet: str, value: str = "") -> "FacetFilter":
        """Without a value of a facet, or without any of it."""
        values = tuple(v for v in self.chosen.get(facet, ()) if value and v != value)
        rest = {name: found for name, found in self.chosen.items() if name != facet}
        chosen = {**rest, facet: values} if values else rest
        return replace(self, chosen=chosen, every=self.every & chosen.keys())

    def matching(self, facet: str, is_match_all: bool) -> "FacetFilter":
        """With all the values of a facet meant, or any of them."""
        kept = self.every | {facet} if is_match_all else self.every - {facet}
        return replace(self, every=kept)

    def narrow_to_value(self, facet: str, value: str) -> "FacetFilter":
        """What the number beside a value counts: with it besides, or in place of the others."""
        base = self if facet in self.every else self.remove_value(facet)
        return base.add_value(facet, value)

    def list_iris(self) -> list[str]:
        """The chosen values that are IRIs."""
        return [v for values in self.chosen.values() for v in values if ":" in v]

    def list_fields(self) -> list[tuple[str, str]]:
        """The names and values that stand for it in an address, always in the same order."""
        found = []
        for name, facet in FACET_BY_NAME.items():
            found += [(name, facet.key(value)) for value in self.chosen.get(name, ())]
            if name in self.every and len(self.chosen.get(name, ())) > 1:
                found.append((facet.parameter, "all"))
        return found


def narrow_query(
    text: str, facet_filter: FacetFilter, facet_queries: Mapping[str, SavedQuery]
) -> str:
    """A page query kept to what was chosen, by the queries of the facets as its parts."""
    parts = list(build_facet_parts(facet_filter, facet_queries))
    prefixes = dict.fromkeys(
        line for part in [text, *parts] for line in part.splitlines() if is_prefix_line(line)
    )
    whole = text.replace(INSERTION_LINE, "".join(embed_query(part) for part in parts))
    body = [line for line in whole.splitlines() if not is_prefix_line(line)]
    return "\n".join([*sorted(prefixes), *body]) + "\n"


def build_facet_parts(
    facet_filter: FacetFilter, facet_queries: Mapping[str, SavedQuery]
) -> Iterator[str]:
    """The query of each chosen facet: once with all its values, or once for each."""
    for name, facet in FACET_BY_NAME.items():
        values = facet_filter.chosen.get(name, ())
        groups = [[value] for value in values] if name in facet_filter.every else [list(values)]
        for group in filter(None, groups):
            yield bind(
                facet_queries[facet.query_name],
                {"value": [format_parameter_value(value) for value in group]},
            )


def format_parameter_value(value: str) -> str:
    """A value as a parameter takes it: an IRI in its brackets, else a number."""
    return f"<{value}>" if ":" in value else value


def embed_query(part: str) -> str:
    """A whole query as a part of another, which is asked for its things alone."""
    lines = [line for line in part.splitlines() if not is_prefix_line(line) and line[:2] != "#+"]
    inside = "\n".join(f"    {line.partition('  #+')[0]}" for line in lines)
    return f"  {{\n{inside.replace(' ?value WHERE', ' WHERE')}\n  }}\n"


def is_prefix_line(line: str) -> bool:
    """Whether a line declares a prefix."""
    return line.startswith("PREFIX ")


def parse_facet_values(fields: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The values of the facets that the fields of an address name, each once."""
    return {
        name: tuple(dict.fromkeys(facet.value(key) for key in fields[name] if key))
        for name, facet in FACET_BY_NAME.items()
        if any(fields.get(name, ()))
    }
