"""Mapping of RDF documents: their statements pass through, each with its lines."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeGuard

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from loader.document import Document, LocatedStatement, Object, Rule, Span, Statement, Subject
from loader.errors import Finding, Severity
from loader.namespaces import SKOS, XSD, Namespace

PLACEHOLDER_IRI = NamedNode("https://example.org/")
SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
LABEL_BY_XL_PROPERTY = {
    SKOSXL[name]: SKOS[name] for name in ("prefLabel", "altLabel", "hiddenLabel")
}
MAX_LOCATIONS = 10
"""The most lines that a finding about literals names."""


def map_rdf_statements(document: Document) -> Iterator[Statement]:
    """Yield the statements of the document and the labels that follow; named graphs keep names.

    A literal that the store keeps by value has the form that it was written in as its quotation.
    """
    for located in document.statements:
        quad, value = located.quad, located.quad.object
        written = ""
        if is_normalised(value):
            written, value = value.value, normalise_literal(value)
            written = "" if written == value.value else written
        own = get_own_graph(located)
        yield Statement(quad.subject, quad.predicate, value, located.span, Rule.RDF, written, own)
    yield from derive_labels(document.statements)


def derive_labels(statements: Sequence[LocatedStatement]) -> Iterator[Statement]:
    """Yield the labels that follow from labels of SKOS-XL: their literal forms.

    https://www.w3.org/TR/skos-reference/#S55 to S57. What the document states itself is left out.
    """
    labels = [one for one in statements if one.quad.predicate in LABEL_BY_XL_PROPERTY]
    if not labels:
        return
    forms: dict[Object | Subject, list[Literal]] = defaultdict(list)
    for one in statements:
        if one.quad.predicate == SKOSXL.literalForm and isinstance(one.quad.object, Literal):
            forms[one.quad.subject].append(one.quad.object)
    stated = {(one.quad.subject, one.quad.predicate, one.quad.object) for one in statements}
    for one in labels:
        prop = LABEL_BY_XL_PROPERTY[one.quad.predicate]
        for form in forms.get(one.quad.object, ()):
            if (one.quad.subject, prop, form) not in stated:
                yield Statement(
                    one.quad.subject,
                    prop,
                    form,
                    one.span,
                    Rule.LITERAL_FORM,
                    graph=get_own_graph(one),
                )


def find_changed_literals(document: Document) -> Iterator[Finding]:
    """Yield a finding about the literals that the store keeps by value and not as written.

    Two literals are one term only if their forms are equal
    (https://www.w3.org/TR/rdf11-concepts/#section-Graph-Literal), which the engine does not keep.
    """
    changed: list[tuple[Span, Literal, Literal]] = []
    for located in document.statements:
        value = located.quad.object
        if is_normalised(value) and (stored := normalise_literal(value)).value != value.value:
            changed.append((located.span, value, stored))
    if not changed:
        return
    span, value, stored = min(changed, key=lambda one: (one[0].start, one[1].value))
    lines = sorted({one[0].start for one in changed})
    more = ", …" if len(lines) > MAX_LOCATIONS else ""
    datatype = value.datatype.value.removeprefix(str(XSD.string).strip("<>")[: -len("string")])
    examples = ", ".join(
        dict.fromkeys(f'"{one[1].value}" as "{one[2].value}"' for one in changed[:MAX_LOCATIONS])
    )
    message = (
        f"{len(changed):,} literal{' is' if len(changed) == 1 else 's are'} stored by value and "
        f"not as written: {examples} (the first is xsd:{datatype}; line"
        f"{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines[:MAX_LOCATIONS]))}{more}). "
        "Queries return the value; the source details keep the written form. Where the form "
        "matters, write a text without a datatype."
    )
    yield Finding(document.path, span.start, 0, Severity.INFO, message, "literal-form")


def is_normalised(value: Object) -> TypeGuard[Literal]:
    """Return whether a term is a literal that the store may keep by value."""
    return isinstance(value, Literal) and value.datatype != XSD.string and not value.language


def get_own_graph(located: LocatedStatement) -> NamedNode | None:
    """Return the graph that the document gives a statement itself, or None."""
    name = located.quad.graph_name
    if isinstance(name, DefaultGraph):
        return None
    assert isinstance(name, NamedNode), "readers take no graph without a name"
    return name


@lru_cache(maxsize=10_000)
def normalise_literal(value: Literal) -> Literal:
    """Return the literal as the store returns it, which keeps numbers and dates by value.

    ``0.0`` becomes ``0``, so that ``graph.nq`` and the store have the same text.
    """
    store = Store()
    store.add(Quad(PLACEHOLDER_IRI, PLACEHOLDER_IRI, value))
    (quad,) = store
    assert isinstance(quad.object, Literal)
    return quad.object
