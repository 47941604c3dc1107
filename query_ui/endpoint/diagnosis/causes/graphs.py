"""Causes in the dataset: a graph that does not hold the pattern, or does not exist."""

from collections.abc import Iterator

from pyoxigraph import NamedNode

from query_ui.endpoint.diagnosis.causes.term_causes import Used, suspected
from query_ui.endpoint.diagnosis.failing_part import Case, Suspicion, replaced
from query_ui.endpoint.diagnosis.minimal_failing_set import reduced
from query_ui.endpoint.diagnosis.query_edits import Edit, edited
from query_ui.endpoint.diagnosis.query_parts import Part, Span, Term

ANY = "?anyGraph"


def wrong_graph(case: Case) -> Iterator[Suspicion]:
    """A GRAPH block whose patterns stand in other graphs."""
    for part in case.of_kind("graph"):
        if part.term is None:
            continue
        opened = Edit(part.start, part.groups[0].start, "")
        if part.term.kind == "variable":
            said = (
                "No single graph has all that the GRAPH block asks for: its patterns match in "
                "different documents. Without GRAPH all documents count together."
            )
            yield Suspicion("split-graphs", _header(part), said, (opened,))
            continue
        yield from _unknown(case, part.term)
        yield from _elsewhere(case, part.term, [replaced(part.term, ANY)], opened)


def wrong_dataset(case: Case) -> Iterator[Suspicion]:
    """A FROM that names a graph without the patterns, or names it for GRAPH blocks alone."""
    where = case.query.where
    for part in case.of_kind("dataset"):
        assert part.term is not None
        named = next((token for token in part.tokens if token.says("NAMED")), None)
        if named is not None:
            said = (
                "FROM NAMED is for GRAPH blocks alone: the patterns outside of them have nothing "
                "to match. FROM is for those."
            )
            cut = Edit(named.start, part.term.start, "")
            yield Suspicion("from-named", Span(part.start, part.end), said, (cut,))
        yield from _unknown(case, part.term)
        opening, end = where.start + 1, where.end - 1
        wrapped = [Edit(opening, opening, f" GRAPH {ANY} {{"), Edit(end, end, "}")]
        without = replaced(part, " ")
        yield from _elsewhere(case, part.term, [*wrapped, without], without)


def _elsewhere(case: Case, term: Term, asking: list[Edit], dropped: Edit) -> Iterator[Suspicion]:
    """The one graph that holds the patterns; where it takes several, all graphs together."""
    written = case.query.written(term)
    exists = term.value in case.known.terms("graphs")
    start = f"{written} does not hold this" if exists else f"There is no graph {written}"
    cause = "wrong-graph" if exists else "unknown-graph"
    graphs = _graphs(case, asking)
    if len(graphs) == 1:
        name = case.iri(graphs[0])
        yield Suspicion(cause, term, f"{start}; {name} has it.", (replaced(term, name),))
    several = f"{len(graphs)} graphs hold it" if graphs else "it takes several graphs"
    yield Suspicion(cause, term, f"{start}; {several}, and all count without a name.", (dropped,))


def _unknown(case: Case, term: Term) -> Iterator[Suspicion]:
    near = [one for one in case.known.near_graphs(term.value) if one[1] != "part"]
    if near and term.value not in case.known.terms("graphs"):
        yield from suspected(case, Used(term, "graph"), near)


def _graphs(case: Case, edits: list[Edit]) -> list[str]:
    """The graphs in which the failing part matches, where ``edits`` put ``ANY`` into it."""
    query = case.query
    head = Edit(query.form.start, query.form.end, f"SELECT DISTINCT {ANY} ")
    tail = Edit(query.tail.start, query.tail.end, " LIMIT 20 ")
    kept = reduced(query, case.needed, case.parts)
    answer = case.known.trials.ask(edited(query.text, [head, *edits, *kept, tail]))
    rows = answer.rows if answer else []
    return sorted(row[0].value for row in rows if isinstance(row[0], NamedNode))


def _header(part: Part) -> Span:
    """GRAPH and the name after it."""
    assert part.term is not None
    return Span(part.start, part.term.end)
