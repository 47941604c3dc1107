"""The home page: what the site is for, a search box, three tasks, one chart and the scope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, render_template

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facets import find_facet
from query_ui.graph.page_queries import (
    GraphContext,
    PageRow,
    ParameterValues,
    current_graph,
    get_cell_text,
)
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH
from query_ui.site.practice_counts import (
    BANDS,
    PRACTICE_FILTER,
    EvidenceChart,
    build_evidence_chart,
    count_entities,
)
from query_ui.site.record_cards import CKG, format_date
from query_ui.site.topic_contents import ACTION_LIST

blueprint = Blueprint("home", __name__)

CASE_STUDY_LIST, ORGANISATION_LIST = (
    LIST_DEFINITION_BY_PATH["/case-studies"],
    LIST_DEFINITION_BY_PATH["/organisations"],
)
GAPS_HREF = "/coverage?of=practice&rows=obligation&columns=consortium"
COUNT_DEFINITIONS: tuple[tuple[str, ParameterValues, str], ...] = (
    ("Case studies", f"{CKG}CaseStudy", "/case-studies"),
    ("Initiatives", f"{CKG}Initiative", "/initiatives"),
    ("Planned actions", f"{CKG}Action", "/action-plans"),
    ("Awards and signatures", f"{CKG}RegisterEvent", "/registers"),
    ("Obligations", f"{CKG}Obligation", "/concepts/principles"),
    ("Institutions", ORGANISATION_LIST.classes, "/organisations"),
    ("Source documents", f"{CKG}SourceDocument", "/graphs"),
)
"""What is counted beside practices: words, classes and the page that shows the records."""


@dataclass(frozen=True, slots=True)
class CountInWords:
    """A count with what it counts: "44 of 59 obligations …", where ``total`` is the 59.

    ``words`` follows the number; ``one`` does where the number is 1 and its noun changes.
    """

    count: LinkedCount
    words: str
    one: str = ""
    total: LinkedCount | None = None

    @property
    def text(self) -> str:
        """Return the words that fit the number."""
        return self.one if self.one and self.count.value == 1 else self.words


CHART_BYTES = 100_000
"""About what the chart of the kinds of practices takes in memory."""


@dataclass(frozen=True, slots=True)
class Task:
    """One entrance: a question, a live example, its first count and further ones in words."""

    question: str
    icon: str
    href: str
    example: Link
    counts: Sequence[CountInWords]


@blueprint.get("/")
def home() -> str:
    """Return the home page; a part without data is left out."""
    graph = current_graph()
    labels = EntityLabels(graph)
    chart = graph.keep("evidence chart", CHART_BYTES, build_evidence_chart)
    counts = count_records(graph, chart)
    topics, institution, obligation = (
        graph.select_rows(name)
        for name in ("example-topics", "example-institutions", "example-obligations")
    )
    labels.load(
        get_cell_text(row, name)
        for rows, name in ((topics, "keyword"), (institution, "organisation"))
        for row in rows
    )
    topic = labels.build_page_link(get_cell_text(topics[0], "keyword")) if topics else None
    owner = (
        labels.build_page_link(get_cell_text(institution[0], "organisation"))
        if institution
        else None
    )
    return render_template(
        "home.html",
        chart=chart,
        bands=BANDS,
        counts=counts,
        limits=count_limits(graph, chart, counts.get("Institutions", (None, ""))[0]),
        issues=count_issues(graph),
        searches=list_example_searches(topic, owner, institution, obligation),
        tasks=[
            task
            for task in (
                build_topic_task(graph, topic),
                build_institution_task(graph, owner),
                build_gap_task(graph, chart),
            )
            if task
        ],
        dataset=describe_dataset(graph),
        saved_queries=len(graph.saved_queries),
    )


def count_records(
    graph: GraphContext, chart: EvidenceChart | None
) -> dict[str, tuple[LinkedCount, str]]:
    """Return the number of records of each type that occurs with their page, practices first."""
    found = {"Practices": (chart.total, chart.total.list_href)} if chart else {}
    for words, classes, path in COUNT_DEFINITIONS:
        count = graph.count("count-of-class", **{"class": classes})
        listed = LIST_DEFINITION_BY_PATH.get(path)
        # A number opens only the list that it counts; plans and registers list something else.
        if listed and {*listed.classes} == ({classes} if isinstance(classes, str) else {*classes}):
            count = replace(count, list_href=path)
        if count.value:
            found[words] = count, path
    return found


def count_limits(
    graph: GraphContext, chart: EvidenceChart | None, institutions: LinkedCount | None
) -> list[CountInWords]:
    """Return how complete the practices are, as counts in words; nothing without practices."""
    if not chart:
        return []
    having = graph.count("count-institutions-with-practice")
    confirmed, in_part = (
        graph.count(name) for name in ("count-practices-read-again", "count-practices-read-in-part")
    )
    return [
        CountInWords(having, "institutions have a practice here", total=institutions),
        CountInWords(
            chart.evidenced, "practices report evidence of use or effect", total=chart.total
        ),
        CountInWords(confirmed, "practices were confirmed by a second reading", total=chart.total),
        CountInWords(in_part, "practices rest on the first part of a page only", total=chart.total),
    ]


def count_issues(graph: GraphContext) -> list[CountInWords]:
    """Return the numbers of unverified claims and data issues, each with its saved query."""
    found = []
    for words, one, name, query in (
        (
            "claims are kept apart and never counted as facts",
            "claim is kept apart and never counted as a fact",
            "Claim",
            "claims",
        ),
        ("data issues are open", "data issue is open", "DataIssue", "data-issues"),
    ):
        count = graph.count("count-of-class", **{"class": f"{CKG}{name}"})
        href = f"/queries/{query}" if query in graph.saved_queries else ""
        if count.value:
            found.append(CountInWords(replace(count, list_href=href), words, one))
    return found


def list_example_searches(
    topic: Link | None,
    owner: Link | None,
    institution: Sequence[PageRow],
    obligation: Sequence[PageRow],
) -> list[Link]:
    """Return searches to try: a topic, an institution, its ROR identifier and an obligation."""
    ror = get_cell_text(institution[0], "ror") if institution else ""
    code = get_cell_text(obligation[0], "code") if obligation else ""
    searches = [
        Link(topic.text, topic.href) if topic else None,
        Link(owner.text, owner.href) if owner else None,
        Link(ror.removeprefix("https://"), f"/search?{urlencode({'q': ror})}") if ror else None,
        Link(code, f"/search?{urlencode({'q': code})}") if code else None,
    ]
    return [search for search in searches if search]


def build_topic_task(graph: GraphContext, topic: Link | None) -> Task | None:
    """Return the entrance by topic, with what is recorded on one of them."""
    if not topic:
        return None
    facet = find_facet(topic.iri).name
    planned = ACTION_LIST.full_selection.add_value(facet, topic.iri)
    actions = graph.count_narrowed("count-of-class", planned, f"{topic.href}#actions")
    return Task(
        "What is being done on a topic?",
        "topic",
        "/concepts",
        topic,
        [
            *count_works(graph, facet, topic.iri),
            *keep_counted(CountInWords(actions, "planned actions", "planned action")),
        ],
    )


def build_institution_task(graph: GraphContext, owner: Link | None) -> Task | None:
    """Return the entrance by institution, with what is recorded of one of them."""
    if not owner:
        return None
    events = graph.count(
        "count-records-of-organisation",
        **{"class": f"{CKG}RegisterEvent", "organisation": owner.iri},
    )
    return Task(
        "What does my institution have?",
        "inst",
        "/organisations",
        owner,
        [
            *count_works(graph, "organisation", owner.iri),
            *keep_counted(
                CountInWords(replace(events, list_href=owner.href), "awards and signatures")
            ),
        ],
    )


def build_gap_task(graph: GraphContext, chart: EvidenceChart | None) -> Task | None:
    """Return the entrance by gaps: the obligations without practice; None without practices."""
    obligations = graph.count("count-of-class", **{"class": f"{CKG}Obligation"})
    if not chart or not obligations.value:
        return None
    gaps = graph.count("count-obligations-without-practice")
    return Task(
        "Where are the gaps?",
        "grid",
        "/coverage",
        Link("Concordat obligations", GAPS_HREF),
        [
            CountInWords(
                replace(gaps, list_href=f"{GAPS_HREF}#uncovered"),
                "obligations have no practice linked to them",
                total=replace(obligations, list_href="/concepts/principles"),
            )
        ],
    )


def count_works(graph: GraphContext, facet: str, value: str) -> list[CountInWords]:
    """Return the numbers of practices and case studies with a value of a facet."""
    studies = CASE_STUDY_LIST.full_selection.add_value(facet, value)
    return keep_counted(
        CountInWords(
            count_entities(graph, PRACTICE_FILTER.add_value(facet, value)), "practices", "practice"
        ),
        CountInWords(count_entities(graph, studies, CASE_STUDY_LIST), "case studies", "case study"),
    )


def keep_counted(*counts: CountInWords) -> list[CountInWords]:
    """Return the counts that are not 0."""
    return [found for found in counts if found.count.value]


def describe_dataset(graph: GraphContext) -> tuple[str, str]:
    """Return the version of the data and its date of issue in words; "" where not stated."""
    rows = graph.select_rows("dataset-version")
    if not rows:
        return "", ""
    return get_cell_text(rows[0], "version"), format_date(get_cell_text(rows[0], "issued"), True)
