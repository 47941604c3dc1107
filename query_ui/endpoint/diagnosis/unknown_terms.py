"""Terms of a query that the release does not hold, wherever in the query they are.

A misspelt property in OPTIONAL, MINUS or NOT EXISTS takes no row away, so that no empty result
leads to it: its column stays empty, or its condition never applies.
"""

from collections.abc import Iterator, Mapping

from loader.queries.query_files import SavedQuery
from loader.queries.rewrite import Edit, apply_edits
from loader.settings import BASE
from query_ui.endpoint.diagnosis.causes.term_causes import (
    IriUse,
    find_near_names,
    find_unknown_uses,
    list_iri_uses,
    suggest_names,
)
from query_ui.endpoint.diagnosis.failing_part import FailingPart, Suspicion, replace_span
from query_ui.endpoint.diagnosis.finding import Finding
from query_ui.endpoint.diagnosis.graph_facts import GraphFacts
from query_ui.endpoint.diagnosis.part_reader import read_parts
from query_ui.endpoint.diagnosis.probes import Probes
from query_ui.endpoint.diagnosis.query_parts import UnsupportedSyntaxError

MAX_USES = 300
MAX_FINDINGS = 5
MAX_SECONDS = 1.0
"""The limits: IRIs that are looked up, findings, and seconds for them all."""


def find_unknown_terms(
    text: str, probes: Probes, queries: Mapping[str, SavedQuery]
) -> tuple[Finding, ...]:
    """Return a finding for each property, class or project IRI that the release does not hold.

    The repair of each writes the nearest known name everywhere in the query. ``queries`` are the
    files of ``sparql/doctor/`` by name. There are no findings where the query cannot be read as
    SPARQL 1.1, or where its terms cannot be looked up in the time that ``probes`` has.
    """
    try:
        query = read_parts(text)
    except UnsupportedSyntaxError:
        return ()
    whole = FailingPart(query, query.parts, query.parts, GraphFacts(probes, queries))
    uses = [use for use in list_iri_uses(whole, with_negative=True) if _is_checked(use)][:MAX_USES]
    unknown: dict[str, list[IriUse]] = {}
    for use in find_unknown_uses(whole, uses):
        unknown.setdefault(use.term.value, []).append(use)
    return tuple(_build_finding(whole, same) for same in [*unknown.values()][:MAX_FINDINGS])


def _is_checked(use: IriUse) -> bool:
    """Whether a release should hold a term: not the IRIs of others, nor a namespace."""
    iri = use.term.value
    return use.role != "thing" or (iri.startswith(BASE) and not iri.endswith(("/", "#")))


def _build_finding(whole: FailingPart, uses: list[IriUse]) -> Finding:
    """Return the finding of one term, from the first of its uses."""
    query, first = whole.query, uses[0]
    if "subject" in whole.facts.find_roles([first.term.value])[first.term.value]:
        term = whole.source(first.term)
        said = f"{term} is defined, but no data in this release uses it as a {first.role}."
        one = Suspicion(f"unused-{first.role}", first.term, said)
    else:
        one = next(suggest_names(whole, first, find_near_names(whole, first)))
    edits = [*_repeat_edits(one, uses)]
    line, column = query.position(one.span)
    repair = apply_edits(query.text, edits) if edits else ""
    return Finding(query.source(one.span).strip(), line, column, one.cause, one.explanation, repair)


def _repeat_edits(one: Suspicion, uses: list[IriUse]) -> Iterator[Edit]:
    """Yield the edits of a suspicion, made in every use of its term."""
    for edit in one.edits:
        if (edit.start, edit.end) == (uses[0].term.start, uses[0].term.end):
            yield from (replace_span(use.term, edit.text) for use in uses)
        else:
            yield edit
