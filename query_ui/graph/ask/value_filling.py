"""The values that the parameters of a saved query get from the mentions in a question."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from loader.namespaces import XSD
from loader.queries.parameters import Parameter
from loader.queries.saved_query import SavedQuery
from query_ui.graph.ask.question_dates import Period
from query_ui.graph.ask.value_names import Mention, NamedValue
from query_ui.graph.choice_names import get_short_name


@dataclass(frozen=True, slots=True)
class FilledValue:
    """A value for a parameter: ``text`` as a form takes it, ``label`` as people read it.

    ``words`` are the indexes of the words of the question that name it; empty if a phrasing does.
    """

    parameter: Parameter
    text: str
    label: str
    words: tuple[int, ...]


def fill_parameters(
    query: SavedQuery, mentions: Sequence[Mention], periods: Sequence[Period]
) -> list[FilledValue]:
    """Return the values of the parameters of a query that the question names.

    A mention of several values, such as a name that two universities have, fills nothing. Of the
    lists that have a value the shorter comes first, so that a consortium is not a member.
    """
    if not query.parameters:
        return []
    parameters = group_by_choices(query)
    filled: list[FilledValue] = []
    for mention in mentions:
        for choices in parameters:
            values = narrow_by_framework(mention.values.get(choices, ()), mentions)
            if len(values) == 1:
                taken = [one.parameter.name for one in filled]
                parameter = choose_parameter(parameters[choices], taken)
                if parameter:
                    filled.append(fill_choice(parameter, values[0], mention))
                    break
    return [*filled, *fill_days(query, periods)]


def group_by_choices(query: SavedQuery) -> dict[str, list[Parameter]]:
    """Return the parameters with choices by the list of choices, that of consortia first."""
    found: defaultdict[str, list[Parameter]] = defaultdict(list)
    for parameter in query.parameters:
        if parameter.choices:
            found[parameter.choices].append(parameter)
    return dict(sorted(found.items(), key=lambda item: item[0] == "organisations"))


def choose_parameter(parameters: Sequence[Parameter], taken: Sequence[str]) -> Parameter | None:
    """Return the first parameter without a value; a single one takes several values."""
    if len(parameters) == 1:
        return parameters[0]
    return next((one for one in parameters if one.name not in taken), None)


def narrow_by_framework(
    values: Sequence[NamedValue], mentions: Sequence[Mention]
) -> Sequence[NamedValue]:
    """Return the values of a framework that the question names too, if there are any.

    "Recognition" is an element of several; the address of a concept has its framework.
    """
    if len(values) < 2:
        return values
    named = {
        get_short_name(one.value)
        for mention in mentions
        for group in mention.values.values()
        for one in group
    }
    narrowed = [one for one in values if one.value.rsplit("/", 2)[-2] in named]
    return narrowed or values


def fill_choice(parameter: Parameter, named: NamedValue, mention: Mention) -> FilledValue:
    """Return the value of a choice as a form takes it: an IRI or its end, or a text."""
    words = tuple(range(mention.start, mention.end))
    text = named.value if parameter.datatype else shorten_like_default(parameter, named.value)
    return FilledValue(parameter, text, named.label, words)


def shorten_like_default(parameter: Parameter, iri: str) -> str:
    """Return the end of an IRI in the namespace of the default, of another namespace all."""
    short = get_short_name(iri)
    default = str(parameter.defaults[0].value)
    same = iri.removesuffix(short) == default.removesuffix(get_short_name(default))
    return short if same else iri


def fill_days(query: SavedQuery, periods: Sequence[Period]) -> list[FilledValue]:
    """Return the days for the parameters of a query.

    Two parameters get the days of two periods, or the first and last day of one; a single one gets
    the last day of a period.
    """
    days = [one for one in query.parameters if one.datatype == XSD.date.value]
    if not days or not periods:
        return []
    first, second = periods[0], periods[-1]
    if len(days) == 1:
        return [fill_day(days[0], first, first.last.isoformat())]
    ends = [(first, first.first), (second, second.last)]
    return [
        fill_day(parameter, period, day.isoformat())
        for parameter, (period, day) in zip(days, ends, strict=False)
    ]


def fill_day(parameter: Parameter, period: Period, day: str) -> FilledValue:
    """Return a day for a parameter."""
    return FilledValue(parameter, day, day, tuple(range(period.start, period.end)))
