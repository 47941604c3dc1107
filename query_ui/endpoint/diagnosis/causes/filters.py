"""Causes in filters: a type, a language, a case of letters or a variable that does not fit."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from pyoxigraph import Literal

from loader.namespaces import XSD
from loader.queries.rewrite import Edit
from query_ui.endpoint.diagnosis.causes.texts import find_alternatives
from query_ui.endpoint.diagnosis.comparisons import (
    Call,
    Comparison,
    find_calls,
    find_comparisons,
    list_own_nodes,
)
from query_ui.endpoint.diagnosis.failing_part import FailingPart, Suspicion, replace_span
from query_ui.endpoint.diagnosis.graph_facts import PropertyValues
from query_ui.endpoint.diagnosis.query_parts import Part
from query_ui.endpoint.diagnosis.query_terms import Span

_SEARCHES = ("CONTAINS", "STRSTARTS", "STRENDS", "REGEX")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_NUMERIC = (XSD.integer.value, XSD.decimal.value, XSD.double.value, XSD.float.value)


def list_tests(failing: FailingPart) -> Iterator[Part]:
    """Yield the filters and conditions on groups in the failing part."""
    for kind in ("filter", "having"):
        yield from failing.list_parts(kind)


def find_wrong_comparisons(failing: FailingPart) -> Iterator[Suspicion]:
    """Find comparisons with a value that the variable cannot be equal to, or be compared with."""
    for part in list_tests(failing):
        ordered: dict[str, list[Suspicion]] = {}
        for one in find_comparisons(failing.query, part):
            if one.function == "LANG":
                yield from _check_language(failing, one)
            elif one.function == "DATATYPE":
                yield from _check_datatype(failing, one)
            elif one.function in ("LCASE", "UCASE"):
                yield from _check_case(failing, one)
            elif one.operator == "=":
                yield from _check_equality(failing, one)
            if one.function in ("", "STR") and one.operator in ("<", ">", "<=", ">="):
                for way, edits in _list_conversions(failing, one):
                    ordered.setdefault(way, []).append(_report_order(failing, one, edits))
        for found in ordered.values():
            edits = tuple(edit for suspicion in found for edit in suspicion.edits)
            yield Suspicion(found[0].cause, found[0].span, found[0].explanation, edits)


def list_values_of(failing: FailingPart, variable: str) -> PropertyValues:
    """Return the values of the properties that a variable stands for."""
    found = [failing.facts.list_values(name) for name in failing.find_properties(variable)]
    return PropertyValues(
        tuple(iri for values in found for iri in values.iris),
        tuple(literal for values in found for literal in values.literals),
    )


def _check_equality(failing: FailingPart, one: Comparison) -> Iterator[Suspicion]:
    """Find a value that the variable never has, where one that it has is near."""
    if one.function not in ("", "STR"):
        return
    for name in failing.find_properties(one.variable):
        for meant in find_alternatives(failing, one.term, name):
            text = meant.text
            if one.function == "STR":
                if meant.cause in ("language-tag", "datatype"):
                    continue
                text = f"STR({text})"
            edit = replace_span(one.term, text)
            yield Suspicion(meant.cause, one.span, meant.explanation, (edit,))
    written, left = failing.source(one.term), failing.source(one.left)
    if one.term.kind == "literal" and not one.function and is_entity(failing, one.variable):
        said = f"{written} is a text and {left} is a thing."
        web = [one.term.value] if "://" in one.term.value else []
        ending = f"/{one.term.value.lower()}"
        for iri in web or failing.facts.list_terms("terms-ending", ending=ending) or [""]:
            edits = (replace_span(one.term, failing.format_iri(iri)),) if iri else ()
            yield Suspicion("text-for-iri", one.span, said, edits, is_certain=True)
    if one.term.kind == "iri" and one.function == "STR":
        said = f"STR gives a text and {written} is a thing."
        edit = replace_span(one.term, f"STR({written})")
        yield Suspicion("iri-for-text", one.span, said, (edit,))


def is_entity(failing: FailingPart, variable: str) -> bool:
    """Whether a variable stands for things alone: it is a subject, or of properties of things."""
    values = list_values_of(failing, variable)
    if values.iris or values.literals:
        return not values.literals
    return any(
        part.subject is not None
        and (part.subject.kind, part.subject.value) == ("variable", variable)
        for part in failing.query.parts
    )


def _report_order(failing: FailingPart, one: Comparison, edits: tuple[Edit, ...]) -> Suspicion:
    """Report a value of another type than those it is compared with."""
    written, left = failing.source(one.term), failing.source(one.left)
    said = f"{written} and the values of {left} are of different types and cannot be compared."
    return Suspicion("datatype", one.span, said, edits)


def _list_conversions(
    failing: FailingPart, one: Comparison
) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    """Yield the ways to make the two sides of one type, each with its edits."""
    if one.term.kind != "literal":
        return
    left = failing.source(one.left)
    types = _list_datatypes(failing, one)
    if not one.term.datatype and _NUMBER.fullmatch(one.term.value) and not one.function:
        yield "number", (replace_span(one.term, one.term.value),)
    if one.term.datatype in _NUMERIC and XSD.string.value in types:
        yield "cast", (replace_span(one.left, f"{failing.format_iri(XSD.decimal.value)}({left})"),)
    if not one.function and types - set(_NUMERIC):
        text = str(Literal(one.term.value))
        yield "text", (replace_span(one.left, f"STR({left})"), replace_span(one.term, text))


def _list_datatypes(failing: FailingPart, one: Comparison) -> set[str]:
    return {value.datatype.value for value in list_values_of(failing, one.variable).literals}


def _check_language(failing: FailingPart, one: Comparison) -> Iterator[Suspicion]:
    values = list_values_of(failing, one.variable).literals
    for tag in sorted({value.language or "" for value in values}):
        if one.operator == "=" and tag != one.term.value:
            has = f'the language tag "{tag}"' if tag else "no language tag"
            said = f"No value here has the language tag {failing.source(one.term)}: it has {has}."
            yield Suspicion("language-tag", one.span, said, (replace_span(one.term, f'"{tag}"'),))


def _check_datatype(failing: FailingPart, one: Comparison) -> Iterator[Suspicion]:
    for iri in sorted(_list_datatypes(failing, one)):
        if one.operator == "=" and iri != one.term.value:
            name = failing.format_iri(iri)
            said = f"The values here are of the datatype {name}."
            yield Suspicion("datatype", one.span, said, (replace_span(one.term, name),))


def _check_case(failing: FailingPart, one: Comparison) -> Iterator[Suspicion]:
    turned = one.term.value.lower() if one.function == "LCASE" else one.term.value.upper()
    if one.term.kind != "literal":
        return
    written, variable = failing.source(one.term), f"?{one.variable}"
    edit = replace_span(one.term, str(Literal(turned)))
    if turned != one.term.value:
        said = f"{one.function} never gives {written}."
        yield Suspicion("case", one.span, said, (edit,))
    said = f"{one.function} keeps the language tag of {variable}, which {written} has not."
    whole = replace_span(one.left, f"{one.function}(STR({variable}))")
    yield Suspicion("language-tag", one.span, said, (whole, edit))


def find_failing_searches(failing: FailingPart) -> Iterator[Suspicion]:
    """Find searches in what is no text, for letters in the wrong case, or for a misspelt word."""
    for part in list_tests(failing):
        for call in find_calls(failing.query, part, *_SEARCHES):
            subject, written = (failing.source(call.subject), failing.source(call.term))
            if not call.is_wrapped:
                said = f"{subject} is no text here; {call.function} needs STR({subject})."
                edit = replace_span(call.subject, f"STR({subject})")
                yield Suspicion("iri-for-text", call.span, said, (edit,))
            said = f"{written} is there in other upper and lower case."
            yield Suspicion("case", call.span, said, _ignore_case(failing, call))
            yield from _suggest_words(failing, call)
        for call in find_calls(failing.query, part, "LANGMATCHES"):
            tags = {value.language for value in list_values_of(failing, call.variable).literals}
            said = f"The values here have no language tag {failing.source(call.term)}."
            for tag in sorted(tag or "" for tag in tags):
                plain = replace_span(call.span, f'(LANG(?{call.variable}) = "")')
                edit = replace_span(call.term, f'"{tag}"') if tag else plain
                yield Suspicion("language-tag", call.span, said, (edit,))


def _ignore_case(failing: FailingPart, call: Call) -> tuple[Edit, ...]:
    if call.function == "REGEX":
        return (Edit(call.term.end, call.term.end, ', "i"'),) if call.count == 2 else ()
    subject = failing.source(call.subject)
    whole = subject if subject.upper().startswith("LCASE") else f"LCASE(STR({subject}))"
    return (
        replace_span(call.subject, whole),
        replace_span(call.term, str(Literal(call.term.value.lower()))),
    )


def _suggest_words(failing: FailingPart, call: Call) -> Iterator[Suspicion]:
    values = list_values_of(failing, call.variable).literals
    words = {word for value in values for word in re.findall(r"\w{4,}", value.value)}
    lower = failing.source(call.subject).upper().startswith("LCASE")
    known = {word.lower() for word in words} if lower else words
    for word in get_close_matches(call.term.value, sorted(known), 2, 0.8):
        if word != call.term.value:
            said = f"No value has {failing.source(call.term)}; the nearest word is “{word}”."
            edit = replace_span(call.term, str(Literal(word)))
            yield Suspicion("spelling", call.span, said, (edit,))


def find_unbound_variables(failing: FailingPart) -> Iterator[Suspicion]:
    """Find a variable that nothing in the group of the filter gives a value."""
    for part in failing.list_parts("filter"):
        bound, anywhere = _list_bound_variables(failing, part), _list_variables_elsewhere(failing)
        variables = [node.first_token for node in list_own_nodes(part) if node.kind == "Var"]
        for token in variables:
            name = token.text[1:]
            if name in bound:
                continue
            if name in anywhere:
                yield from _suggest_projection(failing, part, name)
                yield _suggest_outer_group(failing, part, token.text)
                continue
            near = get_close_matches(name, sorted(bound), 1, 0.6)
            end = f"There is ?{near[0]}." if near else "So the filter is never true."
            said = f"Nothing gives {token.text} a value. {end}"
            edits = _rename_variable(part, name, near[0]) if near else ()
            span = Span(token.start, token.end)
            yield Suspicion("unbound-variable", span, said, edits, is_certain=True)


def _list_bound_variables(failing: FailingPart, test: Part) -> frozenset[str]:
    """Return the variables that are bound in the group of a test, as subqueries pass them on."""
    closed = [one for one in _list_closed_subqueries(failing, test) if not one.contains(test)]
    return frozenset[str]().union(
        *(one.projection for one in closed if test.group.contains(one)),
        *(
            part.variables
            for part in failing.query.parts
            if part.kind in ("triple", "values", "bind", "graph", "service")
            and not part.is_negative
            and test.group.contains(part)
            and not test.contains(part)
            and not any(one.contains(part) for one in closed)
        ),
    )


def _list_closed_subqueries(failing: FailingPart, test: Part) -> list[Part]:
    """Return the subqueries that choose what they pass on, and do not hold the test."""
    found = [part for part in failing.query.parts if part.kind == "subselect"]
    return [part for part in found if part.projection and not part.contains(test)]


def _list_variables_elsewhere(failing: FailingPart) -> frozenset[str]:
    parts = [p for p in failing.query.parts if p.kind in ("triple", "values", "bind")]
    return frozenset[str]().union(*(p.variables for p in parts if not p.is_negative))


def _suggest_projection(failing: FailingPart, test: Part, name: str) -> Iterator[Suspicion]:
    """Find a subquery that has the variable and does not pass it on."""
    for part in _list_closed_subqueries(failing, test):
        if name in part.variables and name not in part.projection:
            select = part.node.nodes[0]
            keyword = select.token("DISTINCT", "REDUCED") or select.first_token
            said = f"The subquery does not pass ?{name} on: it belongs after its SELECT."
            edit = Edit(keyword.end, keyword.end, f" ?{name}")
            yield Suspicion("scope", test, said, (edit,), is_certain=True)


def _suggest_outer_group(failing: FailingPart, part: Part, variable: str) -> Suspicion:
    """Suggest to move a filter of an inner group that speaks of the outer one."""
    end = failing.query.where.end - 1
    said = f"{variable} has no value inside the group of this filter: only what is in it counts."
    edits = (replace_span(part, " "), Edit(end, end, f"  {failing.source(part)}\n"))
    return Suspicion("scope", part, said, edits, is_certain=True)


def _rename_variable(part: Part, name: str, other: str) -> tuple[Edit, ...]:
    return tuple(
        Edit(token.start, token.end, f"?{other}")
        for token in part.tokens
        if token.kind == "var" and token.text[1:] == name
    )
