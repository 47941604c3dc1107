"""Causes in names: a property, class or thing that the graph does not know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from query_ui.endpoint.diagnosis.comparisons import list_own_nodes
from query_ui.endpoint.diagnosis.failing_part import FailingPart, Suspicion, is_type, replace_span
from query_ui.endpoint.diagnosis.nearest_names import classify_difference
from query_ui.endpoint.diagnosis.query_parts import Part
from query_ui.endpoint.diagnosis.query_terms import Span, Term, read_term

MAX_SUGGESTIONS = 3
SENTENCE_BY_DIFFERENCE = {
    "scheme": "It has {name}: the two differ in http and https.",
    "slash": "It has {name}: the two differ in a slash or number sign.",
    "case": "It has {name}: the two differ in upper and lower case.",
    "namespace": "It has {name}: the same name in another namespace.",
    "spelling": "The nearest known name is {name}.",
    "part": "It has {name}, a longer name.",
    "label": "It has {name}, which has that label.",
}
_DATATYPE_NAMESPACES = ("http://www.w3.org/2001/XMLSchema#",)


@dataclass(frozen=True, slots=True)
class IriUse:
    """An IRI in a query, and what it is used as: property, class, graph or thing."""

    term: Term
    role: str


def list_iri_uses(failing: FailingPart, with_negative: bool = False) -> Iterator[IriUse]:
    """Yield the IRIs in the failing part with what each is used as.

    Those in MINUS and NOT EXISTS, which never are the reason for no rows, only ``with_negative``.
    """
    for part in failing.list_triples(with_negative):
        assert part.path is not None
        for step in part.path.steps:
            yield IriUse(step, "property")
        for term in (part.subject, part.object):
            if term is not None and term.kind == "iri":
                typed = term is part.object and part.path.is_simple and is_type(part.path.steps[0])
                yield IriUse(term, "class" if typed else "thing")
    for kind in ("values", "filter", "bind"):
        for part in failing.list_parts(kind):
            yield from (IriUse(term, "thing") for term in _list_plain_iris(failing, part))


def _list_plain_iris(failing: FailingPart, part: Part) -> Iterator[Term]:
    """Yield the IRIs in a part, without names of functions and datatypes."""
    for node in list_own_nodes(part):
        if node.kind in ("Literal", "FunctionCall", "Primary"):
            continue
        for iri in node.nodes:
            if iri.kind == "Iri":
                term = read_term(iri, failing.query.prologue)
                if not term.value.startswith(_DATATYPE_NAMESPACES):
                    yield term


def find_unknown_names(failing: FailingPart) -> Iterator[Suspicion]:
    """Find names that the graph does not use as the query does, with the known ones nearby."""
    for one in find_unknown_uses(failing, list(list_iri_uses(failing))):
        yield from suggest_names(failing, one, find_near_names(failing, one))


def find_unknown_uses(failing: FailingPart, uses: Sequence[IriUse]) -> Iterator[IriUse]:
    """Yield the uses of IRIs that the graph does not use so."""
    roles = failing.facts.find_roles([one.term.value for one in uses])
    for one in uses:
        found = roles[one.term.value]
        missing = one.role not in found if one.role != "thing" else not found
        if missing and not _has_subclasses(failing, one, found):
            yield one


def _has_subclasses(failing: FailingPart, one: IriUse, found: frozenset[str]) -> bool:
    """Whether it is a class whose things are all of classes below it."""
    if one.role != "class" or "object" not in found:
        return False
    return bool(failing.facts.list_terms("subclasses", **{"class": f"<{one.term.value}>"}))


def find_near_names(failing: FailingPart, one: IriUse) -> list[tuple[str, str]]:
    """Return the known names that may be meant, each with the kind of difference."""
    if one.role == "property":
        return failing.facts.find_near_properties(one.term.value)
    if one.role == "class":
        return failing.facts.find_near_classes(one.term.value)
    return failing.facts.find_near_entities(one.term.value)


def suggest_names(
    failing: FailingPart, one: IriUse, candidates: list[tuple[str, str]]
) -> Iterator[Suspicion]:
    """Yield one suspicion for each known name that may be meant; else one without a repair."""
    written = failing.source(one.term)
    role = "term" if one.role == "thing" else one.role
    start = f"The data has no {role} {written}"
    for other, kind in candidates[:MAX_SUGGESTIONS]:
        prefix = _find_wrong_prefix(failing, one, other)
        if prefix is not None:
            yield _suggest_namespace(failing, prefix, one.term, other)
        name = failing.format_iri(other)
        said = f"{start}. {SENTENCE_BY_DIFFERENCE[kind].format(name=name)}"
        yield Suspicion(kind, one.term, said, (replace_span(one.term, name),), is_certain=True)
    if not candidates:
        said = f"{start}, and none with a similar name."
        yield Suspicion(f"unknown-{role}", one.term, said, is_certain=True)


def _find_wrong_prefix(failing: FailingPart, one: IriUse, other: str) -> str | None:
    """Return the prefix at fault: another namespace makes the name known, its own has no name."""
    prefix, colon, _ = failing.source(one.term).partition(":")
    namespace = failing.query.prologue.namespaces.get(prefix)
    if not colon or namespace is None:
        return None
    local = one.term.value.removeprefix(namespace)
    if not local or not other.endswith(local) or _is_in_use(failing, namespace):
        return None
    return prefix


def _is_in_use(failing: FailingPart, namespace: str) -> bool:
    """Whether the graph has any name of a namespace."""
    names = failing.facts.list_terms("properties") + failing.facts.list_terms("classes")
    if any(name.startswith(namespace) for name in names):
        return True
    return bool(failing.facts.list_terms("terms-under", space=f"<{namespace}>"))


def _suggest_namespace(failing: FailingPart, prefix: str, term: Term, other: str) -> Suspicion:
    prologue = failing.query.prologue
    namespace, token = prologue.namespaces[prefix], prologue.iri_tokens[prefix]
    other_namespace = other.removesuffix(term.value.removeprefix(namespace))
    kind = classify_difference(namespace, other_namespace) or "namespace"
    said = (
        f"The data has no {failing.source(term)} with the prefix {prefix}: as declared. "
        f"It has <{other}>: the prefix should be <{other_namespace}>."
    )
    span = Span(token.start, token.end)
    edits = (replace_span(span, f"<{other_namespace}>"),)
    return Suspicion(kind, span, said, edits, is_certain=True)
