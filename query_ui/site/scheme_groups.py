"""The concept schemes of the graph in groups: topics, people, frameworks and code lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.hierarchy import ConceptNode, build_concept_tree, build_scheme_outline

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
)
"""Title, note and schemes of each group; frameworks join the second, others the last."""
FRAMEWORK_GROUP, OTHER_GROUP = 1, 2


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
    rows = {get_cell_text(row, "scheme"): row for row in graph.select_rows("schemes")}
    rows.pop(KEYWORDS, None)
    labels = EntityLabels(graph)
    labels.load(rows)
    found: list[list[ListedScheme]] = [[] for _ in SCHEME_GROUPS]
    for iri, row in rows.items():
        is_framework = get_cell_text(row, "isFramework") == "true"
        found[choose_group(iri, is_framework)].append(
            ListedScheme(
                labels.build_page_link(iri),
                get_cell_text(row, "description"),
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
    return FRAMEWORK_GROUP if is_framework else OTHER_GROUP


def build_topic_tree(graph: GraphContext) -> list[ConceptNode]:
    """Return the upper two levels of the keywords, each concept with its counts."""
    rows = graph.select_rows("scheme-concepts", scheme=KEYWORDS)
    tops = build_scheme_outline(rows).top_concepts[:MAX_TOPICS]
    return build_concept_tree(rows, graph, tops, MAX_TOPICS)
