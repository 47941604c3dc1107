"""The concept schemes of the graph in groups: topics, people, frameworks and code lists."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from loader.languages import choose_language
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels, get_language
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.hierarchy import (
    ConceptNode,
    build_concept_tree,
    fetch_scheme_outline,
)

MAX_TOPICS = 40
"""Keywords shown on each of the two levels of the overview."""
KEYWORDS = f"{BASE}scheme/keywords"
SCHEME_GROUPS: Sequence[tuple[str, str, frozenset[str]]] = (
    ("For whom, and who has to act", "", frozenset({"beneficiaries", "stakeholders"})),
    (
        "Frameworks",
        "Concordats, charters and assessments, with their principles or elements.",
        frozenset({"principles"}),
    ),
    ("Code lists", "Values that this graph uses to describe practices and awards.", frozenset()),
    ("Other vocabularies", "Concept schemes of other publishers, in their own words.", frozenset()),
)
"""Title, note and schemes of each group; frameworks join the second, other schemes of this project
the third, those of others the last.
"""
FRAMEWORK_GROUP, OTHER_GROUP, FOREIGN_GROUP = 1, 2, 3


@dataclass(frozen=True, slots=True)
class ListedScheme:
    """A concept scheme with its description and its number of concepts."""

    link: Link
    description: str
    count: LinkedCount


@dataclass(frozen=True, slots=True)
class SchemeGroup:
    """Concept schemes under a title."""

    title: str
    note: str
    schemes: Sequence[ListedScheme]


def group_schemes(graph: GraphContext) -> list[SchemeGroup]:
    """Return the schemes of the graph in groups, all but the keywords; none is empty."""
    rows: dict[str, PageRow] = {}
    descriptions: dict[str, dict[str, str]] = defaultdict(dict)
    for row in graph.select_rows("schemes"):
        iri = get_cell_text(row, "scheme")
        rows[iri] = row
        text = get_cell_text(row, "description") if isinstance(row["description"], Literal) else ""
        descriptions[iri].setdefault(get_language(row, "description"), text)
    rows.pop(KEYWORDS, None)
    labels = EntityLabels(graph)
    labels.load(rows)
    found: list[list[ListedScheme]] = [[] for _ in SCHEME_GROUPS]
    for iri, row in rows.items():
        is_framework = get_cell_text(row, "isFramework") == "true"
        found[choose_group(iri, is_framework)].append(
            ListedScheme(
                labels.build_page_link(iri),
                descriptions[iri][choose_language(descriptions[iri])],
                graph.count("count-in-scheme", scheme=iri),
            )
        )
    return [
        SchemeGroup(title, note, schemes)
        for (title, note, _), schemes in zip(SCHEME_GROUPS, found, strict=True)
        if schemes
    ]


def choose_group(iri: str, is_framework: bool) -> int:
    """Return the position of the group of a scheme."""
    name = iri.removeprefix(f"{BASE}scheme/")
    for place, (_, _, names) in enumerate(SCHEME_GROUPS):
        if name in names:
            return place
    if is_framework:
        return FRAMEWORK_GROUP
    return OTHER_GROUP if iri.startswith(BASE) else FOREIGN_GROUP


def build_topic_tree(graph: GraphContext) -> list[ConceptNode]:
    """Return the upper two levels of the keywords, each concept with its counts."""
    outline = fetch_scheme_outline(graph, KEYWORDS)
    return build_concept_tree(outline, graph, outline.top_concepts[:MAX_TOPICS], MAX_TOPICS)
