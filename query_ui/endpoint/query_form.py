"""The form of a saved query: a field for each parameter, with its choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loader.namespaces import XSD
from loader.queries.query_files import Parameter, SavedQuery
from query_ui.graph.parameter_choices import ParameterChoice, ParameterChoices

INPUT_TYPE_BY_DATATYPE = {
    XSD.integer.value: "number",
    XSD.gYear.value: "number",
    XSD.date.value: "date",
    XSD.gYearMonth.value: "month",
}
BOOLEAN_OPTIONS = (ParameterChoice("true", "yes"), ParameterChoice("false", "no"))


@dataclass(frozen=True, slots=True)
class FormChoice:
    """One choice of a parameter, and whether it is selected."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form: a list of choices if there are any, else an input of HTML ``type``.

    ``counted`` names what the numbers after the choices count; ``open`` means that not all
    choices are listed, so that any value may be typed.
    """

    parameter: Parameter
    type: str
    value: str
    choices: tuple[FormChoice, ...]
    counted: str
    open: bool


def build_form_fields(
    choices: ParameterChoices, query: SavedQuery, values: Mapping[str, Sequence[str]]
) -> list[FormField]:
    """Build the fields of the form, filled with ``values``, texts by parameter name."""
    return [
        _build_form_field(choices, parameter, values.get(parameter.name, ()))
        for parameter in query.parameters
    ]


def _build_form_field(
    choices: ParameterChoices, parameter: Parameter, submitted_values: Sequence[str]
) -> FormField:
    """Build the field of a parameter with the submitted values, else its defaults.

    A required parameter starts empty: its default is only an example.
    """
    defaults = [str(term.value) for term in parameter.defaults]
    values = list(submitted_values) or ([] if parameter.required else defaults)
    offered = choices.options(parameter.choices)
    if parameter.datatype == XSD.boolean.value:
        options: Sequence[ParameterChoice] = BOOLEAN_OPTIONS
    else:
        options = sorted(offered.items, key=lambda option: option.label.lower())
    return FormField(
        parameter,
        INPUT_TYPE_BY_DATATYPE.get(parameter.datatype, "text"),
        values[0] if values else "",
        tuple(FormChoice(o.value, o.text, _is_option_selected(o.value, values)) for o in options),
        offered.counted,
        offered.is_truncated,
    )


def _is_option_selected(option: str, values: Sequence[str]) -> bool:
    """Return whether an option is among the values, which may be IRIs or the ends of IRIs."""
    return any(value in (option, f"<{option}>") or option.endswith(f"/{value}") for value in values)
