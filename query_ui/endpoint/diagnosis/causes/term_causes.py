"""Causes in names: a property, class or thing that the graph does not know."""

from collections.abc import Iterator
from dataclasses import dataclass

from query_ui.endpoint.diagnosis.comparisons import indexes
from query_ui.endpoint.diagnosis.failing_part import Case, Suspicion, is_type, replaced
from query_ui.endpoint.diagnosis.nearest_names import plain_difference
from query_ui.endpoint.diagnosis.query_parts import Declared, Part, Span, Term

MOST = 3
WORDS = {
    "scheme": "The two differ in http and https.",
    "slash": "The two differ in a slash or number sign.",
    "case": "The two differ in upper and lower case.",
    "namespace": "It has the same name in another namespace.",
    "spelling": "It is the nearest known name.",
    "part": "The name is a part of that one.",
    "label": "That is what the graph calls so.",
}
_SPACES = ("http://www.w3.org/2001/XMLSchema#",)


@dataclass(frozen=True, slots=True)
class Used:
    """An IRI in a query, and what it is used as: property, class, graph or thing."""

    term: Term
    role: str


def used_terms(case: Case) -> Iterator[Used]:
    """The IRIs in the failing part with what each is used as."""
    for part in case.triples():
        assert part.path is not None
        for step in part.path.steps:
            yield Used(step, "property")
        for term in (part.subject, part.object):
            if term is not None and term.kind == "iri":
                typed = term is part.object and part.path.simple and is_type(part.path.steps[0])
                yield Used(term, "class" if typed else "thing")
    for kind in ("values", "filter", "bind"):
        for part in case.of_kind(kind):
            yield from (Used(term, "thing") for term in iris_of(case, part))


def iris_of(case: Case, part: Part) -> Iterator[Term]:
    """The IRIs among the tokens of a part, without names of functions and datatypes."""
    terms = case.query.terms
    for index in indexes(case.query, part):
        token = terms.at(index)
        called = terms.at(index + 1).says("(") or terms.at(index - 1).says("^^")
        if token.kind in ("iri", "name") and not called:
            term, _ = terms.term(index)
            if not term.value.startswith(_SPACES):
                yield term


def unknown_names(case: Case) -> Iterator[Suspicion]:
    """Names that the graph does not use as the query does, with the known ones that are near."""
    used = list(used_terms(case))
    roles = case.known.roles([one.term.value for one in used])
    for one in used:
        found = roles[one.term.value]
        missing = one.role not in found if one.role != "thing" else not found
        if missing and not _by_subclass(case, one, found):
            yield from suspected(case, one, near(case, one))


def _by_subclass(case: Case, one: Used, found: frozenset[str]) -> bool:
    """Whether it is a class whose things are all of classes below it."""
    if one.role != "class" or "object" not in found:
        return False
    return bool(case.known.terms("subclasses", **{"class": f"<{one.term.value}>"}))


def near(case: Case, one: Used) -> list[tuple[str, str]]:
    """The known names that may be meant, each with the kind of difference."""
    if one.role == "property":
        return case.known.near_properties(one.term.value)
    if one.role == "class":
        return case.known.near_classes(one.term.value)
    return case.known.near_things(one.term.value)


def suspected(case: Case, one: Used, candidates: list[tuple[str, str]]) -> Iterator[Suspicion]:
    """One suspicion for each known name that may be meant; one without a repair where none is."""
    written = case.query.written(one.term)
    role = "term" if one.role == "thing" else one.role
    start = f"The data has no {role} {written}"
    for other, kind in candidates[:MOST]:
        declared = _declared(case, one, other)
        if declared:
            yield _namespace(case, declared, one.term, other)
        name = case.iri(other)
        said = f"{start}. It has {name}. {WORDS[kind]}"
        yield Suspicion(kind, one.term, said, (replaced(one.term, name),), certain=True)
    if not candidates:
        said = f"{start}, and none with a name near to it."
        yield Suspicion(f"unknown-{role}", one.term, said, certain=True)


def _declared(case: Case, one: Used, other: str) -> Declared | None:
    """The PREFIX line at fault: another namespace makes the name known, and nothing has its own."""
    prefix, colon, _ = case.query.written(one.term).partition(":")
    declared = case.query.prefixes.get(prefix)
    if not colon or declared is None:
        return None
    local = one.term.value.removeprefix(declared.namespace)
    if not local or not other.endswith(local) or _in_use(case, declared.namespace):
        return None
    return declared


def _in_use(case: Case, namespace: str) -> bool:
    """Whether the graph has any name of a namespace."""
    names = case.known.terms("properties") + case.known.terms("classes")
    if any(name.startswith(namespace) for name in names):
        return True
    return bool(case.known.terms("terms-under", space=f"<{namespace}>"))


def _namespace(case: Case, declared: Declared, term: Term, other: str) -> Suspicion:
    local = term.value.removeprefix(declared.namespace)
    space = other.removesuffix(local)
    kind = plain_difference(declared.namespace, space) or "namespace"
    said = (
        f"The graph has no {case.query.written(term)} as the prefix {declared.prefix}: stands now. "
        f"It has <{other}>: the prefix should be <{space}>."
    )
    place = Span(declared.start, declared.end)
    return Suspicion(kind, place, said, (replaced(place, f"<{space}>"),), certain=True)
