"""The parameters of operations: those of saved queries by type, and those that many share."""

from pyoxigraph import Literal

from loader.namespaces import XSD
from loader.queries.query_files import Parameter
from query_ui.endpoint.openapi.schemas import STRING_SCHEMA, JsonObject, build_array_schema
from query_ui.endpoint.paging.page_range import MAX_PAGE_SIZE
from query_ui.graph.parameter_choices import ChoiceList

MAX_LISTED_CHOICES = 60
"""More choices than these are not written out."""
_SCHEMA_BY_DATATYPE: dict[str, JsonObject] = {
    XSD.integer.value: {"type": "integer"},
    XSD.decimal.value: {"type": "number"},
    XSD.double.value: {"type": "number"},
    XSD.boolean.value: {"type": "boolean"},
    XSD.date.value: {"type": "string", "format": "date"},
    XSD.dateTime.value: {"type": "string", "format": "date-time"},
    XSD.gYear.value: {"type": "string", "pattern": r"^-?\d{4,}$"},
    XSD.gYearMonth.value: {"type": "string", "pattern": r"^-?\d{4,}-(0[1-9]|1[0-2])$"},
}


def build_query_parameter(
    name: str, schema: JsonObject, description: str, required: bool = False
) -> JsonObject:
    """A parameter in the address behind the question mark."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
    }


def build_path_parameter(name: str, description: str) -> JsonObject:
    """A part of the path."""
    schema = {"type": "string", "minLength": 1}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


def build_common_parameters() -> JsonObject:
    """The parameters that every saved query has besides its own, by the name of the component."""
    whole: JsonObject = {"type": "integer", "minimum": 1}
    return {
        "format": build_query_parameter(
            "format", STRING_SCHEMA, "The name of a format, such as csv or ttl; overrules Accept."
        ),
        "labels": build_query_parameter(
            "labels",
            {"type": "string", "enum": ["on", "off"], "default": "off"},
            "on: a column of names beside every column of IRIs. Rows stay as they are.",
        ),
        "page": build_query_parameter(
            "page",
            whole,
            "The page of rows that is wanted, from 1; total and truncated say what is left out.",
        ),
        "size": build_query_parameter(
            "size", whole | {"maximum": MAX_PAGE_SIZE}, "Rows on a page; 100 by itself."
        ),
        "timeout": build_query_parameter(
            "timeout",
            {"type": "number", "minimum": 1},
            "Seconds after which the query is to be stopped, if that is sooner than the limit.",
        ),
    }


def build_saved_query_parameter(
    parameter: Parameter, choices: ChoiceList, choices_path: str
) -> JsonObject:
    """A parameter of a saved query, which may be given more than once.

    ``path`` is the address of its choices; they are listed here too where they are few.
    """
    one = _build_value_schema(parameter, choices)
    defaults = [_to_json_value(parameter, str(term.value)) for term in parameter.defaults]
    schema = build_array_schema(one) | {"minItems": 1}
    said = f"{parameter.label}. Give it again for more than one value."
    if choices_path:
        said += f" What it may be, with counts: {choices_path}"
    found = build_query_parameter(parameter.name, schema, said, parameter.required)
    if parameter.required:
        found["example"] = defaults
    else:
        schema["default"] = defaults
    return found


def _build_value_schema(parameter: Parameter, choices: ChoiceList) -> JsonObject:
    """The schema of a single value."""
    kind = dict(_SCHEMA_BY_DATATYPE.get(parameter.datatype, STRING_SCHEMA))
    if not isinstance(parameter.defaults[0], Literal):
        kind |= {"minLength": 1, "description": "An IRI, prefix:name, or the end of an IRI."}
    if 0 < choices.total <= MAX_LISTED_CHOICES:
        kind["enum"] = [_to_json_value(parameter, option.value) for option in choices.items]
    elif choices.total:
        kind["examples"] = [_to_json_value(parameter, option.value) for option in choices.items[:3]]
    return kind


def _to_json_value(parameter: Parameter, text: str) -> str | int | float | bool:
    """A value as JSON has it."""
    kind = _SCHEMA_BY_DATATYPE.get(parameter.datatype, STRING_SCHEMA)["type"]
    if kind == "boolean":
        return text in ("true", "1")
    if kind == "integer":
        return int(text)
    return float(text) if kind == "number" else text
