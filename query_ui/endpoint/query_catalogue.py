"""JSON objects of the saved queries, their parameters and their choices."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from loader.errors import BrokenQuery
from loader.queries.query_files import Parameter, SavedQuery
from query_ui.graph.contract_status import ContractStatus
from query_ui.graph.parameter_choices import ChoiceList, ParameterChoices
from query_ui.http.public_address import to_public_path

JsonFields = dict[str, object]


def serialise_query_catalogue(
    queries: Sequence[tuple[SavedQuery, ContractStatus]], broken_queries: Mapping[str, BrokenQuery]
) -> JsonFields:
    """Return all saved queries, and those whose files are invalid, with their findings."""
    return {
        "total": len(queries),
        "truncated": False,
        "items": [serialise_saved_query(query, status) for query, status in queries],
        "broken": [_serialise_broken_query(error) for error in broken_queries.values()],
    }


def serialise_saved_query(query: SavedQuery, status: ContractStatus) -> JsonFields:
    """Return a saved query with its parameters and whether its contract holds."""
    return {
        "name": query.name,
        "title": query.title,
        "summary": query.summary,
        "tags": list(query.tags),
        "columns": list(query.contract.columns),
        "url": to_public_path(f"/queries/{query.name}"),
        "contract": {"holds": status.holds, "status": status.sentence},
        "parameters": [_serialise_parameter(query, parameter) for parameter in query.parameters],
    }


def serialise_choices(
    query: SavedQuery, parameter_choices: ParameterChoices, parameter_names: Sequence[str]
) -> JsonFields:
    """Return the choices of the parameters in ``parameter_names``, each with its count."""
    offered = {
        p.name: parameter_choices.count_options(query, p, {})
        for p in query.parameters
        if p.name in parameter_names
    }
    items = [one for name, options in offered.items() for one in _serialise_options(name, options)]
    asked = [p.choices for p in query.parameters if p.name in offered]
    total = sum(map(parameter_choices.count_choices, asked))
    return {"total": total, "truncated": total > len(items), "items": items}


def build_choices_path(query: SavedQuery, parameter: Parameter) -> str:
    """Return the address that lists the choices of a parameter; "" if it has none."""
    fields = urlencode({"parameter": parameter.name})
    return f"/queries/{query.name}/choices.json?{fields}" if parameter.choices else ""


def _serialise_parameter(query: SavedQuery, parameter: Parameter) -> JsonFields:
    return {
        "name": parameter.name,
        "label": parameter.label,
        "required": parameter.required,
        "datatype": parameter.datatype,
        "defaults": [str(term.value) for term in parameter.defaults],
        "choices": to_public_path(build_choices_path(query, parameter)) or None,
    }


def _serialise_options(name: str, options: ChoiceList) -> list[JsonFields]:
    return [
        {"parameter": name, "value": one.value, "label": one.label, "count": one.count}
        for one in options.items
    ]


def _serialise_broken_query(error: BrokenQuery) -> JsonFields:
    findings = [{"line": found.line, "message": found.message} for found in error.findings]
    return {"name": error.name, "findings": findings}
