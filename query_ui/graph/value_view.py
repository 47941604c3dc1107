"""The value of a statement or a cell of a result, as a page shows it."""

from dataclasses import dataclass

from pyoxigraph import Literal

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.urls import Link

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True, slots=True)
class ValueView:
    """The value of a statement: a link, or a text with its language and datatype, or parts.

    ``short`` is an IRI as a query writes it, where the link has a label for its text. ``parts`` are
    the statements about a node without a name, as pairs of property and value.
    """

    link: Link | None = None
    text: str = ""
    language: str = ""
    datatype: str = ""
    short: str = ""
    parts: tuple[tuple[Link, "ValueView"], ...] = ()


def build_literal_value(labels: EntityLabels, term: Literal) -> ValueView:
    """A literal with its language, or its datatype where that is not plain text."""
    plain = term.language or term.datatype.value == XSD_STRING
    datatype = "" if plain else labels.short(term.datatype.value)
    return ValueView(text=term.value, language=term.language or "", datatype=datatype)
