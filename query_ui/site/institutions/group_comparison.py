"""What an institution has practice on, and beside its group has not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loader.errors import UsageError
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facets import FACET_BY_NAME, find_facet
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.urls import Link, LinkedCount, build_entity_iri

KEYWORDS = f"{BASE}concept/keywords/"
RARE = 1
"""Other members with practice on a topic, at most, for it to be rare in a group."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of institutions with the number of its members today."""

    link: Link
    size: LinkedCount
    slug: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A keyword or obligation.

    ``own`` counts the practices of the institution, ``members`` the other members of the group
    with practice on it. ``link`` leads to the list of practices.
    """

    iri: str
    link: Link
    own: LinkedCount
    members: LinkedCount | None = None

    @property
    def is_keyword(self) -> bool:
        """Return whether the topic is a keyword, not an obligation."""
        return self.iri.startswith(KEYWORDS)


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """An institution beside a group; ``others`` counts the members apart from the institution."""

    group: Group
    others: LinkedCount
    gap_count: LinkedCount
    gaps: tuple[Topic, ...]
    rare: tuple[Topic, ...]

    @property
    def keyword_gaps(self) -> list[Topic]:
        """Return the keywords with practice in the group and none here."""
        return [topic for topic in self.gaps if topic.is_keyword]

    @property
    def obligation_gaps(self) -> list[Topic]:
        """Return the obligations with practice in the group and none here."""
        return [topic for topic in self.gaps if not topic.is_keyword]


def load_groups(graph: GraphContext) -> list[Group]:
    """Return all groups with members today, by name."""
    return [
        Group(
            Link(get_cell_text(row, "name"), f"/organisations/{slug}", iri),
            LinkedCount(
                int(get_cell_text(row, "members")),
                graph.named_query_path("count-members", group=iri),
                f"/organisations/{slug}#members",
            ),
            slug,
        )
        for row in graph.select_rows_once("groups")
        if (iri := get_cell_text(row, "group")).startswith(f"{BASE}id/organisation/")
        and (slug := iri.removeprefix(f"{BASE}id/organisation/"))
    ]


def choose_group(groups: Sequence[Group], own: Sequence[str], requested: str) -> Group | None:
    """Return the group requested by its slug, or else the smallest own one with three members.

    Raises UsageError for a group that does not exist.
    """
    if requested:
        iri = build_entity_iri("organisation", requested)
        found = next((group for group in groups if group.link.iri == iri), None)
        if found is None:
            names = ", ".join(group.slug for group in groups)
            raise UsageError(f"There is no group “{requested}” with members. Groups are: {names}.")
        return found
    fitting = [g for g in groups if g.link.iri in own]
    return min(fitting, key=lambda g: (g.size.value < 3, g.size.value), default=None)


def load_own_topics(graph: GraphContext, labels: EntityLabels, iri: str) -> list[Topic]:
    """Return the keywords and obligations with practice of an institution, the most first."""
    rows = graph.select_rows("topics-of-institution", thing=iri)
    labels.load(get_cell_text(row, "topic") for row in rows)
    return [
        build_topic(
            graph, labels, iri, get_cell_text(row, "topic"), int(get_cell_text(row, "practices"))
        )
        for row in rows
    ]


def build_topic(graph: GraphContext, labels: EntityLabels, iri: str, topic: str, own: int) -> Topic:
    """Return a topic with the number of practices that an institution has on it."""
    return Topic(
        topic,
        Link(labels.name(topic), build_practice_list_path(topic=topic), topic),
        LinkedCount(
            own,
            graph.named_query_path("count-practices-on", thing=iri, topic=topic),
            build_practice_list_path(iri, topic),
        ),
    )


def build_practice_list_path(institution: str = "", topic: str = "", group: str = "") -> str:
    """Return the address of the list of practices, narrowed to an institution and a topic."""
    fields = []
    if topic:
        facet = find_facet(topic)
        fields.append(f"{facet.name}={facet.key(topic)}")
    for name, value in (("organisation", institution), ("consortium", group)):
        if value:
            fields.append(f"{name}={FACET_BY_NAME[name].key(value)}")
    return f"/practices?{'&'.join(fields)}"


def compare_with_group(
    graph: GraphContext, iri: str, group: Group, own_topics: Sequence[Topic], is_member: bool
) -> GroupComparison:
    """Return what other members of a group have practice on and an institution has not."""
    labels = EntityLabels(graph)
    own = {topic.iri: topic for topic in own_topics}
    rows = graph.select_rows_once("topics-of-group", group=group.link.iri)
    counts = {get_cell_text(row, "topic"): int(get_cell_text(row, "members")) for row in rows}
    labels.load(counts)

    def build(topic: str, members: int) -> Topic:
        base = own.get(topic) or build_topic(graph, labels, iri, topic, 0)
        href = graph.named_query_path("count-members-with-topic", group=group.link.iri, topic=topic)
        listed = build_practice_list_path(topic=topic, group=group.link.iri)
        link = replace(base.link, href=listed)
        return replace(base, link=link, members=LinkedCount(members, href))

    gaps = tuple(build(topic, n) for topic, n in counts.items() if topic not in own)
    others = group.size.value - is_member
    others_by_topic = {topic: counts.get(topic, 0) - is_member for topic in own}
    rare = tuple(
        build(topic, max(0, n)) for topic, n in others_by_topic.items() if n <= RARE and others > 1
    )
    values = {"group": group.link.iri, "thing": iri}
    return GroupComparison(
        group,
        LinkedCount(others, graph.named_query_path("count-other-members", **values)),
        LinkedCount(len(gaps), graph.named_query_path("count-gaps", **values), "#beside"),
        gaps,
        tuple(sorted(rare, key=lambda t: (t.members.value if t.members else 0, t.link.text))),
    )
