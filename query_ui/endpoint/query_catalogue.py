"""The saved queries and their choices as plain objects for JSON, the same for list and page."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from loader.errors import BrokenQuery
from loader.queries.query_files import Parameter, SavedQuery
from query_ui.graph.parameter_choices import Choices, Options

Fields = dict[str, object]


def listing(queries: Sequence[SavedQuery], broken: Mapping[str, BrokenQuery]) -> Fields:
    """All saved queries, and those whose files are not in order."""
    return {
        "total": len(queries),
        "truncated": False,
        "items": [item(query) for query in queries],
        "broken": [_broken(error) for error in broken.values()],
    }


def item(query: SavedQuery) -> Fields:
    """One saved query with its parameters."""
    return {
        "name": query.name,
        "title": query.title,
        "summary": query.summary,
        "tags": list(query.tags),
        "columns": list(query.contract.columns),
        "url": f"/queries/{query.name}",
        "parameters": [_parameter(query, parameter) for parameter in query.parameters],
    }


def choices(query: SavedQuery, found: Choices, wanted: Sequence[str]) -> Fields:
    """What the parameters of these names may be, with the count that each choice has."""
    offered = {p.name: found.options(p.choices) for p in query.parameters if p.name in wanted}
    items = [one for name, options in offered.items() for one in _items(name, options)]
    total = sum(options.total for options in offered.values())
    return {"total": total, "truncated": total > len(items), "items": items}


def choices_path(query: SavedQuery, parameter: Parameter) -> str:
    """The address of the choices of a parameter; "" where it has none."""
    fields = urlencode({"parameter": parameter.name})
    return f"/queries/{query.name}/choices.json?{fields}" if parameter.choices else ""


def _parameter(query: SavedQuery, parameter: Parameter) -> Fields:
    return {
        "name": parameter.name,
        "label": parameter.label,
        "required": parameter.required,
        "datatype": parameter.datatype,
        "defaults": [str(term.value) for term in parameter.defaults],
        "choices": choices_path(query, parameter) or None,
    }


def _items(name: str, options: Options) -> list[Fields]:
    return [
        {"parameter": name, "value": one.value, "label": one.label, "count": one.count}
        for one in options.items
    ]


def _broken(error: BrokenQuery) -> Fields:
    findings = [{"line": found.line, "message": found.message} for found in error.findings]
    return {"name": error.name, "findings": findings}
