"""The shapes of what goes in and out, as JSON Schema: https://json-schema.org/draft/2020-12"""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]

STRING_SCHEMA: JsonObject = {"type": "string"}
COUNT_SCHEMA: JsonObject = {"type": "integer", "minimum": 0}
PAGE_SCHEMA: JsonObject = {"type": "integer", "minimum": 1}


def build_reference(name: str) -> JsonObject:
    """A schema by its name among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def build_array_schema(items: JsonObject) -> JsonObject:
    """A list of things of one shape."""
    return {"type": "array", "items": items}


def build_object_schema(required: JsonObject, optional: JsonObject | None = None) -> JsonObject:
    """An object with these members; it may have more."""
    properties = required | (optional or {})
    return {"type": "object", "required": list(required), "properties": properties}


def build_list_schema(items: JsonObject, more: JsonObject | None = None) -> JsonObject:
    """A list that says how many there are, and whether some are left out."""
    said: JsonObject = {
        "total": COUNT_SCHEMA,
        "truncated": {"type": "boolean"},
        "items": build_array_schema(items),
    }
    return build_object_schema(said, more)


def build_component_schemas() -> JsonObject:
    """The components that operations refer to."""
    return {
        "Problem": _build_problem_schema(),
        "Term": build_object_schema(
            {"type": {"enum": ["uri", "literal", "bnode", "triple"]}, "value": {}},
            {"xml:lang": STRING_SCHEMA, "datatype": STRING_SCHEMA},
        ),
        "Rows": build_object_schema(
            {
                "head": build_object_schema({"vars": build_array_schema(STRING_SCHEMA)}),
                "results": build_object_schema(
                    {
                        "bindings": build_array_schema(
                            {"type": "object", "additionalProperties": build_reference("Term")},
                        )
                    }
                ),
            },
            {
                "total": COUNT_SCHEMA,
                "truncated": {"type": "boolean"},
                "page": PAGE_SCHEMA,
                "size": PAGE_SCHEMA,
            },
        ),
        "Truth": build_object_schema({"head": {"type": "object"}, "boolean": {"type": "boolean"}}),
        "List": build_list_schema(
            build_object_schema(
                {"iri": STRING_SCHEMA, "label": STRING_SCHEMA, "url": STRING_SCHEMA}
            ),
            {"page": PAGE_SCHEMA, "next": {"type": ["string", "null"]}},
        ),
    } | _build_saved_query_schemas()


def _build_saved_query_schemas() -> JsonObject:
    return {
        "SavedQueries": build_list_schema(
            build_reference("SavedQuery"),
            {"broken": build_array_schema(build_reference("BrokenQuery"))},
        ),
        "SavedQuery": build_object_schema(
            {
                "name": STRING_SCHEMA,
                "title": STRING_SCHEMA,
                "summary": STRING_SCHEMA,
                "url": STRING_SCHEMA,
            }
            | {
                "tags": build_array_schema(STRING_SCHEMA),
                "columns": build_array_schema(STRING_SCHEMA),
                "parameters": build_array_schema(_build_parameter_schema()),
            }
        ),
        "BrokenQuery": build_object_schema(
            {
                "name": STRING_SCHEMA,
                "findings": build_array_schema(
                    build_object_schema({"line": COUNT_SCHEMA, "message": STRING_SCHEMA})
                ),
            }
        ),
        "Choices": build_list_schema(
            build_object_schema(
                {"parameter": STRING_SCHEMA, "value": STRING_SCHEMA, "label": STRING_SCHEMA}
                | {"count": {"type": ["integer", "null"]}}
            )
        ),
    }


def _build_parameter_schema() -> JsonObject:
    return build_object_schema(
        {
            "name": STRING_SCHEMA,
            "label": STRING_SCHEMA,
            "required": {"type": "boolean"},
            "datatype": STRING_SCHEMA,
        }
        | {"defaults": build_array_schema(STRING_SCHEMA), "choices": {"type": ["string", "null"]}}
    )


def _build_problem_schema() -> JsonObject:
    """https://www.rfc-editor.org/rfc/rfc9457#section-3.1"""
    return build_object_schema(
        {
            "type": STRING_SCHEMA,
            "title": STRING_SCHEMA,
            "status": {"type": "integer"},
            "detail": STRING_SCHEMA,
        },
        {
            "line": COUNT_SCHEMA,
            "column": COUNT_SCHEMA,
            "excerpt": STRING_SCHEMA,
            "suggestion": STRING_SCHEMA,
        }
        | {"limit": {"enum": ["time", "memory", "size"]}, "seconds": {"type": "number"}},
    )
