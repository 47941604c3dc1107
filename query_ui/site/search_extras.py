"""What a search finds beside the index: identifiers, saved queries and pages of help."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from loader.errors import BuildError
from loader.identifiers import SCHEMES, recognise_identifier
from loader.release.search_index.text_folding import fold_text, split_words
from loader.settings import BASE
from query_ui.graph.ask.question_words import SEARCH_STOP_WORDS
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.help_pages import list_help_pages
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.concept_counts import count_tagged_entities

MAX_DOCUMENTS = 5
"""Saved queries and pages of help that are shown of each."""
MAX_IDENTIFIER_LENGTH = 200
MAX_KEPT_DOCUMENTS = 2048
"""Titles and bodies whose words stay in memory: of all guides and saved queries there are fewer."""


@dataclass(frozen=True, slots=True)
class IdentifierMatch:
    """The entity that has an identifier; ``scheme`` is the title of its kind, such as ROR."""

    scheme: str
    text: str
    link: Link


@dataclass(frozen=True, slots=True)
class DocumentMatch:
    """A saved query or a section of help: its link and the words that describe it."""

    link: Link
    summary: str


@dataclass(frozen=True, slots=True)
class TopicLead:
    """A concept that the search names, with the numbers of records tagged with it."""

    link: Link
    counts: tuple[tuple[LinkedCount, str], ...]


def find_by_identifier(graph: GraphContext, text: str) -> IdentifierMatch | None:
    """Return the entity with the identifier or IRI that a search consists of, or None."""
    labels = EntityLabels(graph)
    if text.startswith(BASE) and not any(c in text for c in ' <>"{}|^`\\'):
        labels.load([text])
        known = text in labels.label_by_iri
        return IdentifierMatch("IRI", text, labels.build_page_link(text)) if known else None
    recognised = recognise_identifier(text) if len(text) <= MAX_IDENTIFIER_LENGTH else None
    if recognised is None:
        return None
    scheme, full = recognised
    try:
        index = graph.name_index
    except BuildError:
        return None
    found = index.find_entity_numbers(scheme, full)
    if not found:
        return None
    iri = index.load_entity(found[0]).iri
    labels.load([iri])
    title = SCHEMES[scheme].title if scheme in SCHEMES else "Homepage"
    short = full.removeprefix(SCHEMES[scheme].base) if scheme in SCHEMES else full
    return IdentifierMatch(title, short, labels.build_page_link(iri))


def find_saved_queries(
    graph: GraphContext, text: str, shown: Collection[str]
) -> list[DocumentMatch]:
    """Return the saved queries with all words of a search in title, summary or tags.

    Those with a name in ``shown`` are left out.
    """
    documents = (
        (
            DocumentMatch(Link(query.title, f"/queries/{query.name}"), query.summary),
            f"{query.title} {query.name.replace('-', ' ')}",
            f"{query.summary} {' '.join(query.tags)}",
        )
        for query in graph.saved_queries.values()
        if query.name not in shown
    )
    return rank_documents(text, documents)


def find_help_sections(text: str) -> list[DocumentMatch]:
    """Return the sections of help with all words of a search, those with them in headings first."""
    documents = (
        (
            DocumentMatch(
                Link(
                    f"{page.title}: {section.heading}" if section.heading else page.title,
                    f"{page.path}#{section.anchor}" if section.anchor else page.path,
                ),
                section.text,
            ),
            f"{page.title} {section.heading}",
            section.text,
        )
        for page in list_help_pages()
        for section in page.sections
    )
    return [
        replace(one, summary=shorten_around(one.summary, text))
        for one in rank_documents(text, documents)
    ]


def rank_documents(
    text: str, documents: Iterable[tuple[DocumentMatch, str, str]]
) -> list[DocumentMatch]:
    """Return the first documents that have every word of ``text`` or a longer one, by rank.

    Each document comes with its title and its body; words in the title count for more. Words such
    as "the" are not looked for beside others.
    """
    words = list(split_words(text))
    wanted = [word for word in words if word not in SEARCH_STOP_WORDS] or words
    if not wanted:
        return []
    found: list[tuple[int, str, DocumentMatch]] = []
    for document, title, body in documents:
        in_title, in_body = join_words(title), join_words(body)
        if all(f" {word}" in in_title or f" {word}" in in_body for word in wanted):
            rank = sum(f" {word}" not in in_title for word in wanted)
            found.append((rank, document.link.text, document))
    return [document for _, _, document in sorted(found, key=lambda one: one[:2])][:MAX_DOCUMENTS]


@lru_cache(maxsize=MAX_KEPT_DOCUMENTS)
def join_words(text: str) -> str:
    """Return the folded words of a text, each after a space, so that a search finds beginnings."""
    return "".join(f" {word}" for word in split_words(text))


def shorten_around(text: str, searched: str, length: int = 180) -> str:
    """Return about ``length`` characters of a text, around the first word of a search in it."""
    words = list(split_words(searched))
    folded = fold_text(text)
    at = max(0, folded.find(words[0])) if words and len(folded) == len(text) else 0
    start = text.rfind(" ", 0, max(0, at - length // 3)) + 1
    end = text.find(" ", start + length)
    return (
        ("… " if start else "") + text[start : end if end > 0 else None] + (" …" if end > 0 else "")
    )


def build_topic_leads(graph: GraphContext, iris: Iterable[str]) -> Iterator[TopicLead]:
    """Yield concepts that a search names with the numbers of what is tagged with each."""
    concepts = list(iris)
    labels = EntityLabels(graph)
    labels.load(concepts)
    for iri, counts in count_tagged_entities(graph, concepts).items():
        pairs = (
            (counts.initiatives, "initiative" if counts.initiatives.value == 1 else "initiatives"),
            (counts.studies, "case study" if counts.studies.value == 1 else "case studies"),
        )
        yield TopicLead(labels.build_page_link(iri), tuple(pair for pair in pairs if pair[0].value))
