"""Binding of parameters: texts become typed terms inside the VALUES blocks of a saved query."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from pyoxigraph import Literal, NamedNode

from loader.errors import BadValue, UsageError
from loader.namespaces import XSD
from loader.queries.parameters import Parameter
from loader.queries.rewrite import Edit, apply_edits
from loader.queries.saved_query import SavedQuery

_SLUG = re.compile(r"[^\W_][\w.~-]*")
_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)"
_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_YEAR = r"-?\d{4,}"
_PATTERNS = {
    XSD.boolean.value: (r"true|false|1|0", "true or false"),
    XSD.integer.value: (r"[+-]?\d+", "a whole number such as 3"),
    XSD.decimal.value: (_NUMBER, "a number such as 2.5"),
    XSD.double.value: (_NUMBER + r"([eE][+-]?\d+)?", "a number such as 2.5"),
    XSD.date.value: (r"\d{4}-\d\d-\d\d" + _ZONE, "a date such as 2024-02-29"),
    XSD.dateTime.value: (
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?" + _ZONE,
        "a time such as 2024-02-29T12:00:00",
    ),
    XSD.gYear.value: (_YEAR + _ZONE, "a year such as 2024"),
    XSD.gYearMonth.value: (_YEAR + r"-(0[1-9]|1[0-2])" + _ZONE, "a month such as 2024-02"),
}
_CALENDAR: dict[str, Callable[[str], object]] = {
    XSD.date.value: lambda text: date.fromisoformat(text[:10]),
    XSD.dateTime.value: lambda text: datetime.fromisoformat(text[:19]),
}


def bind_parameters(query: SavedQuery, values: Mapping[str, Sequence[str]]) -> str:
    """Return the query with ``values`` (parameter → one or more texts) instead of its defaults.

    Each text becomes a term of the type of the parameter's default. An IRI may be given in full,
    in angle brackets, as ``prefix:name`` with a prefix of the query, or as the bare last part of
    an IRI like the default's (``wellbeing``). A parameter that is absent, or has no texts, keeps
    its default. UsageError for an unknown parameter, BadValue for a text that is no value of its
    type; an empty text is a value only where the type is text.
    """
    return apply_edits(query.text, list_bindings(query, values))


def list_bindings(query: SavedQuery, values: Mapping[str, Sequence[str]]) -> list[Edit]:
    """Return the edits of ``bind_parameters``; the errors are the same."""
    known = ", ".join(parameter.name for parameter in query.parameters) or "none"
    for name in values:
        if all(name != parameter.name for parameter in query.parameters):
            raise UsageError(
                f'{query.name} has no parameter "{name}"; its parameters are: {known}.'
            )
    edits = []
    for parameter in reversed(query.parameters):
        texts = values.get(parameter.name, ())
        if texts:
            written = " ".join(str(term) for term in parse_values(query, parameter, texts))
            edits.append(Edit(parameter.start, parameter.end, f" {written} "))
        elif parameter.required:
            raise UsageError(f'{query.name} needs a value for "{parameter.name}".')
    return edits


def parse_values(
    query: SavedQuery, parameter: Parameter, texts: Sequence[str]
) -> list[NamedNode | Literal]:
    """Return the terms that ``texts`` mean for a parameter; see ``bind_parameters``."""
    return [_parse_value(text, parameter, query.prefixes) for text in texts]


def _parse_value(
    text: str, parameter: Parameter, prefixes: Mapping[str, str]
) -> NamedNode | Literal:
    """Return ``text`` as a term like the defaults of ``parameter``."""
    example = parameter.defaults[0]
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadValue(f'The value of "{parameter.name}" is not valid Unicode text.')
    if isinstance(example, NamedNode):
        return _parse_iri(text.strip(), parameter.name, example, prefixes)
    if example.language:
        return Literal(text, language=example.language)
    if example.datatype == XSD.string:
        return Literal(text)
    return _parse_typed_literal(text.strip(), parameter.name, example.datatype)


def _parse_iri(text: str, name: str, example: NamedNode, prefixes: Mapping[str, str]) -> NamedNode:
    inside = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    prefix, colon, rest = inside.partition(":")
    if inside == text and colon and prefix in prefixes and not rest.startswith("//"):
        inside = prefixes[prefix] + rest
    elif inside == text and not colon and _SLUG.fullmatch(text):
        inside = _get_namespace(example.value) + text
    try:
        return NamedNode(inside)
    except ValueError as error:
        short = ", ".join(f"{known}:" for known in prefixes)
        last = example.value.removeprefix(_get_namespace(example.value))
        raise BadValue(
            f'"{text}" is no value of "{name}": give an IRI, a name with one of the prefixes '
            f'{short}, or a bare name such as "{last}".'
        ) from error


def _get_namespace(iri: str) -> str:
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]


def _parse_typed_literal(text: str, name: str, datatype: NamedNode) -> Literal:
    """Return a literal; BadValue for a text outside the lexical space: it would match nothing."""
    pattern, form = _PATTERNS.get(datatype.value, (".*", "a value"))
    try:
        if not re.fullmatch(pattern, text, re.ASCII | re.DOTALL):
            raise ValueError(text)
        _CALENDAR.get(datatype.value, str)(text)
    except ValueError as error:
        raise BadValue(f'"{text}" is no value of "{name}": give {form}.') from error
    return Literal(text, datatype=datatype)


def drop_empty_values(values: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the fields of an HTML form without those that were left empty."""
    filled = {name: [text for text in texts if text.strip()] for name, texts in values.items()}
    return {name: texts for name, texts in filled.items() if texts}
