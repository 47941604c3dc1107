"""View of the value of a statement or of a cell of a result, for templates."""

from dataclasses import dataclass

from pyoxigraph import Literal

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.urls import Link

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True, slots=True)
class ValueView:
    """The value of a statement: a link, a text with its language or datatype, or parts.

    ``short`` is the IRI as a prefixed name where the text of the link is a label. ``parts`` are
    the statements about a blank node, as pairs of property and value; ``items`` are the members of
    a list, in order.
    """

    link: Link | None = None
    text: str = ""
    language: str = ""
    datatype: str = ""
    short: str = ""
    parts: tuple[tuple[Link, "ValueView"], ...] = ()
    items: tuple["ValueView", ...] = ()


def build_literal_value(labels: EntityLabels, term: Literal) -> ValueView:
    """Build the view of a literal, with its language, or its datatype other than xsd:string."""
    plain = term.language or term.datatype.value == XSD_STRING
    datatype = "" if plain else labels.short(term.datatype.value)
    return ValueView(text=term.value, language=term.language or "", datatype=datatype)
