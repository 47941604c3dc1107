"""Saved queries that answer a question in words, with their values as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from loader.namespaces import XSD
from loader.queries.parameter_binding import list_bindings, parse_values
from loader.queries.parameters import Parameter
from loader.queries.rewrite import apply_edits, remove_annotations, trim
from loader.queries.saved_query import SavedQuery
from query_ui.graph.ask.query_ranking import Candidate, QueryRanking, ReadQuestion
from query_ui.graph.ask.release_questions import load_ranking
from query_ui.graph.ask.value_filling import FilledValue
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.parameter_choices import ParameterChoices
from query_ui.graph.urls import Link, to_query_path
from query_ui.http.release_address import get_today

MAX_ANSWERS, MAX_NEAREST = 5, 3
"""Queries that are shown at most if they answer a question, and if they are only the nearest."""
MAX_DEFAULTS = 3
"""Default values that are shown of each parameter."""


@dataclass(frozen=True, slots=True)
class ShownValue:
    """The values of a parameter: ``name`` and ``texts`` as in an address, ``labels`` as read.

    ``words`` are those of the question that name the values; "" for those of a phrasing and for
    defaults. A day that the question does not name ``is_today``.
    """

    name: str
    title: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    words: str
    is_default: bool
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """A saved query for a question; ``link`` runs it with its values, ``editor`` opens it.

    ``unused`` are words of the question that say nothing to it, ``unmet`` those of a negation or
    comparison that it does not make.
    """

    name: str
    link: Link
    editor: str
    summary: str
    values: tuple[ShownValue, ...]
    unused: tuple[str, ...]
    unmet: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """The saved queries that answer a question, or only the nearest where none does.

    ``answers`` are the first of ``total``. ``unknown`` are words that no saved query has;
    ``ambiguous`` are words that name several values, with the labels of these. ``is_name`` says
    whether the text is no question but the name of a value.
    """

    answers: tuple[ShownCandidate, ...]
    total: int
    nearest: tuple[ShownCandidate, ...]
    unknown: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]
    is_name: bool


def answer_question(graph: GraphContext, text: str, limit: int = MAX_ANSWERS) -> QuestionAnswer:
    """Return what answers a question, the best first; raise UsageError where it is too long."""
    ranking = load_ranking(graph)
    question = ranking.read_question(text, get_today())
    ranked = ranking.rank(question)
    answers = [one for one in ranked if one.is_answer]
    nearest = [] if answers else ranked[:MAX_NEAREST]
    return QuestionAnswer(
        tuple(show_candidate(graph.choices, question, one) for one in answers[:limit]),
        len(answers),
        tuple(show_candidate(graph.choices, question, one) for one in nearest),
        list_unknown_words(ranking, question),
        tuple(list_ambiguous_words(question)),
        question.is_name,
    )


def show_candidate(
    choices: ParameterChoices, question: ReadQuestion, candidate: Candidate
) -> ShownCandidate:
    """Return a candidate with its values and addresses."""
    query = candidate.query
    values = [
        show_filled(choices, question, query, parameter, found)
        if (found := [one for one in candidate.values if one.parameter == parameter])
        else show_today(parameter)
        if is_only_day(query, parameter)
        else show_default(choices, parameter)
        for parameter in query.parameters
    ]
    texts = {one.name: one.texts for one in values if not one.is_default}
    fields = urlencode([(name, text) for name, found in texts.items() for text in found])
    path = f"/queries/{query.name}"
    return ShownCandidate(
        query.name,
        Link(query.title, f"{path}?{fields}" if fields else path),
        to_query_path(build_editor_text(query, texts)),
        query.summary,
        tuple(one for one in values if one.labels),
        candidate.unused,
        candidate.unmet,
        candidate.score,
    )


def build_editor_text(query: SavedQuery, texts: dict[str, tuple[str, ...]]) -> str:
    """Return the query with values, without its header and notes; as it is if one is required."""
    needed = [one.name for one in query.parameters if one.required and one.name not in texts]
    edits = [] if needed else list_bindings(query, texts)
    # One set of edits, since the query that they make would have to be parsed.
    return trim(apply_edits(query.text, [*edits, *remove_annotations(query.syntax)]))


def show_filled(
    choices: ParameterChoices,
    question: ReadQuestion,
    query: SavedQuery,
    parameter: Parameter,
    filled: Sequence[FilledValue],
) -> ShownValue:
    """Return the values that a question or a phrasing gives a parameter."""
    labels = choices.map_labels_by_value(parameter.choices)
    texts = tuple(dict.fromkeys(one.text for one in filled))
    terms = [str(term.value) for term in parse_values(query, parameter, texts)]
    words = ", ".join(
        " ".join(question.words[place].text for place in one.words) for one in filled if one.words
    )
    shown = tuple(labels.get(term, term) for term in terms)
    return ShownValue(parameter.name, parameter.label, texts, shown, words, False)


def is_only_day(query: SavedQuery, parameter: Parameter) -> bool:
    """Return whether a parameter is a day, and the only one of its query."""
    days = [one for one in query.parameters if one.datatype == XSD.date.value]
    return days == [parameter]


def show_today(parameter: Parameter) -> ShownValue:
    """Return the day on which a question is asked: one without a day is about now."""
    day = (get_today().isoformat(),)
    return ShownValue(parameter.name, parameter.label, day, day, "", False, is_today=True)


def show_default(choices: ParameterChoices, parameter: Parameter) -> ShownValue:
    """Return the default values of a parameter; an optional one has none to show."""
    labels = choices.map_labels_by_value(parameter.choices)
    terms = [str(term.value) for term in parameter.defaults]
    shown = [labels.get(term, term) for term in terms if term and not parameter.required]
    if len(shown) > MAX_DEFAULTS:
        shown = [*shown[:MAX_DEFAULTS], "…"]
    return ShownValue(parameter.name, parameter.label, tuple(terms), tuple(shown), "", True)


def list_unknown_words(ranking: QueryRanking, question: ReadQuestion) -> tuple[str, ...]:
    """Return the words of a question that no saved query and no name has."""
    return tuple(dict.fromkeys(word.text for word in ranking.find_unknown_words(question)))


def list_ambiguous_words(question: ReadQuestion) -> list[tuple[str, tuple[str, ...]]]:
    """Return the words that name several values in each list that has them, with their labels."""
    found = []
    for mention in question.mentions:
        groups = list(mention.values.values())
        if all(len(group) > 1 for group in groups):
            words = question.join_words(mention.start, mention.end)
            labels = dict.fromkeys(one.label for group in groups for one in group)
            found.append((words, tuple(labels)))
    return found
