"""The case: a failing part of a query, with what its causes may be looked for in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from loader.namespaces import RDF, XSD
from query_ui.endpoint.diagnosis.graph_facts import Known
from query_ui.endpoint.diagnosis.minimal_failing_set import fails
from query_ui.endpoint.diagnosis.query_edits import Edit
from query_ui.endpoint.diagnosis.query_parts import Part, Query, Span, Term

PLAIN_NUMBERS = (XSD.integer.value, XSD.decimal.value, XSD.boolean.value)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A cause that there is a reason for: ``edits`` mend it, and have to prove themselves.

    ``certain`` means that the reason is enough without a repair that gives rows.
    """

    cause: str
    span: Span
    explanation: str
    edits: tuple[Edit, ...] = ()
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """``parts`` of the ``needed`` ones of a query match nothing together."""

    query: Query
    needed: Sequence[Part]
    parts: Sequence[Part]
    known: Known

    def triples(self) -> Iterator[Part]:
        """The triple patterns of the failing part, those in its OPTIONAL and UNION included."""
        for part in self.of_kind("triple"):
            if part.path is not None and not part.negative:
                yield part

    def of_kind(self, kind: str) -> Iterator[Part]:
        """The parts of a kind in the failing part, and inside its blocks."""
        seen: set[Part] = set()
        for outer in self.parts:
            inside = [outer] if outer.kind in ("triple", "graph") else self.query.inside(outer)
            for part in inside:
                if part.kind == kind and part not in seen:
                    seen.add(part)
                    yield part

    def properties_of(self, variable: str) -> list[str]:
        """The properties whose values a variable stands for, anywhere in the query."""
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

    def fails(self, *edits: Edit) -> bool | None:
        """Whether the failing part alone, with edits, still matches nothing."""
        return fails(self.known.trials, self.query, self.needed, self.parts, edits)

    def iri(self, value: str) -> str:
        """An IRI as this query would write it."""
        for prefix, declared in self.query.prefixes.items():
            local = value.removeprefix(declared.namespace)
            if local != value and local.replace("-", "").replace("_", "").isalnum():
                return f"{prefix}:{local}"
        return f"<{value}>"

    def literal(self, value: Literal) -> str:
        """A literal as this query would write it."""
        if value.language or value.datatype == XSD.string:
            return str(value)
        if value.datatype.value in PLAIN_NUMBERS and (
            value.datatype != XSD.decimal or "." in value.value
        ):
            return value.value
        return f"{Literal(value.value)}^^{self.iri(value.datatype.value)}"

    def term(self, value: NamedNode | Literal) -> str:
        """A term as this query would write it."""
        return self.literal(value) if isinstance(value, Literal) else self.iri(value.value)


def is_type(term: Term) -> bool:
    """Whether a property is ``rdf:type``, or ``a``."""
    return term.value == RDF.type.value


def replaced(span: Span, text: str) -> Edit:
    """The edit that writes ``text`` at a place."""
    return Edit(span.start, span.end, text)
