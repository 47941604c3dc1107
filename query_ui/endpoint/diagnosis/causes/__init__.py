"""The causes: each a function from a failing part to suspicions, the weightiest first."""

from query_ui.endpoint.diagnosis.causes.contradictions import (
    find_contradictory_filters,
    find_excluding_blocks,
)
from query_ui.endpoint.diagnosis.causes.filters import (
    find_failing_searches,
    find_unbound_variables,
    find_wrong_comparisons,
)
from query_ui.endpoint.diagnosis.causes.graphs import find_wrong_dataset, find_wrong_graph
from query_ui.endpoint.diagnosis.causes.patterns import (
    find_failing_modifiers,
    find_other_classes,
    find_other_properties,
    find_reused_variables,
    find_short_paths,
    find_wrong_direction,
)
from query_ui.endpoint.diagnosis.causes.term_causes import find_unknown_names
from query_ui.endpoint.diagnosis.causes.texts import find_wrong_values

CAUSES = (
    find_unknown_names,
    find_unbound_variables,
    find_contradictory_filters,
    find_wrong_dataset,
    find_wrong_graph,
    find_wrong_values,
    find_wrong_comparisons,
    find_failing_searches,
    find_excluding_blocks,
    find_failing_modifiers,
    find_wrong_direction,
    find_reused_variables,
    find_other_properties,
    find_other_classes,
    find_short_paths,
)
