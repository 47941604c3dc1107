"""Causes in the dataset: a graph that does not hold the pattern, or does not exist."""

from collections.abc import Iterator

from pyoxigraph import NamedNode

from loader.queries.rewrite import Edit, apply_edits
from query_ui.endpoint.diagnosis.causes.term_causes import IriUse, suggest_names
from query_ui.endpoint.diagnosis.failing_part import FailingPart, Suspicion, replace_span
from query_ui.endpoint.diagnosis.minimal_failing_set import reduce_query
from query_ui.endpoint.diagnosis.query_parts import Part
from query_ui.endpoint.diagnosis.query_terms import Span, Term

ANY_GRAPH = "?anyGraph"


def find_wrong_graph(failing: FailingPart) -> Iterator[Suspicion]:
    """Find a GRAPH block whose patterns stand in other graphs."""
    for part in failing.list_parts("graph"):
        if part.term is None:
            continue
        opened = Edit(part.start, part.groups[0].start, "")
        if part.term.kind == "variable":
            said = (
                "No single graph has all that the GRAPH block asks for: its patterns match in "
                "different documents. Without GRAPH all documents count together."
            )
            yield Suspicion("split-graphs", _get_header(part), said, (opened,))
            continue
        yield from _suggest_near_graphs(failing, part.term)
        yield from _suggest_other_graphs(
            failing, part.term, [replace_span(part.term, ANY_GRAPH)], opened
        )


def find_wrong_dataset(failing: FailingPart) -> Iterator[Suspicion]:
    """Find a FROM that names a graph without the patterns, or names it for GRAPH blocks alone."""
    where = failing.query.where
    for part in failing.list_parts("dataset"):
        assert part.term is not None
        named = part.node.token("NAMED")
        if named is not None:
            said = (
                "FROM NAMED is for GRAPH blocks alone: the patterns outside of them have nothing "
                "to match. FROM is for those."
            )
            cut = Edit(named.start, part.term.start, "")
            yield Suspicion("from-named", Span(part.start, part.end), said, (cut,))
        yield from _suggest_near_graphs(failing, part.term)
        opening, end = where.start + 1, where.end - 1
        wrapped = [Edit(opening, opening, f" GRAPH {ANY_GRAPH} {{"), Edit(end, end, "}")]
        without = replace_span(part, " ")
        yield from _suggest_other_graphs(failing, part.term, [*wrapped, without], without)


def _suggest_other_graphs(
    failing: FailingPart, term: Term, edits: list[Edit], dropped: Edit
) -> Iterator[Suspicion]:
    """Suggest the one graph that holds the patterns; where it takes several, all together."""
    written = failing.source(term)
    exists = term.value in failing.facts.list_terms("graphs")
    start = f"{written} does not hold this" if exists else f"There is no graph {written}"
    cause = "wrong-graph" if exists else "unknown-graph"
    graphs = _find_graphs(failing, edits)
    if len(graphs) == 1:
        name = failing.format_iri(graphs[0])
        yield Suspicion(cause, term, f"{start}; {name} has it.", (replace_span(term, name),))
    several = f"{len(graphs)} graphs hold it" if graphs else "it takes several graphs"
    yield Suspicion(cause, term, f"{start}; {several}, and all count without a name.", (dropped,))


def _suggest_near_graphs(failing: FailingPart, term: Term) -> Iterator[Suspicion]:
    near = [one for one in failing.facts.find_near_graphs(term.value) if one[1] != "part"]
    if near and term.value not in failing.facts.list_terms("graphs"):
        yield from suggest_names(failing, IriUse(term, "graph"), near)


def _find_graphs(failing: FailingPart, edits: list[Edit]) -> list[str]:
    """Return the graphs in which the failing part matches; ``edits`` put ``ANY_GRAPH`` into it."""
    query = failing.query
    head = Edit(query.form.start, query.form.end, f"SELECT DISTINCT {ANY_GRAPH} ")
    tail = Edit(query.tail.start, query.tail.end, " LIMIT 20 ")
    kept = reduce_query(query, failing.needed_parts, failing.parts)
    result = failing.facts.probes.run(apply_edits(query.text, [head, *edits, *kept, tail]))
    rows = result.rows if result else []
    return sorted(row[0].value for row in rows if isinstance(row[0], NamedNode))


def _get_header(part: Part) -> Span:
    """Return the place of GRAPH and the name after it."""
    assert part.term is not None
    return Span(part.start, part.term.end)
