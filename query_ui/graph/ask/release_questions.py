"""The ranking of saved queries for the current release, made once for each release."""

from collections.abc import Iterator

from query_ui.graph.ask.phrasing_index import PhrasingIndex
from query_ui.graph.ask.query_ranking import QueryRanking
from query_ui.graph.ask.question_words import Stemmer
from query_ui.graph.ask.value_names import NamedValue, ValueNames
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.parameter_choices import ParameterChoices

_CACHE_NAME = "query ranking"


def load_ranking(graph: GraphContext) -> QueryRanking:
    """Return the ranking of the saved queries by the names in the current release."""
    return graph.get_or_compute(_CACHE_NAME, build_ranking)


def build_ranking(graph: GraphContext) -> QueryRanking:
    """Return the ranking of the saved queries by the names in the current release."""
    stemmer = Stemmer()
    index = PhrasingIndex(graph.saved_queries, stemmer)
    names = ValueNames(list_named_values(graph.choices), stemmer, index.vocabulary)
    return QueryRanking(index, names)


def list_named_values(choices: ParameterChoices) -> Iterator[NamedValue]:
    """Yield every name of every value that the parameters of the saved queries can have."""
    lists = {
        parameter.choices: None
        for query in choices.saved_queries.values()
        for parameter in query.parameters
        if parameter.choices
    }
    for name in lists:
        labels = choices.map_labels_by_value(name)
        for value, label in labels.items():
            yield NamedValue(name, value, label, label)
        for value, other in choices.list_other_names(name):
            yield NamedValue(name, value, labels[value], other)
