"""Builder of the OpenAPI document: fixed routes from YAML, and an operation per saved query.

https://spec.openapis.org/oas/v3.1.1.html#openapi-object
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from pyoxigraph import Literal

from loader.namespaces import XSD
from loader.queries.header import YAML_LOADER
from loader.queries.query_files import Parameter, SavedQuery
from query_ui.endpoint.paging.request_options import RESERVED_NAMES
from query_ui.endpoint.protocol_request import QUERY_MEDIA_TYPE
from query_ui.engine.result_formats import FORMATS_BY_KIND, JSON, ResultKind
from query_ui.graph.parameter_choices import ChoiceList
from query_ui.http.release_address import can_name_release

JsonObject: TypeAlias = dict[str, Any]

OPENAPI_FILE = Path(__file__).with_name("openapi.yaml")
MAX_LISTED_CHOICES = 100
"""The longest list of choices that is written out as an ``enum``."""
_SAVED_QUERY_PATH = "/queries/{name}"
_SCHEMA_NAME_BY_KIND: dict[ResultKind, str] = {"bindings": "Rows", "boolean": "Truth"}
_STRING_SCHEMA: JsonObject = {"type": "string"}
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


@dataclass(frozen=True, slots=True)
class SavedQueryDescription:
    """A saved query with the choices of each parameter, by name, and the address that lists them.

    ``kind`` is the kind of result; it is None, and ``example_by_media_type`` {}, if unknown.
    """

    query: SavedQuery
    choices: Mapping[str, tuple[ChoiceList, str]]
    kind: ResultKind | None
    example_by_media_type: JsonObject


@cache
def load_fixed_routes() -> JsonObject:
    """Return the description of the fixed routes, which is cached: callers must not change it.

    ``x-problems`` only holds what YAML merges into the operations, and is removed.
    """
    document: JsonObject = yaml.load(OPENAPI_FILE.read_bytes(), YAML_LOADER)
    del document["x-problems"]
    return document


def build_openapi_document(
    version: str, saved_queries: Iterable[SavedQueryDescription]
) -> JsonObject:
    """Build the OpenAPI document of the fixed routes and of ``saved_queries``."""
    document = copy.deepcopy(load_fixed_routes())
    document["info"]["version"] = version
    for saved in saved_queries:
        operation = _build_saved_query_operation(saved, document)
        document["paths"][f"/queries/{saved.query.name}"] = {"get": operation}
    add_release_parameters(document)
    return document


def add_release_parameters(document: JsonObject) -> None:
    """Add ``release`` and Accept-Datetime to each GET that can be answered from a kept release."""
    references = [
        {"$ref": f"#/components/parameters/{name}"} for name in ("release", "accept_datetime")
    ]
    for path, item in document["paths"].items():
        operation = item.get("get")
        if operation and can_name_release(path):
            known = operation.get("parameters", [])
            operation["parameters"] = [*known, *(one for one in references if one not in known)]
            memento = {"302": {"$ref": "#/components/responses/Memento"}}
            operation["responses"] = memento | operation["responses"]


def _build_saved_query_operation(saved: SavedQueryDescription, document: JsonObject) -> JsonObject:
    """Build the operation of a saved query from the generic one of ``/queries/{name}``."""
    query = saved.query
    own = [_build_parameter(p, *saved.choices[p.name]) for p in query.parameters]
    common = [{"$ref": f"#/components/parameters/{name}"} for name in RESERVED_NAMES]
    content = document["components"]["responses"]["SavedQueryResult"]["content"]
    success = {"description": "OK", "content": _build_content(saved, content)}
    return {
        "operationId": f"ask_{query.name.replace('-', '_')}",
        "summary": query.title,
        "description": f"{query.summary} Suffixes such as .csv do what Accept does; .rq gives "
        "the SPARQL with the values in it.",
        "tags": ["saved queries"],
        "parameters": own + common,
        "responses": document["paths"][_SAVED_QUERY_PATH]["get"]["responses"] | {"200": success},
    }


def _build_content(saved: SavedQueryDescription, content: JsonObject) -> JsonObject:
    """Select the formats of the query's kind of result, with an example where there is one."""
    kinds = (saved.kind,) if saved.kind else tuple(FORMATS_BY_KIND)
    media_types = {form.media_type for kind in kinds for form in FORMATS_BY_KIND[kind]}
    media_types |= {"text/html", QUERY_MEDIA_TYPE}
    selected: JsonObject = {name: content[name] for name in content if name in media_types}
    if saved.kind in _SCHEMA_NAME_BY_KIND:
        reference = f"#/components/schemas/{_SCHEMA_NAME_BY_KIND[saved.kind]}"
        selected[JSON.media_type] = {"schema": {"$ref": reference}}
    for media_type, example in saved.example_by_media_type.items():
        selected[media_type] = selected[media_type] | {"example": example}
    return selected


def _build_parameter(parameter: Parameter, choices: ChoiceList, choices_path: str) -> JsonObject:
    """Build a parameter of a saved query, which may be repeated.

    ``choices_path`` is the address that lists its choices, or "".
    """
    defaults = [_to_json_value(parameter, str(term.value)) for term in parameter.defaults]
    schema: JsonObject = {
        "type": "array",
        "items": _build_value_schema(parameter, choices),
        "minItems": 1,
    }
    description = f"{parameter.label}. Give it again for more than one value."
    if choices_path:
        description += f" What it may be, with counts: {choices_path}"
    described: JsonObject = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": description,
        "schema": schema,
    }
    if parameter.required:
        described["example"] = defaults
    else:
        schema["default"] = defaults
    return described


def _build_value_schema(parameter: Parameter, choices: ChoiceList) -> JsonObject:
    """Build the schema of a single value, with its choices if they are few, else with examples."""
    schema = dict(_SCHEMA_BY_DATATYPE.get(parameter.datatype, _STRING_SCHEMA))
    if not isinstance(parameter.defaults[0], Literal):
        schema |= {"minLength": 1, "description": "An IRI, prefix:name, or the end of an IRI."}
    if 0 < len(choices.items) <= MAX_LISTED_CHOICES:
        # An optional parameter may be empty, which its choices do not list.
        empty = [str(term.value) for term in parameter.defaults if not term.value]
        values = [*empty, *(option.value for option in choices.items)]
        schema["enum"] = [_to_json_value(parameter, value) for value in values]
    elif choices.items:
        schema["examples"] = [
            _to_json_value(parameter, option.value) for option in choices.items[:3]
        ]
    return schema


def _to_json_value(parameter: Parameter, text: str) -> str | int | float | bool:
    """Convert the text of a value to the JSON type of its datatype."""
    json_type = _SCHEMA_BY_DATATYPE.get(parameter.datatype, _STRING_SCHEMA)["type"]
    if json_type == "boolean":
        return text in ("true", "1")
    if json_type == "integer":
        return int(text)
    return float(text) if json_type == "number" else text
