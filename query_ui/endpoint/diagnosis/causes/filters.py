"""Causes in filters: a type, a language, a case of letters or a variable that does not fit."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from pyoxigraph import Literal

from loader.namespaces import XSD
from query_ui.endpoint.diagnosis.causes.texts import instead
from query_ui.endpoint.diagnosis.comparisons import Call, Comparison, calls, comparisons, indexes
from query_ui.endpoint.diagnosis.failing_part import Case, Suspicion, replaced
from query_ui.endpoint.diagnosis.graph_facts import Values
from query_ui.endpoint.diagnosis.query_edits import Edit
from query_ui.endpoint.diagnosis.query_parts import Part, Span

_SEARCHES = ("CONTAINS", "STRSTARTS", "STRENDS", "REGEX")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_NUMERIC = (XSD.integer.value, XSD.decimal.value, XSD.double.value, XSD.float.value)


def tests(case: Case) -> Iterator[Part]:
    """The filters and conditions on groups in the failing part."""
    for kind in ("filter", "having"):
        yield from case.of_kind(kind)


def comparisons_of(case: Case) -> Iterator[Suspicion]:
    """Comparisons with a value that the variable cannot be equal to, or be compared with."""
    for part in tests(case):
        ordered: dict[str, list[Suspicion]] = {}
        for one in comparisons(case.query, part):
            values = values_of(case, one.variable)
            if one.function == "LANG":
                yield from _language(case, one, values)
            elif one.function == "DATATYPE":
                yield from _datatype(case, one, values)
            elif one.function in ("LCASE", "UCASE"):
                yield from _lower_or_upper(case, one)
            elif one.operator == "=":
                yield from _equal(case, one)
            if one.function in ("", "STR") and one.operator in ("<", ">", "<=", ">="):
                for way, edits in _ways_to_compare(case, one, values):
                    ordered.setdefault(way, []).append(_ordered(case, one, edits))
        for found in ordered.values():
            edits = tuple(edit for suspicion in found for edit in suspicion.edits)
            yield Suspicion(found[0].cause, found[0].span, found[0].explanation, edits)


def values_of(case: Case, variable: str) -> Values:
    """The values of the properties that a variable stands for."""
    found = [case.known.values(name) for name in case.properties_of(variable)]
    return Values(
        tuple(iri for values in found for iri in values.iris),
        tuple(literal for values in found for literal in values.literals),
    )


def _equal(case: Case, one: Comparison) -> Iterator[Suspicion]:
    """A value that the variable never has; the one that it has is near."""
    if one.function not in ("", "STR"):
        return
    for name in case.properties_of(one.variable):
        for meant in instead(case, one.term, name):
            text = meant.text
            if one.function == "STR":
                if meant.cause in ("language-tag", "datatype"):
                    continue
                text = f"STR({text})"
            edit = replaced(one.term, text)
            yield Suspicion(meant.cause, one.span, meant.explanation, (edit,))
    written, left = case.query.written(one.term), case.query.written(one.left)
    if one.term.kind == "literal" and not one.function and is_thing(case, one.variable):
        said = f"{written} is a text and {left} is a thing."
        web = [one.term.value] if "://" in one.term.value else []
        ending = f"/{one.term.value.lower()}"
        for iri in web or case.known.terms("terms-ending", ending=ending) or [""]:
            edits = (replaced(one.term, case.iri(iri)),) if iri else ()
            yield Suspicion("text-for-iri", one.span, said, edits, certain=True)
    if one.term.kind == "iri" and one.function == "STR":
        said = f"STR gives a text and {written} is a thing."
        yield Suspicion("iri-for-text", one.span, said, (replaced(one.term, f"STR({written})"),))


def is_thing(case: Case, variable: str) -> bool:
    """Whether a variable stands for things alone: it is a subject, or of properties of things."""
    values = values_of(case, variable)
    if values.iris or values.literals:
        return not values.literals
    return any(
        part.subject is not None
        and (part.subject.kind, part.subject.value) == ("variable", variable)
        for part in case.query.parts
    )


def _ordered(case: Case, one: Comparison, edits: tuple[Edit, ...]) -> Suspicion:
    """A value of another type than those it is compared with."""
    written, left = case.query.written(one.term), case.query.written(one.left)
    said = f"{written} and the values of {left} are of different types and cannot be compared."
    return Suspicion("datatype", one.span, said, edits)


def _ways_to_compare(
    case: Case, one: Comparison, values: Values
) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    """The ways to make the two sides of one type: the value, or the variable, or both as texts."""
    if one.term.kind != "literal":
        return
    left = case.query.written(one.left)
    types = {value.datatype.value for value in values.literals}
    if not one.term.datatype and _NUMBER.fullmatch(one.term.value) and not one.function:
        yield "number", (replaced(one.term, one.term.value),)
    if one.term.datatype in _NUMERIC and XSD.string.value in types:
        yield "cast", (replaced(one.left, f"{case.iri(XSD.decimal.value)}({left})"),)
    if not one.function and types - set(_NUMERIC):
        text = str(Literal(one.term.value))
        yield "text", (replaced(one.left, f"STR({left})"), replaced(one.term, text))


def _language(case: Case, one: Comparison, values: Values) -> Iterator[Suspicion]:
    tags = sorted({value.language or "" for value in values.literals})
    for tag in tags:
        if one.operator == "=" and tag != one.term.value:
            has = f'the language tag "{tag}"' if tag else "no language tag"
            said = (
                f"No value here has the language tag {case.query.written(one.term)}: it has {has}."
            )
            yield Suspicion("language-tag", one.span, said, (replaced(one.term, f'"{tag}"'),))


def _datatype(case: Case, one: Comparison, values: Values) -> Iterator[Suspicion]:
    for name in sorted({value.datatype.value for value in values.literals}):
        if one.operator == "=" and name != one.term.value:
            said = f"The values here are of the datatype {case.iri(name)}."
            yield Suspicion("datatype", one.span, said, (replaced(one.term, case.iri(name)),))


def _lower_or_upper(case: Case, one: Comparison) -> Iterator[Suspicion]:
    turned = one.term.value.lower() if one.function == "LCASE" else one.term.value.upper()
    if one.term.kind != "literal":
        return
    written, variable = case.query.written(one.term), f"?{one.variable}"
    edit = replaced(one.term, str(Literal(turned)))
    if turned != one.term.value:
        said = f"{one.function} never gives {written}."
        yield Suspicion("case", one.span, said, (edit,))
    said = f"{one.function} keeps the language tag of {variable}, which {written} has not."
    whole = replaced(one.left, f"{one.function}(STR({variable}))")
    yield Suspicion("language-tag", one.span, said, (whole, edit))


def searches(case: Case) -> Iterator[Suspicion]:
    """Searches in what is no text, or for letters in the wrong case, or for a misspelt word."""
    for part in tests(case):
        for call in calls(case.query, part, *_SEARCHES):
            subject, written = (case.query.written(call.subject), case.query.written(call.term))
            if not call.wrapped:
                said = f"{subject} is no text here; {call.function} needs STR({subject})."
                edit = replaced(call.subject, f"STR({subject})")
                yield Suspicion("iri-for-text", call.span, said, (edit,))
            said = f"{written} is there in other upper and lower case."
            yield Suspicion("case", call.span, said, _any_case(case, call))
            yield from _misspelt(case, call)
        for call in calls(case.query, part, "LANGMATCHES"):
            tags = {value.language for value in values_of(case, call.variable).literals}
            said = f"The values here have no language tag {case.query.written(call.term)}."
            for tag in sorted(tag or "" for tag in tags):
                plain = replaced(call.span, f'(LANG(?{call.variable}) = "")')
                edit = replaced(call.term, f'"{tag}"') if tag else plain
                yield Suspicion("language-tag", call.span, said, (edit,))


def _any_case(case: Case, call: Call) -> tuple[Edit, ...]:
    if call.function == "REGEX":
        return (Edit(call.term.end, call.term.end, ', "i"'),) if call.count == 2 else ()
    subject = case.query.written(call.subject)
    whole = subject if subject.upper().startswith("LCASE") else f"LCASE(STR({subject}))"
    return (
        replaced(call.subject, whole),
        replaced(call.term, str(Literal(call.term.value.lower()))),
    )


def _misspelt(case: Case, call: Call) -> Iterator[Suspicion]:
    values = values_of(case, call.variable).literals
    words = {word for value in values for word in re.findall(r"\w{4,}", value.value)}
    lower = case.query.written(call.subject).upper().startswith("LCASE")
    known = {word.lower() for word in words} if lower else words
    for word in get_close_matches(call.term.value, sorted(known), 2, 0.8):
        if word != call.term.value:
            said = f"No value has {case.query.written(call.term)}; the nearest word is “{word}”."
            edit = replaced(call.term, str(Literal(word)))
            yield Suspicion("spelling", call.span, said, (edit,))


def unbound(case: Case) -> Iterator[Suspicion]:
    """A variable that nothing in the group of the filter gives a value."""
    for part in case.of_kind("filter"):
        bound, anywhere = _given(case, part), _elsewhere(case)
        for index in indexes(case.query, part):
            token = case.query.terms.at(index)
            name = token.text[1:]
            if token.kind != "variable" or name in bound:
                continue
            if name in anywhere:
                yield from _passed_on(case, part, name)
                yield _moved(case, part, token.text)
                continue
            near = get_close_matches(name, sorted(bound), 1, 0.6)
            end = f"There is ?{near[0]}." if near else "So the filter is never true."
            said = f"Nothing gives {token.text} a value. {end}"
            edits = _renamed(part, name, near[0]) if near else ()
            span = Span(token.start, token.end)
            yield Suspicion("unbound-variable", span, said, edits, certain=True)


def _given(case: Case, test: Part) -> frozenset[str]:
    """The variables that anything in the group of a test binds, as far as subqueries pass them."""
    closed = [one for one in _subqueries(case, test) if not one.holds(test)]
    return frozenset[str]().union(
        *(one.selected for one in closed if test.group.holds(one)),
        *(
            part.variables
            for part in case.query.parts
            if part.kind in ("triple", "values", "bind", "graph", "service")
            and not part.negative
            and test.group.holds(part)
            and not test.holds(part)
            and not any(one.holds(part) for one in closed)
        ),
    )


def _subqueries(case: Case, test: Part) -> list[Part]:
    """The subqueries that choose what they pass on, and do not hold the test."""
    found = [part for part in case.query.parts if part.kind == "subselect"]
    return [part for part in found if part.selected and not part.holds(test)]


def _elsewhere(case: Case) -> frozenset[str]:
    parts = [p for p in case.query.parts if p.kind in ("triple", "values", "bind")]
    return frozenset[str]().union(*(p.variables for p in parts if not p.negative))


def _passed_on(case: Case, test: Part, name: str) -> Iterator[Suspicion]:
    """A subquery that has the variable and does not pass it on."""
    for part in _subqueries(case, test):
        if name in part.variables and name not in part.selected:
            place = part.start + len("SELECT")
            said = f"The subquery does not pass ?{name} on: it has to stand after its SELECT."
            modifier = re.match(r"\s+(DISTINCT|REDUCED)\b", case.query.text[place:], re.IGNORECASE)
            place += modifier.end() if modifier else 0
            edit = Edit(place, place, f" ?{name}")
            yield Suspicion("scope", test, said, (edit,), certain=True)


def _moved(case: Case, part: Part, variable: str) -> Suspicion:
    """A filter that stands in an inner group and speaks of the outer one."""
    end = case.query.where.end - 1
    said = f"{variable} has no value inside the group of this filter: only what is in it counts."
    edits = (replaced(part, " "), Edit(end, end, f"  {case.query.written(part)}\n"))
    return Suspicion("scope", part, said, edits, certain=True)


def _renamed(part: Part, name: str, other: str) -> tuple[Edit, ...]:
    return tuple(
        Edit(token.start, token.end, f"?{other}")
        for token in part.tokens
        if token.kind == "variable" and token.text[1:] == name
    )
