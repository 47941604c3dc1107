"""The causes: each a function from a failing part to suspicions, the weightiest first."""

from query_ui.endpoint.diagnosis.causes.contradictions import contradictory_filters, forbidden
from query_ui.endpoint.diagnosis.causes.filters import comparisons_of, searches, unbound
from query_ui.endpoint.diagnosis.causes.graphs import wrong_dataset, wrong_graph
from query_ui.endpoint.diagnosis.causes.patterns import (
    direction,
    inner_modifiers,
    other_class,
    other_property,
    path_too_short,
    variable_reused,
)
from query_ui.endpoint.diagnosis.causes.term_causes import unknown_names
from query_ui.endpoint.diagnosis.causes.texts import wrong_values

CAUSES = (
    unknown_names,
    unbound,
    contradictory_filters,
    wrong_dataset,
    wrong_graph,
    wrong_values,
    comparisons_of,
    searches,
    forbidden,
    inner_modifiers,
    direction,
    variable_reused,
    other_property,
    other_class,
    path_too_short,
)
