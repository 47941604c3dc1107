"""Causes in values: a text, number or date that the graph writes in another way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal

from loader.namespaces import XSD
from query_ui.endpoint.diagnosis.failing_part import Case, Suspicion, replaced
from query_ui.endpoint.diagnosis.graph_facts import Values
from query_ui.endpoint.diagnosis.nearest_names import likeness, nearest_texts
from query_ui.endpoint.diagnosis.query_parts import Part, Term

MOST = 3


@dataclass(frozen=True, slots=True)
class Meant:
    """What the graph has instead of a value: as written, the code of the cause, the sentence."""

    text: str
    cause: str
    explanation: str


def wrong_values(case: Case) -> Iterator[Suspicion]:
    """Values in patterns, in VALUES and in BIND that their property does not have so."""
    for part in case.triples():
        assert part.path is not None
        if part.object is not None and part.object.kind in ("iri", "literal") and part.path.steps:
            yield from _suspected(case, part.object, [part.path.steps[-1].value])
    for kind in ("values", "bind"):
        for part in case.of_kind(kind):
            for variable, term in assigned(case, part):
                yield from _suspected(case, term, case.properties_of(variable))


def assigned(case: Case, part: Part) -> Iterator[tuple[str, Term]]:
    """The terms that VALUES with one variable, or BIND, gives to a variable."""
    terms = case.query.terms
    ((first, last),) = part.ranges
    if part.kind == "bind":
        term = _single(case, first + 2, "AS")
        if term is not None:
            yield terms.at(last - 2).text[1:], term
    elif terms.at(first + 1).kind == "variable":
        index = first + 3
        while index < last - 1:
            if terms.at(index).says("UNDEF"):
                index += 1
                continue
            term, index = terms.term(index)
            yield terms.at(first + 1).text[1:], term


def _single(case: Case, index: int, word: str) -> Term | None:
    """The term at ``index`` where the keyword follows it at once."""
    if case.query.terms.at(index).kind not in ("iri", "name", "string", "number"):
        return None
    term, after = case.query.terms.term(index)
    return term if case.query.terms.at(after).says(word) else None


def _suspected(case: Case, term: Term, properties: list[str]) -> Iterator[Suspicion]:
    for name in properties:
        for meant in instead(case, term, name):
            edit = replaced(term, meant.text)
            yield Suspicion(meant.cause, term, meant.explanation, (edit,))


def instead(case: Case, term: Term, name: str) -> Iterator[Meant]:
    """What a property has instead of a term that it does not have."""
    values = case.known.values(name)
    written = case.query.written(term)
    if term.kind == "literal":
        if term.value in values.iris:
            said = f"{written} is a text; the graph has a thing here, in angle brackets."
            yield Meant(case.iri(term.value), "text-for-iri", said)
        yield from _other_literals(case, term, values, name)
        if values.iris:
            yield from _things_for_text(case, term, name)
    elif term.value not in values.iris:
        for other, label in case.known.named_values(name) if values.iris else ():
            if label in case.known.names(term.value):
                said = f"{case.iri(name)} never leads to {written}, but to another that is called "
                said += f"“{label}”: {case.iri(other)}."
                yield Meant(case.iri(other), "namesake", said)
        for called in [term.value, *case.known.names(term.value)]:
            for value in values.literals:
                if value.value == called:
                    said = f"{case.iri(name)} has texts, and {written} is a thing. "
                    said += f"The graph has the text {case.literal(value)}."
                    yield Meant(case.literal(value), "iri-for-text", said)


def _other_literals(case: Case, term: Term, values: Values, name: str) -> Iterator[Meant]:
    same = [
        value for value in values.literals if value.value == term.value and not _is(term, value)
    ]
    for value in same[:MOST]:
        tagged = bool(value.language or term.language)
        cause = "language-tag" if tagged else "datatype"
        what = "language tag" if tagged else "datatype"
        said = (
            f"{case.query.written(term)} and {case.literal(value)} are not the same term: "
            f"the graph has the latter, which differs in its {what}."
        )
        yield Meant(case.literal(value), cause, said)
    if same or any(_is(term, value) for value in values.literals):
        return
    yield from _like_literals(case, term, values, name)


def _like_literals(case: Case, term: Term, values: Values, name: str) -> Iterator[Meant]:
    """Values of the property that are written in nearly the same way."""
    by_text = {value.value: value for value in values.literals}
    shared = [text for text in by_text if _same_number(text, term.value)]
    shared += [t for t in by_text if term.datatype and len(t) >= 4 and _within(t, term.value)]
    for text in shared[:MOST]:
        said = f"The graph writes this value as {case.literal(by_text[text])}."
        yield Meant(case.literal(by_text[text]), "datatype", said)
    for text in nearest_texts(term.value, list(by_text), MOST):
        value = case.literal(by_text[text])
        case_only = " ".join(text.split()).casefold() == " ".join(term.value.split()).casefold()
        cause = "case" if case_only else "spelling"
        if likeness(text, term.value) == 1.0 and text.split() != term.value.split():
            cause = "case"
        said = f"{case.iri(name)} never has {case.query.written(term)}; the nearest is {value}."
        yield Meant(value, cause, said)


def _things_for_text(case: Case, term: Term, name: str) -> Iterator[Meant]:
    """The things that are called as the text says."""
    called = [
        (likeness(label, term.value), iri, label) for iri, label in case.known.named_values(name)
    ]
    for like, iri, label in sorted(called, reverse=True)[:MOST]:
        if like >= 0.86:
            said = (
                f"{case.iri(name)} leads to things, and {case.query.written(term)} is a text. "
                f"{case.iri(iri)} is called “{label}”."
            )
            yield Meant(case.iri(iri), "text-for-iri", said)


def _is(term: Term, value: Literal) -> bool:
    datatype = "" if value.datatype == XSD.string or value.language else value.datatype.value
    return (term.value, term.language, term.datatype) == (
        value.value,
        (value.language or "").lower(),
        datatype,
    )


def _within(one: str, other: str) -> bool:
    return one != other and (one.startswith(other) or other.startswith(one))


def _same_number(one: str, other: str) -> bool:
    number = r"[+-]?\d+(\.\d+)?"
    if not re.fullmatch(number, one) or not re.fullmatch(number, other):
        return False
    return one != other and float(one) == float(other)
