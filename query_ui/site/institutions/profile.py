"""The profile of an institution: all that its page and its report show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pyoxigraph import Literal

from loader.release.search_index.organisation_parts import (
    RECORD_CLASSES,
    TYPE_FACET,
    name_records_facet,
)
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facets import EVIDENCE_LEVELS
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.urls import Link, LinkedCount
from query_ui.http.release_address import get_today
from query_ui.site.institutions.group_comparison import (
    Group,
    GroupComparison,
    Topic,
    build_practice_list_path,
    choose_group,
    compare_with_group,
    load_groups,
    load_own_topics,
)
from query_ui.site.institutions.head import InstitutionHead, load_head
from query_ui.site.institutions.peers import Peer, load_peers
from query_ui.site.institutions.register_events import (
    RegisterEvent,
    load_due_dates,
    load_register_events,
)
from query_ui.site.institutions.register_lanes import Timeline, build_timeline
from query_ui.site.linked_rows import has_property
from query_ui.site.lists.list_items import collect_column_iris
from query_ui.site.membership_timeline import Membership, build_membership_timeline
from query_ui.site.record_cards import Card, load_cards

CKG = f"{BASE}ontology#"
CARDS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Records:
    """The practices, case studies, other initiatives and action plans, as cards or links.

    ``case_studies`` are the first of ``case_study_count``, or all of them.
    """

    practices: tuple[Card, ...]
    case_studies: tuple[Card, ...]
    case_study_count: int
    other_initiatives: tuple[Card, ...]
    action_plans: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class InstitutionProfile:
    """All that the page of an institution shows apart from statements, claims and issues.

    ``counts`` are pairs of a count and its words. ``groups`` are all groups, for the choice.
    """

    head: InstitutionHead
    counts: tuple[tuple[LinkedCount, str], ...]
    events: tuple[RegisterEvent, ...]
    event_count: LinkedCount
    timeline: Timeline
    records: Records
    memberships: tuple[tuple[Membership, Group | None], ...]
    participations: tuple[Membership, ...]
    topics: tuple[Topic, ...]
    comparison: GroupComparison | None
    groups: tuple[Group, ...]
    peers: tuple[Peer, ...]
    actions: tuple[PageRow, ...]
    figures: tuple[PageRow, ...]
    environment: PageRow | None

    @property
    def group_names(self) -> str:
        """Return the groups that the institution belongs to today, in words."""
        return ", ".join(m.other.text for m, _ in self.memberships if not m.end)


def load_profile(
    graph: GraphContext, iri: str, requested_group: str = "", max_case_studies: int | None = None
) -> InstitutionProfile:
    """Return the profile of an institution, with the first case studies or with all.

    Raises UsageError where ``requested_group`` is the slug of no group.
    """
    labels = EntityLabels(graph)
    groups = load_groups(graph)
    links = build_membership_timeline(graph, iri).memberships
    memberships = [m for m in links if m.role == "member of"]
    own_groups = [m.other.iri for m in memberships if not m.end]
    group = choose_group(groups, own_groups, requested_group)
    records = load_records(graph, labels, iri, max_case_studies)
    topics = load_own_topics(graph, labels, iri) if records.practices else []
    comparison = (
        compare_with_group(graph, iri, group, topics, group.link.iri in own_groups)
        if group
        else None
    )
    events = load_register_events(graph, labels, iri)
    head = load_head(graph, iri)
    due_dates = load_due_dates(graph, labels, iri, events) if head.is_institution else []
    group_by_iri = {group.link.iri: group for group in groups}
    return InstitutionProfile(
        head,
        count_contents(graph, iri, records, events, comparison),
        tuple(events),
        replace(count_records(graph, iri, "RegisterEvent", len(events)), list_href="#events"),
        build_timeline(events, due_dates, get_today()),
        records,
        tuple((m, group_by_iri.get(m.other.iri)) for m in memberships),
        tuple(m for m in links if m.role not in ("member", "member of")),
        tuple(topics),
        comparison,
        tuple(groups),
        tuple(
            load_peers(graph, iri, [g for g in groups if g.link.iri in own_groups])
            if head.is_institution
            else ()
        ),
        tuple(graph.select_rows("actions-of-institution", thing=iri))
        if records.action_plans
        else (),
        load_figures(graph, iri, bool(records.practices)),
        load_environment(graph, iri),
    )


def load_figures(graph: GraphContext, iri: str, has_practices: bool) -> tuple[PageRow, ...]:
    """Return the figures about an institution and its practices."""
    if not has_practices and not has_property(graph, iri, f"{CKG}indicator"):
        return ()
    return tuple(graph.select_rows("figures-of-institution", thing=iri))


def load_environment(graph: GraphContext, iri: str) -> PageRow | None:
    """Return the first environment profile of an institution; None where it has none."""
    if not has_property(graph, iri, f"{CKG}submissions"):
        return None
    return next(iter(graph.select_rows("environment-of-institution", thing=iri)), None)


def list_own_groups(graph: GraphContext, iri: str) -> list[str]:
    """Return the groups that an institution belongs to today."""
    links = build_membership_timeline(graph, iri).memberships
    return [m.other.iri for m in links if m.role == "member of" and not m.end]


def load_records(
    graph: GraphContext, labels: EntityLabels, iri: str, max_case_studies: int | None
) -> Records:
    """Return the records of an institution: practices with the strongest evidence first."""
    records: dict[str, dict[str, None]] = {"Practice": {}, "CaseStudy": {}, "ActionPlan": {}}
    others: dict[str, None] = {}
    for class_iri, record in list_records(graph, labels, iri):
        records.get(class_iri.removeprefix(CKG), others)[record] = None
    practices, plans = list(records["Practice"]), list(records["ActionPlan"])
    studies = list(records["CaseStudy"])[:max_case_studies]
    initiatives = [record for record in others if record not in records["Practice"]]
    cards = load_cards(graph, labels, list(dict.fromkeys([*practices, *studies, *initiatives])))
    card_by_iri = {card.link.iri: hide_own_institution(card, iri) for card in cards}
    labels.load(plans)
    return Records(
        tuple(sorted((card_by_iri[record] for record in practices), key=rank_by_evidence)),
        tuple(card_by_iri[record] for record in studies),
        len(records["CaseStudy"]),
        tuple(card_by_iri[record] for record in initiatives),
        tuple(labels.build_page_link(record) for record in plans),
    )


def list_records(graph: GraphContext, labels: EntityLabels, iri: str) -> list[tuple[str, str]]:
    """Return the records of an institution, each with its classes, by class and then by title.

    They are from the index or, without one, by the query.
    """
    index, query = graph.index, graph.page_queries["institution-records"]
    column = index.find_facet(name_records_facet(query)) if index else None
    if not index or not column:
        rows = sorted(graph.select_rows("institution-records", thing=iri), key=get_record_key)
        return [(get_cell_text(row, "class"), get_cell_text(row, "record")) for row in rows]
    types = index.facet(TYPE_FACET)
    found = [
        (types.values[place], index.iri(number))
        for number in column.find_entities(iri)
        for place in types.list_positions(number)
        if types.values[place] in RECORD_CLASSES
    ]
    labels.load(record for _, record in found)
    titles = {iri: "" if iri in labels.untitled_iris else labels.name(iri) for _, iri in found}
    return sorted(found, key=lambda one: (one[0], titles[one[1]], one[1]))


def get_record_key(row: PageRow) -> tuple[str, ...]:
    """Return the key that sorts records by class, then by title as SPARQL does, untitled first."""
    title = row["title"]
    parts = (
        (title.value, title.datatype.value, title.language or "")
        if isinstance(title, Literal)
        else ("", "", "")
    )
    return get_cell_text(row, "class"), *parts, get_cell_text(row, "record")


def hide_own_institution(card: Card, iri: str) -> Card:
    """Return a card without institution where that is the institution of the page alone."""
    is_own = [link.iri for link in card.institutions] == [iri]
    return replace(card, institutions=()) if is_own else card


def rank_by_evidence(card: Card) -> tuple[int, str]:
    """Return the key that puts the strongest evidence first, then sorts by title."""
    return -card.evidence_level, card.link.text.lower()


def count_contents(
    graph: GraphContext,
    iri: str,
    records: Records,
    events: Sequence[RegisterEvent],
    comparison: GroupComparison | None,
) -> tuple[tuple[LinkedCount, str], ...]:
    """Return the counts at the head of the page, each with its words."""
    practices = count_records(graph, iri, "Practice", len(records.practices))
    with_evidence = sum(card.evidence_level > 0 for card in records.practices)
    studies = count_records(graph, iri, "CaseStudy", records.case_study_count)
    registers = len({event.register.iri for event in events})
    listed = build_practice_list_path(iri)
    found = [
        (replace(practices, list_href=listed), "practice"),
        (
            LinkedCount(
                with_evidence,
                graph.named_query_path("count-with-evidence", thing=iri),
                f"{listed}{''.join(f'&evidence={level}' for level in EVIDENCE_LEVELS[1:])}",
            ),
            "with evidence",
        ),
        (replace(studies, list_href=build_case_study_list_path(iri)), "case study"),
        (
            LinkedCount(
                registers,
                graph.named_query_path("count-registers-of", thing=iri),
                "#awards" if registers else "",
            ),
            "register",
        ),
    ]
    if comparison:
        found.append((comparison.gap_count, f"gaps beside {comparison.group.link.text}"))
    return tuple((count, agree(words, count.value)) for count, words in found)


def agree(words: str, number: int) -> str:
    """Return a noun in the plural unless the number is 1; other words as they are."""
    plurals = {"practice": "practices", "case study": "case studies", "register": "registers"}
    return words if number == 1 else plurals.get(words, words)


def count_records(graph: GraphContext, iri: str, class_name: str, value: int) -> LinkedCount:
    """Return the number of records of a class, with the address of its query."""
    values = {"thing": iri, "class": f"{CKG}{class_name}"}
    return LinkedCount(value, graph.named_query_path("count-records-of", **values))


def build_case_study_list_path(iri: str) -> str:
    """Return the address of the list of the case studies of an institution."""
    return f"/case-studies?organisation={iri.rpartition('/')[2]}"


def list_members(graph: GraphContext, iri: str) -> list[tuple[Link, LinkedCount]]:
    """Return the members of a group today, each with the number of its practices."""
    labels = EntityLabels(graph)
    rows = graph.select_rows("members-of", group=iri)
    labels.load(collect_column_iris(rows, "member"))
    return [
        (
            labels.build_page_link(member := get_cell_text(row, "member")),
            replace(
                count_records(graph, member, "Practice", int(get_cell_text(row, "practices"))),
                list_href=build_practice_list_path(member),
            ),
        )
        for row in rows
    ]
