"""The failing part of a query, with what its causes may be looked for in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from loader.namespaces import RDF, XSD
from loader.queries.rewrite import Edit
from query_ui.endpoint.diagnosis.graph_facts import GraphFacts
from query_ui.endpoint.diagnosis.minimal_failing_set import has_no_match
from query_ui.endpoint.diagnosis.query_parts import ExaminedQuery, Part
from query_ui.endpoint.diagnosis.query_terms import Span, Term

_PLAIN_DATATYPES = (XSD.integer.value, XSD.decimal.value, XSD.boolean.value)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A cause that there is a reason for: ``edits`` mend it, and have to prove themselves.

    ``is_certain`` means that the reason is enough without a repair that gives rows.
    """

    cause: str
    span: Span
    explanation: str
    edits: tuple[Edit, ...] = ()
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class FailingPart:
    """``parts`` of the ``needed_parts`` of a query match nothing together."""

    query: ExaminedQuery
    needed_parts: Sequence[Part]
    parts: Sequence[Part]
    facts: GraphFacts

    def source(self, span: Span) -> str:
        """Return the text of the query at a place."""
        return self.query.source(span)

    def list_triples(self, with_negative: bool = False) -> Iterator[Part]:
        """Yield the triple patterns of the failing part, also those in its OPTIONAL and UNION.

        Those in MINUS and NOT EXISTS only ``with_negative``.
        """
        for part in self.list_parts("triple"):
            if part.path is not None and (with_negative or not part.is_negative):
                yield part

    def list_parts(self, kind: str) -> Iterator[Part]:
        """Yield the parts of a kind in the failing part, and inside its blocks."""
        seen: set[Part] = set()
        for outer in self.parts:
            inside = (
                [outer] if outer.kind in ("triple", "graph") else self.query.list_inner_parts(outer)
            )
            for part in inside:
                if part.kind == kind and part not in seen:
                    seen.add(part)
                    yield part

    def find_properties(self, variable: str) -> list[str]:
        """Return the properties whose values a variable stands for, anywhere in the query."""
        found = [
            part.path.steps[-1].value
            for part in self.query.parts
            if part.kind == "triple"
            and part.path is not None
            and part.path.steps
            and part.object is not None
            and (part.object.kind, part.object.value) == ("variable", variable)
        ]
        return list(dict.fromkeys(found))

    def still_fails(self, *edits: Edit) -> bool | None:
        """Whether the failing part alone, with edits, still matches nothing."""
        return has_no_match(self.facts.probes, self.query, self.needed_parts, self.parts, edits)

    def format_iri(self, value: str) -> str:
        """Return an IRI as this query would write it."""
        for prefix, namespace in self.query.prologue.namespaces.items():
            local = value.removeprefix(namespace)
            if local != value and local.replace("-", "").replace("_", "").isalnum():
                return f"{prefix}:{local}"
        return f"<{value}>"

    def format_literal(self, value: Literal) -> str:
        """Return a literal as this query would write it."""
        if value.language or value.datatype == XSD.string:
            return str(value)
        if value.datatype.value in _PLAIN_DATATYPES and (
            value.datatype != XSD.decimal or "." in value.value
        ):
            return value.value
        return f"{Literal(value.value)}^^{self.format_iri(value.datatype.value)}"


def is_type(term: Term) -> bool:
    """Whether a property is ``rdf:type``, or ``a``."""
    return term.value == RDF.type.value


def replace_span(span: Span, text: str) -> Edit:
    """Return the edit that writes ``text`` at a place."""
    return Edit(span.start, span.end, text)
