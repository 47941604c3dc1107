"""The view of a practice, case study or other initiative for readers: what it addresses and how."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.search_index.entity_filter import filter_entities, sort_entities
from query_ui.graph.urls import Link, LinkedCount, is_web_iri
from query_ui.site.entity_description import EntityDescription
from query_ui.site.linked_rows import CKG, select_linked_rows
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH
from query_ui.site.lists.list_request import ListRequest
from query_ui.site.record_cards import Card, format_date, load_cards, rank_evidence

MAX_SIBLINGS = 4
MAX_PATH_END = 24
"""The maximum number of characters of the end of a path in the name of a source."""
FUNDING = "https://schema.org/funding"
EVIDENCE_STEPS = (
    (1, "Take-up figures"),
    (2, "Participant feedback"),
    (3, "Before and after"),
    (4, "Independent evaluation"),
    (5, "Control group"),
)
"""Position and label of each evidence level above none."""
CURRENCY_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}


@dataclass(frozen=True, slots=True)
class AddressedObligation:
    """An obligation that a record addresses; ``note`` names the responsible group and principle."""

    link: Link
    code: str
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class ReportedEvaluation:
    """What the source reports about use or effect; ``level`` is the position of its evidence."""

    level: int
    finding: str
    method: str


@dataclass(frozen=True, slots=True)
class InstitutionRecords:
    """Other records of the same institution, the first few, with the number of all."""

    institution: Link
    links: tuple[Link, ...]
    total: LinkedCount


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record for readers: its card, and what the sections of its page show."""

    card: Card
    originals: tuple[Link, ...]
    principles: tuple[Link, ...]
    elements: tuple[Link, ...]
    stakeholders: tuple[Link, ...]
    obligations: tuple[AddressedObligation, ...]
    evaluations: tuple[ReportedEvaluation, ...]
    key_facts: tuple[tuple[str, str, tuple[Link, ...]], ...]
    siblings: InstitutionRecords | None


def build_record_view(graph: GraphContext, description: EntityDescription) -> RecordView:
    """Return the view of a record that ``description`` describes."""
    labels = EntityLabels(graph)
    (card,) = load_cards(graph, labels, [description.iri])
    return RecordView(
        card=card,
        originals=list_originals(description),
        principles=description.list_links("ckg:principle"),
        elements=description.list_links("ckg:frameworkElement"),
        stakeholders=description.list_links("ckg:stakeholder"),
        obligations=tuple(fetch_obligations(graph, labels, description.iri)),
        evaluations=tuple(fetch_evaluations(graph, description.iri)),
        key_facts=tuple(list_key_facts(graph, labels, card, description)),
        siblings=find_siblings(graph, labels, card),
    )


def list_originals(description: EntityDescription) -> tuple[Link, ...]:
    """Return the sources on the web, by host; none where the record is of low trust.

    Several pages of one host are told apart by the end of their paths, else by their addresses.
    """
    if description.is_low_trust or description.low_trust_documents:
        return ()
    links = description.list_links("dcterms:source")
    iris = dict.fromkeys(link.iri for link in links if is_web_iri(link.iri))
    ways: tuple[Callable[[str], str], ...] = (name_host, name_page, str)
    counts = [(way, Counter(map(way, iris))) for way in ways]
    return tuple(
        Link(next(way(iri) for way, times in counts if times[way(iri)] == 1), iri, iri)
        for iri in iris
    )


def name_host(iri: str) -> str:
    """Return the host of an address, without www."""
    return (urlsplit(iri).hostname or iri).removeprefix("www.")


def name_page(iri: str) -> str:
    """Return the host of an address with the end of its path, the middle left out."""
    parts = [part for part in urlsplit(iri).path.split("/") if part]
    end = [one if len(one) <= MAX_PATH_END else f"{one[:MAX_PATH_END]}…" for one in parts[-1:]]
    return "/".join([name_host(iri), *(["…"] if len(parts) > 1 else []), *end])


def fetch_obligations(
    graph: GraphContext, labels: EntityLabels, iri: str
) -> Iterator[AddressedObligation]:
    """Yield the obligations that a record addresses, by code."""
    rows = select_linked_rows(graph, "obligations-of", iri, outgoing=[f"{CKG}obligation"])
    labels.load(
        get_cell_text(row, column)
        for row in rows
        for column in ("obligation", "principle")
        if row[column]
    )
    for row in rows:
        principle = get_cell_text(row, "principle")
        link = labels.build_page_link(get_cell_text(row, "obligation"))
        words = get_cell_text(row, "words") or link.text
        yield AddressedObligation(
            link,
            get_cell_text(row, "code") or link.text,
            words[:1].upper() + words[1:],
            " · ".join(
                part
                for part in (
                    get_cell_text(row, "group"),
                    labels.name(principle) if principle else "",
                )
                if part
            ),
        )


