"""The parameters of operations: those of saved queries by type, and those that many share."""

from pyoxigraph import Literal

from loader.namespaces import XSD
from loader.queries.query_files import Parameter
from query_ui.endpoint.openapi.schemas import STRING, Fields, array
from query_ui.endpoint.paging.page_range import LARGEST
from query_ui.graph.parameter_choices import Options

FEW = 60
"""More choices than these are not written out."""
_TYPES: dict[str, Fields] = {
    XSD.integer.value: {"type": "integer"},
    XSD.decimal.value: {"type": "number"},
    XSD.double.value: {"type": "number"},
    XSD.boolean.value: {"type": "boolean"},
    XSD.date.value: {"type": "string", "format": "date"},
    XSD.dateTime.value: {"type": "string", "format": "date-time"},
    XSD.gYear.value: {"type": "string", "pattern": r"^-?\d{4,}$"},
    XSD.gYearMonth.value: {"type": "string", "pattern": r"^-?\d{4,}-(0[1-9]|1[0-2])$"},
}


def in_query(name: str, schema: Fields, description: str, required: bool = False) -> Fields:
    """A parameter in the address behind the question mark."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
    }


def in_path(name: str, description: str) -> Fields:
    """A part of the path."""
    schema = {"type": "string", "minLength": 1}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


def shared() -> Fields:
    """The parameters that every saved query has besides its own, by the name of the component."""
    whole: Fields = {"type": "integer", "minimum": 1}
    return {
        "format": in_query(
            "format", STRING, "The name of a format, such as csv or ttl; overrules Accept."
        ),
        "labels": in_query(
            "labels",
            {"type": "string", "enum": ["on", "off"], "default": "off"},
            "on: a column of names beside every column of IRIs. Rows stay as they are.",
        ),
        "page": in_query(
            "page",
            whole,
            "The page of rows that is wanted, from 1; total and truncated say what is left out.",
        ),
        "size": in_query("size", whole | {"maximum": LARGEST}, "Rows on a page; 100 by itself."),
        "timeout": in_query(
            "timeout",
            {"type": "number", "minimum": 1},
            "Seconds after which the query is to be stopped, if that is sooner than the limit.",
        ),
    }


def of_query(parameter: Parameter, choices: Options, path: str) -> Fields:
    """A parameter of a saved query, which may be given more than once.

    ``path`` is the address of its choices; they are listed here too where they are few.
    """
    one = _one(parameter, choices)
    defaults = [_plain(parameter, str(term.value)) for term in parameter.defaults]
    schema = array(one) | {"minItems": 1}
    said = f"{parameter.label}. Give it again for more than one value."
    if path:
        said += f" What it may be, with counts: {path}"
    found = in_query(parameter.name, schema, said, parameter.required)
    if parameter.required:
        found["example"] = defaults
    else:
        schema["default"] = defaults
    return found


def _one(parameter: Parameter, choices: Options) -> Fields:
    """The schema of a single value."""
    kind = dict(_TYPES.get(parameter.datatype, STRING))
    if not isinstance(parameter.defaults[0], Literal):
        kind |= {"minLength": 1, "description": "An IRI, prefix:name, or the end of an IRI."}
    if 0 < choices.total <= FEW:
        kind["enum"] = [_plain(parameter, option.value) for option in choices.items]
    elif choices.total:
        kind["examples"] = [_plain(parameter, option.value) for option in choices.items[:3]]
    return kind


def _plain(parameter: Parameter, text: str) -> str | int | float | bool:
    """A value as JSON has it."""
    kind = _TYPES.get(parameter.datatype, STRING)["type"]
    if kind == "boolean":
        return text in ("true", "1")
    if kind == "integer":
        return int(text)
    return float(text) if kind == "number" else text
