"""The shapes of what goes in and out, as JSON Schema: https://json-schema.org/draft/2020-12"""

from typing import Any, TypeAlias

Fields: TypeAlias = dict[str, Any]

STRING: Fields = {"type": "string"}
COUNT: Fields = {"type": "integer", "minimum": 0}
PAGE: Fields = {"type": "integer", "minimum": 1}


def ref(name: str) -> Fields:
    """A schema by its name among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Fields) -> Fields:
    """A list of things of one shape."""
    return {"type": "array", "items": items}


def record(required: Fields, optional: Fields | None = None) -> Fields:
    """An object with these members; it may have more."""
    properties = required | (optional or {})
    return {"type": "object", "required": list(required), "properties": properties}


def page_of(items: Fields, more: Fields | None = None) -> Fields:
    """A list that says how many there are, and whether some are left out."""
    said: Fields = {"total": COUNT, "truncated": {"type": "boolean"}, "items": array(items)}
    return record(said, more)


def schemas() -> Fields:
    """The components that operations refer to."""
    return {
        "Problem": _problem(),
        "Term": record(
            {"type": {"enum": ["uri", "literal", "bnode", "triple"]}, "value": {}},
            {"xml:lang": STRING, "datatype": STRING},
        ),
        "Rows": record(
            {
                "head": record({"vars": array(STRING)}),
                "results": record(
                    {
                        "bindings": array(
                            {"type": "object", "additionalProperties": ref("Term")},
                        )
                    }
                ),
            },
            {"total": COUNT, "truncated": {"type": "boolean"}, "page": PAGE, "size": PAGE},
        ),
        "Truth": record({"head": {"type": "object"}, "boolean": {"type": "boolean"}}),
        "List": page_of(
            record({"iri": STRING, "label": STRING, "url": STRING}),
            {"page": PAGE, "next": {"type": ["string", "null"]}},
        ),
        "SavedQueries": page_of(ref("SavedQuery"), {"broken": array(ref("BrokenQuery"))}),
        "SavedQuery": record(
            {"name": STRING, "title": STRING, "summary": STRING, "url": STRING}
            | {"tags": array(STRING), "columns": array(STRING), "parameters": array(_parameter())}
        ),
        "BrokenQuery": record(
            {"name": STRING, "findings": array(record({"line": COUNT, "message": STRING}))}
        ),
        "Choices": page_of(
            record(
                {"parameter": STRING, "value": STRING, "label": STRING}
                | {"count": {"type": ["integer", "null"]}}
            )
        ),
    }


def _parameter() -> Fields:
    return record(
        {"name": STRING, "label": STRING, "required": {"type": "boolean"}, "datatype": STRING}
        | {"defaults": array(STRING), "choices": {"type": ["string", "null"]}}
    )


def _problem() -> Fields:
    """https://www.rfc-editor.org/rfc/rfc9457#section-3.1"""
    return record(
        {"type": STRING, "title": STRING, "status": {"type": "integer"}, "detail": STRING},
        {"line": COUNT, "column": COUNT, "excerpt": STRING, "suggestion": STRING}
        | {"limit": {"enum": ["time", "memory", "size"]}, "seconds": {"type": "number"}},
    )
