"""The filter of a list: selected values of facets, as fields of a query string and as SPARQL."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from loader.errors import UsageError
from loader.queries.parameter_binding import list_bindings
from loader.queries.prologue import merge_prologues, read_prologue
from loader.queries.rewrite import (
    Edit,
    apply_edits,
    as_subquery,
    insert_into_where,
    replace_prologue,
    trim,
    with_projection,
)
from loader.queries.saved_query import SavedQuery
from loader.release.search_index.text_folding import split_words
from query_ui.graph.facets import FACET_BY_NAME

ENTITY_VARIABLE = "thing"
"""The variable for the entities of a list in page queries and facet queries."""
NAME_FIELD = "q"
"""The field of the words that the names of entities must have."""
NAME_QUERY = "name"
"""The query in ``sparql/facets`` that finds entities by a part of a name."""
MAX_NAME_TEXT, MAX_NAME_WORDS = 200, 8
"""Characters and words of ``NAME_FIELD``: the query reads all names once for each word."""
POSITION_BY_FACET = {name: position for position, name in enumerate(FACET_BY_NAME)}


@dataclass(frozen=True, slots=True)
class FacetFilter:
    """A selection of the entities of some classes by values of facets.

    ``chosen`` maps the name of a facet to its selected values; ``every`` names the facets of
    which an entity must have all selected values instead of any. ``text`` has words, each of which
    must occur in a title or another name of the entity.
    """

    kind: str
    classes: tuple[str, ...]
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every: frozenset[str] = frozenset()
    text: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of ``text`` without case and accents, each once."""
        return tuple(dict.fromkeys(split_words(self.text)))

    def add_value(self, facet: str, value: str) -> "FacetFilter":
        """Return the filter with one more value of a facet."""
        values = dict.fromkeys((*self.chosen.get(facet, ()), value))
        return replace(self, chosen={**self.chosen, facet: tuple(values)})

    def remove_value(self, facet: str, value: str = "") -> "FacetFilter":
        """Return the filter without a value of a facet, or without any of its values."""
        values = tuple(v for v in self.chosen.get(facet, ()) if value and v != value)
        rest = {name: found for name, found in self.chosen.items() if name != facet}
        chosen = {**rest, facet: values} if values else rest
        return replace(self, chosen=chosen, every=self.every & chosen.keys())

    def matching(self, facet: str, is_match_all: bool) -> "FacetFilter":
        """Return the filter that requires all values of a facet, or any of them."""
        kept = self.every | {facet} if is_match_all else self.every - {facet}
        return replace(self, every=kept)

    def narrow_to_value(self, facet: str, value: str) -> "FacetFilter":
        """Return the filter for the count of a value: with it added, or as the facet's only one."""
        base = self if facet in self.every else self.remove_value(facet)
        return base.add_value(facet, value)

    def list_iris(self) -> list[str]:
        """Return the selected values that are IRIs."""
        return [v for values in self.chosen.values() for v in values if ":" in v]

    def list_fields(self) -> list[tuple[str, str]]:
        """Return the fields of the query string, always in the same order."""
        found = []
        for name in sorted(self.chosen, key=POSITION_BY_FACET.__getitem__):
            facet, values = FACET_BY_NAME[name], self.chosen[name]
            found += [(name, facet.key(value)) for value in values]
            if name in self.every and len(values) > 1:
                found.append((facet.parameter, "all"))
        return [*found, (NAME_FIELD, self.text)] if self.text else found


def narrow_query(
    query: SavedQuery,
    facet_filter: FacetFilter,
    facet_queries: Mapping[str, SavedQuery],
    edits: Collection[Edit] = (),
) -> str:
    """Return a page query with ``edits``, narrowed by the queries of the selected facets.

    The query of a facet becomes a subquery that selects only the entities: one with all values,
    or, where an entity must have all of them, one for each value.
    """
    parts = list(_bind_facets(facet_filter, facet_queries))
    prologues = [read_prologue(one.syntax) for one in (query, *(part for part, _ in parts))]
    prologue = merge_prologues(prologues)
    patterns = "".join(
        as_subquery(
            part.syntax, prologue, [*bindings, *with_projection(part.syntax, [ENTITY_VARIABLE])]
        )
        for part, bindings in parts
    )
    changes = [
        *edits,
        *replace_prologue(query.syntax, prologue),
        *insert_into_where(query.syntax, patterns, ENTITY_VARIABLE),
    ]
    return trim(apply_edits(query.text, changes))


def _bind_facets(
    facet_filter: FacetFilter, facet_queries: Mapping[str, SavedQuery]
) -> Iterator[tuple[SavedQuery, list[Edit]]]:
    """Yield the query of each selected facet with the edits that bind its values."""
    for name, facet in FACET_BY_NAME.items():
        values = facet_filter.chosen.get(name, ())
        groups = [[value] for value in values] if name in facet_filter.every else [list(values)]
        for group in filter(None, groups):
            query = facet_queries[facet.query_name]
            texts = [format_parameter_value(value) for value in group]
            yield query, list_bindings(query, {"value": texts})
    for word in facet_filter.words:
        query = facet_queries[NAME_QUERY]
        yield query, list_bindings(query, {"value": [word]})


def format_parameter_value(value: str) -> str:
    """Return a value as written for a parameter: an IRI in angle brackets, or a number."""
    return f"<{value}>" if ":" in value else value


def parse_name_text(fields: Mapping[str, Sequence[str]]) -> str:
    """Return the text of ``NAME_FIELD`` with single spaces, "" without one.

    Raise UsageError for a text without letters and digits, with too many words or too long.
    """
    text = " ".join("".join([*fields.get(NAME_FIELD, ())][-1:]).split())
    if len(text) > MAX_NAME_TEXT:
        raise UsageError(
            f"{NAME_FIELD} has {len(text):,} characters, and a list is searched for at most "
            f"{MAX_NAME_TEXT}: write a few words of a title."
        )
    words = set(split_words(text))
    if text and not words:
        raise UsageError(f"{NAME_FIELD} has no letter or digit: write a word of a title.")
    if len(words) > MAX_NAME_WORDS:
        raise UsageError(
            f"{NAME_FIELD} has {len(words)} words, and a list is searched for at most "
            f"{MAX_NAME_WORDS}: leave some out."
        )
    return text


def parse_facet_values(fields: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the values of the facets in the fields of a query string, without duplicates."""
    return {
        name: tuple(dict.fromkeys(facet.value(key) for key in fields[name] if key))
        for name, facet in FACET_BY_NAME.items()
        if any(fields.get(name, ()))
    }
