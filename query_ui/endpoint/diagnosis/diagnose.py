"""From a query without rows to the part at fault, its cause and its repair."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from loader.errors import QueryError
from loader.queries.query_files import SavedQuery
from loader.queries.rewrite import apply_edits
from query_ui.endpoint.diagnosis.causes import CAUSES
from query_ui.endpoint.diagnosis.causes.filters import find_wrong_comparisons
from query_ui.endpoint.diagnosis.failing_part import FailingPart, Suspicion
from query_ui.endpoint.diagnosis.finding import Diagnosis, Finding
from query_ui.endpoint.diagnosis.graph_facts import GraphFacts
from query_ui.endpoint.diagnosis.minimal_failing_set import (
    find_minimal_failing_set,
    has_no_match,
    list_needed_parts,
)
from query_ui.endpoint.diagnosis.part_reader import read_parts
from query_ui.endpoint.diagnosis.probes import Probes
from query_ui.endpoint.diagnosis.query_edits import convert_to_ask, remove_parts
from query_ui.endpoint.diagnosis.query_parts import (
    ExaminedQuery,
    Part,
    UnsupportedSyntaxError,
)
from query_ui.endpoint.diagnosis.query_terms import Span
from query_ui.endpoint.diagnosis.unknown_terms import find_unknown_terms

MAX_PARTS = 200
MAX_SINGLE_PATTERNS = 20
MAX_ROUNDS = 4
MAX_SUSPICIONS = 12
HAS_ROWS = 2
UNCONDITIONAL_CAUSES = ("scheme", "slash", "case", "language-tag", "datatype")
"""The causes whose repair is right even where it brings no rows."""

ROWS_MESSAGE = "The query has rows, and all its terms are known."
UNSUPPORTED_MESSAGE = "The query could not be examined: it has parts that are not SPARQL 1.1."
TOO_MANY_MESSAGE = "The query could not be examined: it has too many parts."
TIME_UP_MESSAGE = "Time ran out before a cause was found."
UNKNOWN_MESSAGE = "Time ran out before the query itself had a result."
NO_FAULT_MESSAGE = "Nothing wrong found: nothing in the data meets all of these conditions at once."
NO_MATCH_MESSAGE = "Nothing wrong found: the names are known, and nothing in the data matches this."
STILL_NO_ROWS_MESSAGE = (
    " With that corrected there is still no row, and nothing else is known to be wrong."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A suspicion with the query after its repair.

    ``evidence`` says how far the repair proved itself: 2 where the query has rows with it, 1 where
    the failing part matches something with it, 0 where neither. ``is_single`` says that the
    failing part is one pattern.
    """

    suspicion: Suspicion
    repair: str
    evidence: int
    is_single: bool = False

    @property
    def is_weak(self) -> bool:
        """Whether it only moves the trouble elsewhere: some other reading of parts that fit."""
        return self.evidence == 1 and not self.is_single and not self.suspicion.is_certain


def diagnose(text: str, probes: Probes, queries: Mapping[str, SavedQuery]) -> Diagnosis:
    """Find out why ``text`` gives no rows; QueryError where it is no query that can be asked.

    ``queries`` are the files of ``sparql/doctor/`` by name.
    """
    try:
        query = read_parts(text)
    except UnsupportedSyntaxError as error:
        probes.run_original(text)
        return report_nothing(probes, f"{UNSUPPORTED_MESSAGE} {error}")
    diagnosis = Diagnoser(probes, GraphFacts(probes, queries)).diagnose(query)
    if diagnosis.found or not diagnosis.complete:
        return diagnosis
    return _name_unknown_terms(text, diagnosis, probes, queries)


def _name_unknown_terms(
    text: str, diagnosis: Diagnosis, probes: Probes, queries: Mapping[str, SavedQuery]
) -> Diagnosis:
    """Return the diagnosis with the unknown terms that take no rows away, if there are any.

    They are the reason why a count over OPTIONAL is 0.
    """
    findings = find_unknown_terms(text, probes, queries)
    if not findings:
        return diagnosis
    first = findings[0]
    return Diagnosis(
        True, first.culprit, first.line, first.column, first.cause, first.explanation,
        first.repair, probes.count, probes.elapsed_seconds, probes.is_complete, findings,
    )  # fmt: skip


