"""The hierarchy of a concept scheme as a tree, and all paths up from one concept.

https://www.w3.org/TR/skos-reference/#semantic-relations
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import Literal

from loader.languages import choose_language, is_shown_with
from query_ui.graph.entity_labels import EntityLabels, get_language, order_scheme_languages
from query_ui.graph.page_queries import ENTRY_BYTES, GraphContext, PageRow, get_cell_text
from query_ui.graph.urls import Link
from query_ui.site.concept_counts import ConceptCounts, count_tagged_entities

DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"
SITE_TAGS = ("en-GB", "en")
CONCEPT_BYTES = 1500
"""About what one row of a concept takes in memory, with its places in the outline."""
MAX_NARROWER_SHOWN = 200
"""Narrower concepts shown under each in a tree; the page of the concept lists all."""


@dataclass(slots=True)
class ConceptNode:
    """A concept in the tree of its scheme, with its counts and narrower concepts.

    ``is_collapsed``: it has narrower concepts, none of which is shown; ``is_truncated``: it has
    more than are shown.
    """

    link: Link
    counts: ConceptCounts
    notation: str = ""
    definition: str = ""
    narrower: list["ConceptNode"] = field(default_factory=list)
    is_collapsed: bool = False
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class SchemeOutline:
    """The IRIs of a scheme's top concepts and of the narrower ones of each, and their rows.

    ``row_by_concept`` has the first row of each concept.
    """

    top_concepts: Sequence[str]
    narrower_by_concept: Mapping[str, Sequence[str]]
    row_by_concept: Mapping[str, PageRow]

    def select_visible(self, expanded_concepts: Collection[str] | None, limit: int) -> set[str]:
        """Return the IRIs to show: top concepts and children of expanded ones; all for None."""
        found = set(limit_siblings(self.top_concepts, expanded_concepts, limit))
        for iri in self.narrower_by_concept if expanded_concepts is None else expanded_concepts:
            found.update(
                limit_siblings(self.narrower_by_concept.get(iri, ()), expanded_concepts, limit)
            )
        return found


def limit_siblings(
    concepts: Sequence[str], expanded_concepts: Collection[str] | None, limit: int
) -> list[str]:
    """Return the first concepts of a level, and those after them that are expanded."""
    kept = expanded_concepts or ()
    return [*concepts[:limit], *(iri for iri in concepts[limit:] if iri in kept)]


def build_scheme_outline(rows: Sequence[PageRow]) -> SchemeOutline:
    """Return the outline of a scheme from rows of ``concept`` and ``broader``.

    In a cycle that no top concept leads to, the first concept becomes a top concept.
    """
    above: dict[str, set[str]] = {}
    first_rows: dict[str, PageRow] = {}
    for row in rows:
        first_rows.setdefault(get_cell_text(row, "concept"), row)
        above.setdefault(get_cell_text(row, "concept"), set()).add(get_cell_text(row, "broader"))
    below: dict[str, list[str]] = defaultdict(list)
    for iri, higher in above.items():
        for parent in higher & above.keys():
            below[parent].append(iri)
    tops = [iri for iri, higher in above.items() if not higher & above.keys()]
    # Data may contain cycles without any top concept, which SKOS does not forbid. Each gets an
    # entry point, so that every concept appears somewhere in the tree.
    reached = _collect_reachable(tops, below)
    for iri in above:
        if iri not in reached:
            tops.append(iri)
            reached |= _collect_reachable([iri], below)
    return SchemeOutline(tops, below, first_rows)


def _collect_reachable(
    start_concepts: Sequence[str], narrower_by_concept: Mapping[str, Sequence[str]]
) -> set[str]:
    seen, waiting = set(start_concepts), [*start_concepts]
    while waiting:
        new = set(narrower_by_concept.get(waiting.pop(), ())) - seen
        seen |= new
        waiting += new
    return seen


def build_concept_tree(
    outline: SchemeOutline,
    graph: GraphContext,
    expanded_concepts: Collection[str] | None = None,
    limit: int = MAX_NARROWER_SHOWN,
) -> list[ConceptNode]:
    """Return the tree of concepts; with ``expanded_concepts`` all others are collapsed.

    Each level has the first ``limit`` concepts, and those of ``expanded_concepts``.
    """
    shown = outline.select_visible(expanded_concepts, limit)
    names = EntityLabels(graph)
    names.load(shown)
    counts = count_tagged_entities(graph, shown)
    definitions = fetch_definitions(graph, shown)
    nodes: dict[str, ConceptNode] = {}
    for iri in shown:
        notation = get_cell_text(outline.row_by_concept[iri], "notation")
        nodes[iri] = ConceptNode(
            names.build_page_link(iri), counts[iri], notation, definitions.get(iri, "")
        )

    def build_node(iri: str, path: tuple[str, ...]) -> ConceptNode:
        """Return a concept with its subtree; ``path``, its ancestors, ends a cycle."""
        here = (*path, iri)
        every = outline.narrower_by_concept.get(iri, ())
        inside = [one for one in limit_siblings(every, expanded_concepts, limit) if one not in here]
        if expanded_concepts is not None and iri not in expanded_concepts:
            return replace(nodes[iri], is_collapsed=bool(inside))
        below = [build_node(one, here) for one in inside]
        return replace(nodes[iri], narrower=below, is_truncated=len(every) > limit)

    tops = limit_siblings(outline.top_concepts, expanded_concepts, limit)
    return [build_node(iri, ()) for iri in tops]


def fetch_scheme_concepts(graph: GraphContext, scheme_iri: str) -> list[PageRow]:
    """Return the concepts of a scheme, each with one label, in the language in which it is shown.

    The rows have ``concept``, ``label``, ``notation`` and ``broader``, in the order of the labels.
    """
    rows = graph.select_rows("scheme-concepts", scheme=scheme_iri)
    return select_shown_language(graph, scheme_iri, rows)


def fetch_scheme_outline(graph: GraphContext, scheme_iri: str) -> SchemeOutline:
    """Return the outline of a scheme, kept for the release."""

    def compute() -> tuple[SchemeOutline, int]:
        rows = fetch_scheme_concepts(graph, scheme_iri)
        return build_scheme_outline(rows), ENTRY_BYTES + CONCEPT_BYTES * len(rows)

    key = ("scheme outline", scheme_iri)
    return graph.kept_values.get_or_compute(graph.engine.release, key, compute)


def select_shown_language(
    graph: GraphContext, scheme_iri: str, rows: Sequence[PageRow]
) -> list[PageRow]:
    """Return the rows of ``concept`` and ``label`` in the language in which the concept is shown.

    Where rows say which label is ``preferred``, those decide the language.
    """
    tags: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["label"] is not None and get_cell_text(row, "preferred", "true") == "true":
            tags[get_cell_text(row, "concept")].add(get_language(row, "label"))
    commonest: Sequence[str] = ()
    if any(choose_language(some) not in ("", *SITE_TAGS) for some in tags.values()):
        ordered = graph.get_or_compute("languages of schemes", order_scheme_languages)
        commonest = ordered.get(scheme_iri, ())
    chosen = {iri: choose_language(some, commonest) for iri, some in tags.items()}
    return [
        row
        for row in rows
        if row["label"] is None
        or is_shown_with(
            get_language(row, "label"), chosen.get(iri := get_cell_text(row, "concept"), "")
        )
        or iri not in chosen
    ]


def fetch_definitions(graph: GraphContext, iris: Collection[str]) -> dict[str, str]:
    """Return the definition of each concept that has one as text, in the language to show.

    They are kept for the release, since many pages show the same part of a scheme.
    """
    release = graph.engine.release
    kept = graph.kept_values.get_many(release, [("definition", iri) for iri in iris])
    missing = sorted(iri for iri in iris if ("definition", iri) not in kept)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in graph.select_rows("summaries", thing=missing, property=DEFINITION):
        text = get_cell_text(row, "value")
        if isinstance(row["value"], Literal) and text.strip():
            found[get_cell_text(row, "thing")].setdefault(get_language(row, "value"), text)
    chosen = {iri: texts[choose_language(texts)] for iri, texts in found.items()}
    values = [(("definition", iri), chosen.get(iri, "")) for iri in missing]
    graph.kept_values.put_many(release, [(k, v, ENTRY_BYTES + 2 * len(v)) for k, v in values])
    kept.update(values)
    return {iri: text for iri in iris if (text := str(kept["definition", iri]))}


def iterate_broader_paths(rows: Sequence[PageRow], concept_iri: str) -> Iterator[list[str]]:
    """Yield every path of IRIs from a top concept to a parent of ``concept_iri``.

    ``rows`` pair ``concept`` with ``broader``. No path has a concept twice, which ends cycles.
    There may be very many paths, hence an iterator.
    """
    above: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        above[get_cell_text(row, "concept")].append(get_cell_text(row, "broader"))
    return _iterate_paths_above(concept_iri, above, (concept_iri,))


def _iterate_paths_above(
    iri: str, broader_by_concept: Mapping[str, list[str]], path_below: tuple[str, ...]
) -> Iterator[list[str]]:
    higher = [broader for broader in broader_by_concept.get(iri, ()) if broader not in path_below]
    for broader in higher:
        yield from _iterate_paths_above(broader, broader_by_concept, (broader, *path_below))
    # The path ends at a top concept, or where every broader concept is on the path already.
    if not higher and len(path_below) > 1:
        yield list(path_below[:-1])
