"""Suggestions for unknown names in findings: the known entities that each resembles."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from loader.errors import Finding
from loader.mapping.statement_builder import ORGANISATION
from loader.settings import BASE
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.match_name import match_name
from query_ui.reconciliation.matching.scoring import MatchQuery

_MAX_SUGGESTIONS = 3


def suggest_names(findings: Iterable[Finding], names: Path) -> Iterator[Finding]:
    """Yield the findings; those of an unknown name with the entities that it may mean.

    ``names`` is the name index, which need not exist where no name is unknown. The entities are
    those that ``link`` would propose for the name.
    """
    index: NameIndex | None = None
    try:
        for finding in findings:
            if finding.named:
                index = index or NameIndex(names)
                finding = _add_suggestions(finding, index)
            yield finding
    finally:
        if index:
            index.close()


def _add_suggestions(finding: Finding, index: NameIndex) -> Finding:
    is_organisation = finding.named == ORGANISATION
    type_ = ORGANISATION if is_organisation else f"{BASE}scheme/{finding.named}"
    query = MatchQuery(finding.name, types=frozenset({type_}))
    known = [
        f"{match.entity.label} (…/{match.entity.iri.rsplit('/', 1)[1]})"
        for match in match_name(index, query, _MAX_SUGGESTIONS)
    ]
    if not known:
        return finding
    *firsts, last = known
    said = f"{', '.join(firsts)} or {last}" if firsts else last
    return replace(finding, message=f"{finding.message}. Did you mean {said}?")
