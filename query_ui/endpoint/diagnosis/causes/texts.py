"""Causes in values: a text, number or date that the graph writes in another way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal

from loader.namespaces import XSD
from query_ui.endpoint.diagnosis.failing_part import FailingPart, Suspicion, replace_span
from query_ui.endpoint.diagnosis.graph_facts import PropertyValues
from query_ui.endpoint.diagnosis.nearest_names import compute_similarity, find_nearest_texts
from query_ui.endpoint.diagnosis.query_parts import Part
from query_ui.endpoint.diagnosis.query_terms import Term, is_value, read_term

MAX_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Alternative:
    """What the graph has instead of a value: as written, the code of the cause, the sentence."""

    text: str
    cause: str
    explanation: str


def find_wrong_values(failing: FailingPart) -> Iterator[Suspicion]:
    """Find values in patterns, in VALUES and in BIND that their property does not have so."""
    for part in failing.list_triples():
        assert part.path is not None
        if part.object is not None and part.object.kind in ("iri", "literal") and part.path.steps:
            yield from _suggest_values(failing, part.object, [part.path.steps[-1].value])
    for kind in ("values", "bind"):
        for part in failing.list_parts(kind):
            for variable, term in _list_assignments(failing, part):
                yield from _suggest_values(failing, term, failing.find_properties(variable))


def _list_assignments(failing: FailingPart, part: Part) -> Iterator[tuple[str, Term]]:
    """Yield the terms that VALUES with one variable, or BIND, gives to a variable."""
    if part.kind == "bind":
        value, variable = part.node.nodes
        values = [value]
    else:
        block = part.node.find("DataBlock")
        assert block
        variable, *rows = block.nodes
        values = [row.nodes[0] for row in rows if row.nodes]
    for value in values if variable.kind == "Var" else ():
        if is_value(value):
            yield variable.first_token.text[1:], read_term(value, failing.query.prologue)


def _suggest_values(failing: FailingPart, term: Term, properties: list[str]) -> Iterator[Suspicion]:
    for name in properties:
        for meant in find_alternatives(failing, term, name):
            edit = replace_span(term, meant.text)
            yield Suspicion(meant.cause, term, meant.explanation, (edit,))


def find_alternatives(failing: FailingPart, term: Term, name: str) -> Iterator[Alternative]:
    """Find what a property has instead of a term that it does not have."""
    values = failing.facts.list_values(name)
    written = failing.source(term)
    if term.kind == "literal":
        if term.value in values.iris:
            said = f"{written} is a text; the graph has a thing here, in angle brackets."
            yield Alternative(failing.format_iri(term.value), "text-for-iri", said)
        yield from _find_other_literals(failing, term, values, name)
        if values.iris:
            yield from _find_labelled_entities(failing, term, name)
    elif term.value not in values.iris:
        for other, label in failing.facts.list_labelled_values(name) if values.iris else ():
            if label in failing.facts.list_labels(term.value):
                said = (
                    f"{failing.format_iri(name)} never leads to {written}, but to another that is "
                )
                said += f"called “{label}”: {failing.format_iri(other)}."
                yield Alternative(failing.format_iri(other), "namesake", said)
        for called in [term.value, *failing.facts.list_labels(term.value)]:
            for value in values.literals:
                if value.value == called:
                    said = f"{failing.format_iri(name)} has texts, and {written} is a thing. "
                    said += f"The graph has the text {failing.format_literal(value)}."
                    yield Alternative(failing.format_literal(value), "iri-for-text", said)


def _find_other_literals(
    failing: FailingPart, term: Term, values: PropertyValues, name: str
) -> Iterator[Alternative]:
    same = [
        value
        for value in values.literals
        if value.value == term.value and not _is_same_term(term, value)
    ]
    for value in same[:MAX_SUGGESTIONS]:
        tagged = bool(value.language or term.language)
        cause = "language-tag" if tagged else "datatype"
        what = "language tag" if tagged else "datatype"
        said = (
            f"{failing.source(term)} and {failing.format_literal(value)} are not the same term: "
            f"the graph has the latter, which differs in its {what}."
        )
        yield Alternative(failing.format_literal(value), cause, said)
    if same or any(_is_same_term(term, value) for value in values.literals):
        return
    yield from _find_similar_literals(failing, term, values, name)


def _find_similar_literals(
    failing: FailingPart, term: Term, values: PropertyValues, name: str
) -> Iterator[Alternative]:
    """Find values of the property that are written in nearly the same way."""
    by_text = {value.value: value for value in values.literals}
    shared = [text for text in by_text if _is_same_number(text, term.value)]
    shared += [t for t in by_text if term.datatype and len(t) >= 4 and _is_beginning(t, term.value)]
    for text in shared[:MAX_SUGGESTIONS]:
        said = f"The graph writes this value as {failing.format_literal(by_text[text])}."
        yield Alternative(failing.format_literal(by_text[text]), "datatype", said)
    for text in find_nearest_texts(term.value, list(by_text), MAX_SUGGESTIONS):
        value = failing.format_literal(by_text[text])
        case_only = " ".join(text.split()).casefold() == " ".join(term.value.split()).casefold()
        cause = "case" if case_only else "spelling"
        if compute_similarity(text, term.value) == 1.0 and text.split() != term.value.split():
            cause = "case"
        said = (
            f"{failing.format_iri(name)} never has {failing.source(term)}; the nearest is {value}."
        )
        yield Alternative(value, cause, said)


def _find_labelled_entities(failing: FailingPart, term: Term, name: str) -> Iterator[Alternative]:
    """Find the things that are called as the text says."""
    called = [
        (compute_similarity(label, term.value), iri, label)
        for iri, label in failing.facts.list_labelled_values(name)
    ]
    for like, iri, label in sorted(called, reverse=True)[:MAX_SUGGESTIONS]:
        if like >= 0.86:
            said = (
                f"{failing.format_iri(name)} leads to entities, and {failing.source(term)} is a "
                f"text. {failing.format_iri(iri)} is called “{label}”."
            )
            yield Alternative(failing.format_iri(iri), "text-for-iri", said)


def _is_same_term(term: Term, value: Literal) -> bool:
    datatype = "" if value.datatype == XSD.string or value.language else value.datatype.value
    return (term.value, term.language, term.datatype) == (
        value.value,
        (value.language or "").lower(),
        datatype,
    )


def _is_beginning(one: str, other: str) -> bool:
    return one != other and (one.startswith(other) or other.startswith(one))


def _is_same_number(one: str, other: str) -> bool:
    number = r"[+-]?\d+(\.\d+)?"
    if not re.fullmatch(number, one) or not re.fullmatch(number, other):
        return False
    return one != other and float(one) == float(other)
