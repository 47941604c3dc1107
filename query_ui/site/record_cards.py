"""Cards: what lists show of practices, case studies and other records at a glance."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from loader.release.search_index.card_tags import (
    CARD_TAG_PROPERTIES,
    CARDS_QUERY,
    name_card_facet,
)
from loader.settings import BASE
from query_ui.graph.entity_labels import RDF_TYPE, EntityLabels
from query_ui.graph.facets import EVIDENCE_LEVELS
from query_ui.graph.page_queries import ENTRY_BYTES, GraphContext, get_cell_text
from query_ui.graph.urls import Link

CKG = f"{BASE}ontology#"
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
CONCEPT = f"{BASE}concept/"
MONTHS = (
    "January February March April May June July August September October November December"
).split()
STATUS_ICONS = frozenset({"running", "ended", "planned"})
CONFIRMED = ("Read again", "verified")
"""How the verification of a record begins whose source a second reader has read."""
MAX_SUMMARY = 300
"""How many characters of a description or an abstract a card shows; the page of the record has all.

An abstract may have a thousand, and fifty of them are no list that anyone looks through."""

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of one record.

    ``icon`` is a name in ``static/icons.svg``. ``evidence`` is the label of the strongest evidence
    that the source reports, and ``evidence_level`` its position from 0; "" and 0 where the record
    has no evaluation. ``is_confirmed`` says whether a second reader has read the source.
    ``summary`` is how the description or abstract begins.
    """

    link: Link
    icon: str
    kind: str
    institutions: tuple[Link, ...]
    dates: str
    summary: str
    beneficiaries: tuple[Link, ...]
    keywords: tuple[Link, ...]
    evidence: str
    evidence_level: int
    is_confirmed: bool
    status: str
    status_icon: str
    is_low_trust: bool

    @property
    def meta(self) -> str:
        """Return the line below the title: kind, institutions and dates."""
        institutions = ", ".join(link.text for link in self.institutions[:3])
        more = f" and {len(self.institutions) - 3} more" if len(self.institutions) > 3 else ""
        return " · ".join(part for part in (self.kind, institutions + more, self.dates) if part)


def load_cards(graph: GraphContext, labels: EntityLabels, iris: Sequence[str]) -> list[Card]:
    """Return the cards of records, in the order of ``iris``."""
    found = load_card_values(graph, iris)
    named = (v for some in found.values() for texts in some.values() for v in texts)
    labels.load({*iris, *(value for value in named if value.startswith(BASE))})
    return [build_card(labels, iri, found[iri]) for iri in iris]


def load_card_values(graph: GraphContext, iris: Sequence[str]) -> dict[str, Values]:
    """Return the values of the properties on the card of each record, kept for the release."""
    release = graph.engine.release
    kept = graph.kept_values.get_many(release, [("card", iri) for iri in iris])
    missing = [iri for iri in dict.fromkeys(iris) if ("card", iri) not in kept]
    found: dict[str, dict[str, list[str]]] = {iri: defaultdict(list) for iri in missing}
    if missing:
        fill_card_values(graph, found)
        graph.kept_values.put_many(
            release,
            [(("card", iri), values, measure_card_values(values)) for iri, values in found.items()],
        )
    return {iri: found[iri] if iri in found else cast(Values, kept["card", iri]) for iri in iris}


def fill_card_values(graph: GraphContext, found: Mapping[str, dict[str, list[str]]]) -> None:
    """Add the values of the properties on the card of each record, each value once.

    Tags come from the index; of a record that it lacks, and without an index, by the query of all.
    """
    tagged = list_card_tags(graph, found)
    others = [iri for iri in found if iri not in tagged]
    for iri, tags in tagged.items():
        found[iri].update(tags)
    for name, iris in (("cards", others), ("card-details", [*tagged])):
        for row in graph.select_rows_of(graph.page_query_text(name, thing=iris)) if iris else ():
            value = get_cell_text(row, "value")
            values = found[get_cell_text(row, "thing")][get_cell_text(row, "property")]
            # An evaluation may have a tag of its record.
            if value not in values:
                values.append(value)


