"""The obligations whose text has a name of a concept as whole words.

``count-obligations-mentioning`` counts the same in SPARQL, where each page would compare names with
the text of all obligations; here these are read once for a release.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from query_ui.graph.page_queries import ENTRY_BYTES, GraphContext, get_cell_text

NAME_PROPERTIES = frozenset(
    f"http://www.w3.org/2004/02/skos/core#{end}" for end in ("prefLabel", "altLabel")
)
_BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class ObligationText:
    """An obligation with its code, the group that it asks, and its texts as words."""

    iri: str
    code: str
    group: str
    texts: frozenset[str]


def list_mentioning_obligations(graph: GraphContext, concept_iri: str) -> list[ObligationText]:
    """Return the obligations that mention a concept, each once, by code."""
    names = {
        separate_words(get_cell_text(row, "value"))
        for row in graph.select_rows("statements", thing=concept_iri)
        if get_cell_text(row, "property") in NAME_PROPERTIES
    }
    return [one for one in load_obligation_texts(graph) if has_any_name(one.texts, names)]


def has_any_name(texts: Iterable[str], names: Iterable[str]) -> bool:
    """Return whether a text has one of the names as whole words."""
    return any(name in text for text in texts for name in names)


def load_obligation_texts(graph: GraphContext) -> tuple[ObligationText, ...]:
    """Return all obligations by code, kept for the release."""
    key = "obligation texts"
    return graph.kept_values.get_or_compute(
        graph.engine.release, key, lambda: measure_texts(read_obligation_texts(graph))
    )


def read_obligation_texts(graph: GraphContext) -> tuple[ObligationText, ...]:
    """Read the texts of all obligations from the graph."""
    found: dict[str, tuple[str, str]] = {}
    texts: dict[str, set[str]] = {}
    for row in graph.select_rows("obligation-texts"):
        iri = get_cell_text(row, "obligation")
        found[iri] = get_cell_text(row, "code"), get_cell_text(row, "group")
        texts.setdefault(iri, set()).add(separate_words(get_cell_text(row, "text")))
    return tuple(ObligationText(iri, *about, frozenset(texts[iri])) for iri, about in found.items())


def measure_texts(
    obligations: tuple[ObligationText, ...],
) -> tuple[tuple[ObligationText, ...], int]:
    """Return obligations with about how many bytes they take."""
    return obligations, sum(
        ENTRY_BYTES + sum(2 * len(text) for text in one.texts) for one in obligations
    )


def separate_words(text: str) -> str:
    """Return the words of a text in lower case, with a space before and after each."""
    return f" {_BETWEEN_WORDS.sub(' ', text.lower())} "
