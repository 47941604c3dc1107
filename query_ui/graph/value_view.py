"""View of the value of a statement or of a cell of a result, for templates."""

from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.urls import Link, is_web_iri, to_page_path

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


def build_cell(labels: EntityLabels, term: object) -> ValueView | None:
    """Build the cell of an RDF term: an IRI as a link with its label, a literal with its language.

    None, an unbound variable, stays None.
    """
    if term is None:
        return None
    if isinstance(term, NamedNode):
        label, link = (
            labels.label_by_iri.get(term.value, ""),
            build_prefixed_link(labels, term.value),
        )
        return ValueView(link=replace(link, text=label or link.text), short=label and link.text)
    if isinstance(term, Literal):
        return build_literal_value(labels, term)
    return ValueView(text=f"_:{term.value}" if isinstance(term, BlankNode) else str(term))


def build_prefixed_link(labels: EntityLabels, iri: str) -> Link:
    """Build a link whose text is the prefixed name, as in the query that is shown beside it."""
    path = to_page_path(iri)
    if path:
        return Link(labels.short(iri), path, iri)
    return Link(labels.short(iri), iri if is_web_iri(iri) else "", iri, outside=True)