def list_card_tags(graph: GraphContext, iris: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Return the tags of the records that the index has, by record and property."""
    index, query = graph.index, graph.page_queries[CARDS_QUERY]
    if index is None:
        return {}
    columns = {one: index.find_facet(name_card_facet(query, one)) for one in CARD_TAG_PROPERTIES}
    if None in columns.values():
        return {}
    numbers = {iri: number for iri in iris if (number := index.number(iri)) is not None}
    return {
        iri: {
            one: [column.values[place] for place in column.list_positions(number).tolist()]
            for one, column in columns.items()
            if column
        }
        for iri, number in numbers.items()
    }


def measure_card_values(values: Values) -> int:
    """Return about how many bytes the values of a card take."""
    texts = [text for some in values.values() for text in some]
    return ENTRY_BYTES * (1 + len(values)) + sum(100 + 2 * len(text) for text in texts)


def build_card(labels: EntityLabels, iri: str, values: Values) -> Card:
    """Return the card of one record from the values of its properties by IRI."""
    evidence = max(
        (value.rpartition("/")[2] for value in values.get(f"{CKG}evidenceLevel", ())),
        key=rank_evidence,
        default="",
    )
    status = next(iter(values.get(f"{CKG}status", ())), "")
    told = (*values.get(f"{DCTERMS}description", ()), *values.get(f"{DCTERMS}abstract", ()))
    return Card(
        link=labels.build_page_link(iri),
        icon=choose_icon(values),
        kind=name_kind(labels, values),
        institutions=list_institutions(labels, values),
        dates=format_dates(values),
        summary=shorten_summary(told[0] if told else ""),
        beneficiaries=list_links(labels, values.get(f"{CKG}beneficiary", ())),
        keywords=list_links(
            labels,
            [v for v in values.get(f"{DCTERMS}subject", ()) if v.startswith(f"{CONCEPT}keywords/")],
        ),
        evidence=labels.name(f"{CONCEPT}evidence-levels/{evidence}") if evidence else "",
        evidence_level=max(0, rank_evidence(evidence)),
        is_confirmed=any(v.startswith(CONFIRMED) for v in values.get(f"{CKG}verification", ())),
        status=describe_status(labels.name(status), values) if status else "",
        status_icon=choose_status_icon(status),
        is_low_trust=f"{CKG}Low" in values.get(f"{CKG}trust", ()),
    )


def shorten_summary(text: str) -> str:
    """Return how a text begins, up to ``MAX_SUMMARY`` characters and to the end of a word."""
    if len(text) <= MAX_SUMMARY:
        return text
    head = text[:MAX_SUMMARY].rpartition(" ")[0] or text[: MAX_SUMMARY - 1]
    return f"{head.rstrip(' ,;:–')}…"


def rank_evidence(level: str) -> int:
    """Return the position of an evidence level in the scheme, from 0; -1 for any other word."""
    return EVIDENCE_LEVELS.index(level) if level in EVIDENCE_LEVELS else -1


def choose_icon(values: Values) -> str:
    """Return the name of the icon for the kind of a record."""
    kind = next(iter(values.get(f"{CKG}practiceKind", ())), "").rpartition("/")[2]
    if kind:
        return f"k-{kind}"
    types = values.get(RDF_TYPE, ())
    if f"{CKG}CaseStudy" in types:
        return "k-case"
    return "k-award" if f"{CKG}Award" in types else "k-programme"


def name_kind(labels: EntityLabels, values: Values) -> str:
    """Return the kind of a record in words: of a practice its kind, of others their class."""
    kinds = values.get(f"{CKG}practiceKind", ()) or [
        value
        for value in values.get(RDF_TYPE, ())
        if value.startswith(CKG) and value not in (f"{CKG}Initiative", f"{CKG}Practice")
    ]
    return labels.name(kinds[0]).capitalize() if kinds else "Initiative"


def list_institutions(labels: EntityLabels, values: Values) -> tuple[Link, ...]:
    """Return the institutions of a record; where none is known, the name that the source prints."""
    known = list_links(labels, values.get(f"{CKG}organisation", ()))
    return known or tuple(Link(name) for name in values.get(f"{CKG}organisationAsPrinted", ()))


def list_links(labels: EntityLabels, iris: Sequence[str]) -> tuple[Link, ...]:
    """Return links to the pages of IRIs, sorted by text and then by IRI."""
    links = map(labels.build_page_link, iris)
    return tuple(sorted(links, key=lambda link: (link.text.lower(), link.iri)))


def format_dates(values: Values) -> str:
    """Return when a record began and ended in words; a case study's is its date of issue."""
    start = min(values.get(f"{SCHEMA}startDate", ()), default="")
    end = max(values.get(f"{SCHEMA}endDate", ()), default="")
    issued = min(values.get(f"{DCTERMS}issued", ()), default="")
    if start and end:
        return " to ".join(dict.fromkeys((format_date(start), format_date(end))))
    if start or end:
        return f"from {format_date(start)}" if start else f"until {format_date(end)}"
    if issued:
        return format_date(issued)
    return "no dates given" if f"{CKG}practiceKind" in values else ""


def format_date(date: str, is_long: bool = False) -> str:
    """Return a year, month or day of XSD in words, such as Nov 2026 or 28 November 2026.

    Other text is returned as it is.

    https://www.w3.org/TR/xmlschema11-2/#gYearMonth
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", date)
    if not match or not match[2] or not 1 <= int(match[2]) <= 12:
        return match[1] if match else date
    name = MONTHS[int(match[2]) - 1]
    month = f"{name if is_long else name[:3]} {match[1]}"
    return f"{int(match[3])} {month}" if is_long and match[3] else month


def format_duration(duration: str) -> str:
    """Return a duration of XSD in years, months and days as words, such as 2 years 6 months.

    Other text is returned as it is.

    https://www.w3.org/TR/xmlschema11-2/#duration
    """
    match = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?", duration)
    parts = zip(match.groups(), ("year", "month", "day"), strict=True) if match else ()
    words = [f"{int(n)} {unit}{'s' * (int(n) != 1)}" for n, unit in parts if n]
    return " ".join(words) or duration


def describe_status(name: str, values: Values) -> str:
    """Return the status of a practice, with a warning where the source has no date."""
    if name == "Unknown":
        return "Status not given"
    is_undated = f"{CKG}statusDate" not in values and name == "Running"
    return f"{name}, undated source" if is_undated else name


def choose_status_icon(status: str) -> str:
    """Return the name of the icon for a status, without its prefix ``st-``."""
    name = status.rpartition("/")[2]
    return name if name in STATUS_ICONS else "unknown"