def fetch_evaluations(graph: GraphContext, iri: str) -> Iterator[ReportedEvaluation]:
    """Yield the evaluations that the source of a record reports, the strongest first."""
    found = [
        ReportedEvaluation(
            max(0, rank_evidence(get_cell_text(row, "level").rpartition("/")[2])),
            get_cell_text(row, "finding"),
            get_cell_text(row, "method"),
        )
        for row in select_linked_rows(graph, "evaluations-of", iri, outgoing=[f"{CKG}evaluation"])
    ]
    yield from sorted(found, key=lambda one: -one.level)


def list_key_facts(
    graph: GraphContext, labels: EntityLabels, card: Card, description: EntityDescription
) -> Iterator[tuple[str, str, tuple[Link, ...]]]:
    """Yield the key facts: label, text and links; the text says where the source gives nothing."""
    missing = "Not given"
    yield "Institution", "" if card.institutions else missing, card.institutions
    yield "Kind", card.kind, ()
    if description.has_class("CaseStudy"):
        yield from list_dates(description, (("Published", "dcterms:issued"),))
        yield "Describes", "", description.list_links("ckg:describes")
        held = description.list_texts("ckg:textHeld")
        yield "Full text", "Held here" if held == ["true"] else "Not held here", ()
        return
    yield from list_dates(
        description, (("Started", "schema:startDate"), ("Ended", "schema:endDate"))
    )
    yield "Scale", ", ".join(description.list_texts("ckg:moneyOrScale")) or missing, ()
    rows = select_linked_rows(graph, "funding-of", description.iri, outgoing=[FUNDING])
    labels.load(get_cell_text(row, "funder") for row in rows if row["funder"])
    funding = "; ".join(filter(None, dict.fromkeys(describe_grant(labels, row) for row in rows)))
    yield "Funder", funding or missing, ()
    yield "Part of", "", description.list_links("dcterms:isPartOf")
    yield from list_dates(description, (("Source dated", "ckg:sourceDate"),))
    yield "Part read", ", ".join(description.list_texts("ckg:partRead")), ()
    yield "Verification", ", ".join(description.list_texts("ckg:verification")), ()


def list_dates(
    description: EntityDescription, properties: tuple[tuple[str, str], ...]
) -> Iterator[tuple[str, str, tuple[Link, ...]]]:
    """Yield the dates of some properties as key facts."""
    for label, prop in properties:
        dates = [format_date(text, is_long=True) for text in description.list_texts(prop)]
        yield label, ", ".join(dates) or "Not given", ()


def describe_grant(labels: EntityLabels, row: PageRow) -> str:
    """Return funder and amount of a grant in words; "" where the source prints neither."""
    funder = get_cell_text(row, "printed") or (
        labels.name(get_cell_text(row, "funder")) if row["funder"] else ""
    )
    amount, currency = get_cell_text(row, "amount"), get_cell_text(row, "currency")
    if not amount:
        return funder
    number = f"{float(amount):,.2f}".removesuffix(".00")
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    return f"{funder}, {sign}{number}" if funder else f"{sign}{number}"


def find_siblings(
    graph: GraphContext, labels: EntityLabels, card: Card
) -> InstitutionRecords | None:
    """Return the first other records of the record's institution; None where it is the only one."""
    index = graph.index
    institutions = [link for link in card.institutions if link.iri]
    if not index or not institutions:
        return None
    definition = LIST_DEFINITION_BY_PATH[
        "/case-studies" if card.link.href.startswith("/case-studies/") else "/initiatives"
    ]
    selection: FacetFilter = definition.full_selection.add_value(
        "organisation", institutions[0].iri
    )
    mask = filter_entities(index, selection)
    numbers = sort_entities(index, mask, "title")[: MAX_SIBLINGS + 1]
    others = [iri for number in numbers if (iri := index.iri(number)) != card.link.iri]
    if not others:
        return None
    labels.load(others)
    total = LinkedCount(
        int(np.count_nonzero(mask)),
        graph.narrowed_query_path("count-of-class", selection),
        ListRequest(definition, selection).address(),
    )
    return InstitutionRecords(
        institutions[0], tuple(map(labels.build_page_link, others[:MAX_SIBLINGS])), total
    )