def report_nothing(
    probes: Probes, said: str, query: ExaminedQuery | None = None, *parts: Part
) -> Diagnosis:
    """Return the diagnosis that names no cause."""
    culprit, line, column = ("", 0, 0)
    if query is not None and parts:
        span = span_parts(parts)
        culprit, (line, column) = query.source(span), query.position(span)
    measured = (probes.count, probes.elapsed_seconds, probes.is_complete)
    return Diagnosis(False, culprit, line, column, "", said, "", *measured)


def span_parts(parts: Sequence[Part]) -> Span:
    """Return the place from the first of some parts to the end of the last."""
    return Span(min(part.start for part in parts), max(part.end for part in parts))


class Diagnoser:
    """Diagnoses queries by probes and by what the graph knows."""

    def __init__(self, probes: Probes, facts: GraphFacts) -> None:
        self.probes = probes
        self.facts = facts

    def diagnose(self, query: ExaminedQuery) -> Diagnosis:
        """Return the diagnosis of a query."""
        if len(list_needed_parts(query)) > MAX_PARTS:
            return report_nothing(self.probes, TOO_MANY_MESSAGE)
        empty = self._is_empty_at_first(query)
        if empty is None:
            return report_nothing(self.probes, UNKNOWN_MESSAGE)
        return self._diagnose_patterns(query) if empty else self._diagnose_modifiers(query)

    def _is_empty_at_first(self, query: ExaminedQuery) -> bool | None:
        """Whether the patterns match nothing; QueryError where the query itself cannot be run."""
        try:
            answer = self.probes.run_original(apply_edits(query.text, convert_to_ask(query)))
        except QueryError:
            # The place of the error has to be that in the query as it was sent.
            self.probes.run_original(query.text)
            raise
        if answer is not None and not answer.boolean:
            self.probes.run_original(query.text)
        return None if answer is None else not answer.boolean

    def _diagnose_patterns(self, query: ExaminedQuery) -> Diagnosis:
        """Find a cause, mend it, and look again, until there are rows or no cause is left."""
        found: list[tuple[ExaminedQuery, list[Verdict]]] = []
        parts: list[Part] = []
        while len(found) < MAX_ROUNDS:
            parts, verdicts = self._find_causes(query)
            if not verdicts:
                break
            found.append((query, verdicts))
            if verdicts[0].repair == query.text:
                break
            query = read_parts(verdicts[0].repair)
            if not self._has_no_rows(query):
                return self._build_diagnosis(found, query.text)
        while found and found[-1][1][0].is_weak:
            query = found.pop()[0]
        if found:
            return self._build_diagnosis(found, query.text, STILL_NO_ROWS_MESSAGE)
        said = NO_MATCH_MESSAGE if len(parts) == 1 else NO_FAULT_MESSAGE
        said = said if self.probes.is_complete else TIME_UP_MESSAGE
        return report_nothing(self.probes, said, query, *parts)

    def _has_no_rows(self, query: ExaminedQuery) -> bool | None:
        """Whether the patterns of a query match nothing."""
        text = apply_edits(query.text, convert_to_ask(query))
        found = self.probes.has_match(text)
        return None if found is None else not found

    def _find_causes(self, query: ExaminedQuery) -> tuple[list[Part], list[Verdict]]:
        """Return the failing part and its causes: unknown names first, then what fails alone."""
        needed = list_needed_parts(query)
        honest: list[Part] = []
        for parts in self._list_failing_parts(query, needed):
            verdicts = self._judge_causes(FailingPart(query, needed, parts, self.facts))
            if verdicts:
                return parts, verdicts
            honest = honest or parts
        return honest, []

    def _list_failing_parts(self, query: ExaminedQuery, needed: list[Part]) -> Iterator[list[Part]]:
        """Yield parts that match nothing, those of one pattern before those of several."""
        patterns = [part for part in needed if part.kind == "triple"]
        alone = []
        if len(patterns) <= MAX_SINGLE_PATTERNS:
            alone = [part for part in patterns if has_no_match(self.probes, query, needed, [part])]
        yield from ([part] for part in alone)
        if not alone:
            first = find_minimal_failing_set(self.probes, query, needed)
            yield first
            yield from self._find_another(query, needed, first)

    def _find_another(
        self, query: ExaminedQuery, needed: list[Part], first: list[Part]
    ) -> Iterator[list[Part]]:
        """Yield another failing part, which is there without one of the first."""
        for part in first:
            rest = [one for one in needed if one is not part]
            may_ask = rest and not self.probes.is_exhausted
            if may_ask and has_no_match(self.probes, query, needed, rest):
                yield find_minimal_failing_set(self.probes, query, rest)
                return

    def _judge_causes(self, failing: FailingPart) -> list[Verdict]:
        """Return the suspicions that prove themselves or need no proof, the likeliest first."""
        kept: list[Verdict] = []
        for cause in CAUSES:
            for one in islice(cause(failing), MAX_SUSPICIONS):
                verdict = self._judge(failing, one)
                if verdict.evidence or one.is_certain:
                    kept.append(verdict)
            if any(one.evidence == HAS_ROWS for one in kept):
                break
        return sorted(kept, key=lambda one: -one.evidence)

    def _judge(self, failing: FailingPart, one: Suspicion) -> Verdict:
        """Return whether a repair makes the failing part match, with the repaired query."""
        if not one.edits:
            return Verdict(one, failing.query.text, 0)
        text = apply_edits(failing.query.text, one.edits)
        if failing.still_fails(*one.edits) is not False:
            return Verdict(one, text, 0)
        proved = HAS_ROWS if self._has_no_rows(read_parts(text)) is False else 1
        return Verdict(one, text, proved, len(failing.parts) == 1)

    def _diagnose_modifiers(self, query: ExaminedQuery) -> Diagnosis:
        """Find the HAVING, OFFSET or LIMIT that leaves nothing of what the patterns match."""
        modifiers = (part for part in query.parts if part.kind in ("having", "slice"))
        after = [part for part in modifiers if part.start >= query.tail.start]
        if not after or self._gives_rows(query.text) is not False:
            return report_nothing(self.probes, ROWS_MESSAGE)
        for part in after:
            text = apply_edits(query.text, remove_parts(query, [part]))
            if self._gives_rows(text):
                return self._report_modifier(query, part, text)
        return report_nothing(self.probes, NO_FAULT_MESSAGE, query, *after)

    def _gives_rows(self, text: str) -> bool | None:
        answer = self.probes.run(text)
        return None if answer is None else bool(answer.rows)

    def _report_modifier(self, query: ExaminedQuery, part: Part, text: str) -> Diagnosis:
        written = query.source(part).strip()
        word = written.split()[0].upper()
        if word == "HAVING":
            said = f"There are groups, and none of them meets {written}."
        elif word == "OFFSET":
            said = f"There are rows, and {written} goes past the last of them."
        else:
            said = "LIMIT 0 asks for no row."
        repair = text
        if word == "HAVING":
            retyped = self._retype_conditions(FailingPart(query, [part], [part], self.facts))
            repair = next((one for one in retyped if self._gives_rows(one)), query.text)
        verdict = Verdict(Suspicion(word.lower(), part, said), repair, HAS_ROWS)
        return self._build_diagnosis([(query, [verdict])], repair)

    def _retype_conditions(self, failing: FailingPart) -> Iterator[str]:
        """Yield the query with a condition on groups compared in another type."""
        for suspicion in find_wrong_comparisons(failing):
            yield apply_edits(failing.query.text, suspicion.edits)

    def _build_finding(self, query: ExaminedQuery, verdict: Verdict) -> Finding:
        one = verdict.suspicion
        line, column = query.position(one.span)
        repair = "" if verdict.repair == query.text else verdict.repair
        culprit = query.source(one.span).strip()
        return Finding(culprit, line, column, one.cause, one.explanation, repair)

    def _build_diagnosis(
        self, found: list[tuple[ExaminedQuery, list[Verdict]]], text: str, end: str = ""
    ) -> Diagnosis:
        """Return the first finding with the repair of all, the later ones, and what else it may be.

        ``end`` is said where there are no rows with ``text``, the repaired query.
        """
        original, verdicts = found[0]
        first = self._build_finding(original, verdicts[0])
        doubtful = end and verdicts[0].evidence == 0 and first.cause not in UNCONDITIONAL_CAUSES
        repair = "" if doubtful or text == original.text else text
        said = first.explanation + (end if repair else "")
        first = Finding(first.culprit, first.line, first.column, first.cause, said, repair)
        later = [self._build_finding(query, others[0]) for query, others in found[1:]]
        rest = [self._build_finding(original, one) for one in verdicts[1:]]
        return Diagnosis(
            found=True,
            culprit=first.culprit,
            line=first.line,
            column=first.column,
            cause=first.cause,
            explanation=first.explanation,
            repair=first.repair,
            tried=self.probes.count,
            seconds=self.probes.elapsed_seconds,
            complete=self.probes.is_complete,
            findings=(first, *later, *rest),
        )
