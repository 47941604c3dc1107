"""The form of a saved query: a field for each parameter, with its choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loader.errors import BadValue
from loader.namespaces import XSD
from loader.queries.parameter_binding import parse_values
from loader.queries.query_files import Parameter, SavedQuery
from query_ui.graph.parameter_choices import ParameterChoice, ParameterChoices

INPUT_TYPE_BY_DATATYPE = {
    XSD.integer.value: "number",
    XSD.gYear.value: "number",
    XSD.date.value: "date",
    XSD.gYearMonth.value: "month",
}
MAX_CHECKBOXES = 12
"""More choices of which several can be selected are a list."""
BOOLEAN_OPTIONS = (ParameterChoice("true", "yes"), ParameterChoice("false", "no"))

ANY_OPTION = ParameterChoice("", "Any")
"""The choice of an optional parameter that narrows nothing."""


@dataclass(frozen=True, slots=True)
class FormChoice:
    """One choice of a parameter, and whether it is selected."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form, of a ``kind``, filled with ``value`` or with the chosen choices.

    ``type`` is that of its HTML input. ``is_counted`` says whether the choices have counts.
    """

    parameter: Parameter
    kind: str
    type: str
    value: str
    choices: tuple[FormChoice, ...]
    is_counted: bool


def build_form_fields(
    choices: ParameterChoices, query: SavedQuery, values: Mapping[str, Sequence[str]]
) -> list[FormField]:
    """Build the fields of the form, filled with ``values``, texts by parameter name."""
    return [_build_form_field(choices, query, parameter, values) for parameter in query.parameters]


def _build_form_field(
    choices: ParameterChoices,
    query: SavedQuery,
    parameter: Parameter,
    values: Mapping[str, Sequence[str]],
) -> FormField:
    """Build the field of a parameter with its values in the request, else its defaults.

    A required parameter starts empty: its default is only an example.
    """
    defaults = [str(term.value) for term in parameter.defaults]
    texts = _read_values(query, parameter, values.get(parameter.name, ()))
    texts = texts or ([] if parameter.required else defaults)
    offered = choices.count_options(query, parameter, values)
    if parameter.datatype == XSD.boolean.value:
        options: Sequence[ParameterChoice] = BOOLEAN_OPTIONS
    else:
        options = sorted(offered.items, key=lambda option: option.label.lower())
    if options and "" in defaults:
        options = [ANY_OPTION, *options]
    return FormField(
        parameter,
        _choose_kind(options, offered.is_truncated, max(len(defaults), len(texts)) > 1),
        INPUT_TYPE_BY_DATATYPE.get(parameter.datatype, "text"),
        texts[0] if texts else "",
        tuple(FormChoice(one.value, one.text, one.value in texts) for one in options),
        any(option.count is not None for option in options),
    )


def _choose_kind(options: Sequence[ParameterChoice], is_truncated: bool, has_several: bool) -> str:
    """Return "input", "suggestions", "select", or "checkboxes" or "multiple" for several values."""
    if not options:
        return "input"
    if is_truncated:
        return "suggestions"
    if has_several:
        return "checkboxes" if len(options) <= MAX_CHECKBOXES else "multiple"
    return "select"


def _read_values(query: SavedQuery, parameter: Parameter, texts: Sequence[str]) -> list[str]:
    """Return the values that texts of a request mean: IRIs in full, others as they are."""
    try:
        return [str(term.value) for term in parse_values(query, parameter, texts)]
    except BadValue:
        return list(texts)
