"""The examination: from a query without rows to the part at fault, its cause and its repair."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from loader.errors import QueryError
from loader.queries.query_files import SavedQuery
from query_ui.endpoint.diagnosis.causes import CAUSES
from query_ui.endpoint.diagnosis.causes.filters import comparisons_of
from query_ui.endpoint.diagnosis.failing_part import Case, Suspicion
from query_ui.endpoint.diagnosis.finding import Diagnosis, Finding
from query_ui.endpoint.diagnosis.graph_facts import Known
from query_ui.endpoint.diagnosis.minimal_failing_set import fails, needed_parts, smallest
from query_ui.endpoint.diagnosis.probes import Trials
from query_ui.endpoint.diagnosis.query_edits import as_ask, edited, without
from query_ui.endpoint.diagnosis.query_parts import Part, Query, Span
from query_ui.endpoint.diagnosis.reader import read_query
from query_ui.engine.query_tokens import Unreadable

MOST_PARTS = 200
ALONE = 20
ROUNDS = 4
SUSPICIONS = 12
PROVED = 2
PLAIN = ("scheme", "slash", "case", "language-tag", "datatype")
"""The causes whose repair is right even where it brings no rows."""

ROWS = "The query gives rows."
UNREADABLE = "The query could not be examined: it has parts that are not SPARQL 1.1."
TOO_MANY = "The query could not be examined: it has too many parts."
TIME_UP = "Time ran out before a cause was found."
UNTOLD = "Whether the query gives rows could not be told in the time there is."
HONEST = "Nothing wrong found: the graph has nothing that meets all of this at once."
ALONE_HONEST = "Nothing wrong found: the names are known, and nothing in the graph matches this."
STILL_NONE = " With that mended there is still no row, and nothing else is known to be wrong."


@dataclass(frozen=True, slots=True)
class Verdict:
    """A suspicion with the query after its repair.

    ``proved`` says how far the repair proved itself: 2 where the query has rows with it, 1 where
    the failing part matches something with it, 0 where neither. ``alone`` says that the failing
    part is a single pattern.
    """

    suspicion: Suspicion
    text: str
    proved: int
    alone: bool = False

    @property
    def weak(self) -> bool:
        """Whether it only moves the trouble elsewhere: some other reading of parts that fit."""
        return self.proved == 1 and not self.alone and not self.suspicion.certain


def examine(text: str, trials: Trials, files: Mapping[str, SavedQuery]) -> Diagnosis:
    """Why ``text`` gives no rows; QueryError where it is no query that can be asked.

    ``files`` are those of ``sparql/doctor/``.
    """
    try:
        query = read_query(text)
    except Unreadable as error:
        trials.first(text)
        return nothing(trials, f"{UNREADABLE} {error}")
    return Doctor(trials, Known(trials, files)).examine(query)


def nothing(trials: Trials, said: str, query: Query | None = None, *parts: Part) -> Diagnosis:
    """The diagnosis that names no cause."""
    culprit, line, column = ("", 0, 0)
    if query is not None and parts:
        span = around(parts)
        culprit, (line, column) = query.written(span), query.place(span)
    return Diagnosis(
        False, culprit, line, column, "", said, "", trials.tried, trials.seconds, trials.complete
    )


def around(parts: Sequence[Part]) -> Span:
    """The place from the first of some parts to the end of the last."""
    return Span(min(part.start for part in parts), max(part.end for part in parts))


class Doctor:
    """Examines queries with the trials there are."""

    def __init__(self, trials: Trials, known: Known) -> None:
        self.trials = trials
        self.known = known

    def examine(self, query: Query) -> Diagnosis:
        """The diagnosis of a query that has been read."""
        if len(needed_parts(query)) > MOST_PARTS:
            return nothing(self.trials, TOO_MANY)
        empty = self._first(query)
        if empty is None:
            return nothing(self.trials, UNTOLD)
        return self._rounds(query) if empty else self._modifiers(query)

    def _first(self, query: Query) -> bool | None:
        """Whether the patterns match nothing; QueryError where the query itself cannot be asked."""
        try:
            answer = self.trials.first(edited(query.text, as_ask(query)))
        except QueryError:
            # The place of the error has to be that in the query as it was sent.
            self.trials.first(query.text)
            raise
        if answer is not None and not answer.boolean:
            self.trials.first(query.text)
        return None if answer is None else not answer.boolean

    def _rounds(self, query: Query) -> Diagnosis:
        """Find a cause, mend it, and look again, until there are rows or no cause is left."""
        found: list[tuple[Query, list[Verdict]]] = []
        parts: list[Part] = []
        while len(found) < ROUNDS:
            parts, verdicts = self._round(query)
            if not verdicts:
                break
            found.append((query, verdicts))
            if verdicts[0].text == query.text:
                break
            query = read_query(verdicts[0].text)
            if not self._empty(query):
                return self._diagnosis(found, query.text)
        while found and found[-1][1][0].weak:
            query = found.pop()[0]
        if found:
            return self._diagnosis(found, query.text, STILL_NONE)
        said = ALONE_HONEST if len(parts) == 1 else HONEST
        return nothing(self.trials, said if self.trials.complete else TIME_UP, query, *parts)

    def _empty(self, query: Query) -> bool | None:
        """Whether the patterns of a query match nothing."""
        text = edited(query.text, as_ask(query))
        found = self.trials.matches(text)
        return None if found is None else not found

    def _round(self, query: Query) -> tuple[list[Part], list[Verdict]]:
        """The failing part and its causes: unknown names first, then what fails alone."""
        needed = needed_parts(query)
        honest: list[Part] = []
        for parts in self._failing(query, needed):
            verdicts = self._verdicts(Case(query, needed, parts, self.known))
            if verdicts:
                return parts, verdicts
            honest = honest or parts
        return honest, []

    def _failing(self, query: Query, needed: list[Part]) -> Iterator[list[Part]]:
        """Parts that match nothing, those of one pattern before those of several."""
        patterns = [part for part in needed if part.kind == "triple"]
        alone = []
        if len(patterns) <= ALONE:
            alone = [part for part in patterns if fails(self.trials, query, needed, [part])]
        yield from ([part] for part in alone)
        if not alone:
            first = smallest(self.trials, query, needed)
            yield first
            yield from self._further(query, needed, first)

    def _further(self, query: Query, needed: list[Part], first: list[Part]) -> Iterator[list[Part]]:
        """Another failing part, which is there without one of the first."""
        for part in first:
            rest = [one for one in needed if one is not part]
            if not self.trials.over and rest and fails(self.trials, query, needed, rest):
                yield smallest(self.trials, query, rest)
                return

    def _verdicts(self, case: Case) -> list[Verdict]:
        """The suspicions that prove themselves, and those that need no proof, likeliest first."""
        kept: list[Verdict] = []
        for cause in CAUSES:
            for one in islice(cause(case), SUSPICIONS):
                verdict = self._tried(case, one)
                if verdict.proved or one.certain:
                    kept.append(verdict)
            if any(one.proved == PROVED for one in kept):
                break
        return sorted(kept, key=lambda one: -one.proved)

    def _tried(self, case: Case, one: Suspicion) -> Verdict:
        """Whether a repair makes the failing part match."""
        if not one.edits:
            return Verdict(one, case.query.text, 0)
        text = edited(case.query.text, one.edits)
        if case.fails(*one.edits) is not False:
            return Verdict(one, text, 0)
        proved = PROVED if self._empty(read_query(text)) is False else 1
        return Verdict(one, text, proved, len(case.parts) == 1)

    def _modifiers(self, query: Query) -> Diagnosis:
        """Where the patterns match: HAVING, OFFSET or LIMIT leaves none of it."""
        after = [
            part
            for part in query.parts
            if part.kind in ("having", "slice") and part.start >= query.tail.start
        ]
        if not after or self._rows(query.text) is not False:
            return nothing(self.trials, ROWS)
        for part in after:
            text = edited(query.text, without(query, [part]))
            if self._rows(text):
                return self._modifier(query, part, text)
        return nothing(self.trials, HONEST, query, *after)

    def _rows(self, text: str) -> bool | None:
        answer = self.trials.ask(text)
        return None if answer is None else bool(answer.rows)

    def _modifier(self, query: Query, part: Part, text: str) -> Diagnosis:
        written = query.written(part).strip()
        word = written.split()[0].upper()
        if word == "HAVING":
            said = f"There are groups, and none of them meets {written}."
        elif word == "OFFSET":
            said = f"There are rows, and {written} goes past the last of them."
        else:
            said = "LIMIT 0 asks for no row."
        case = Case(query, [part], [part], self.known)
        repair = next((t for t in self._retyped(case) if self._rows(t)), query.text)
        if word != "HAVING":
            repair = text
        verdict = Verdict(Suspicion(word.lower(), part, said), repair, PROVED)
        return self._diagnosis([(query, [verdict])], repair)

    def _retyped(self, case: Case) -> Iterator[str]:
        """The query with a condition on groups compared in another type."""
        for suspicion in comparisons_of(case):
            yield edited(case.query.text, suspicion.edits)

    def _finding(self, query: Query, verdict: Verdict) -> Finding:
        one = verdict.suspicion
        line, column = query.place(one.span)
        repair = "" if verdict.text == query.text else verdict.text
        culprit = query.written(one.span).strip()
        return Finding(culprit, line, column, one.cause, one.explanation, repair)

    def _diagnosis(
        self, found: list[tuple[Query, list[Verdict]]], text: str, end: str = ""
    ) -> Diagnosis:
        """The first finding with the repair of all, those found after it, and what else it may be.

        ``end`` is said where there are no rows with ``text``, the repaired query.
        """
        original, verdicts = found[0]
        first = self._finding(original, verdicts[0])
        doubtful = end and verdicts[0].proved == 0 and first.cause not in PLAIN
        repair = "" if doubtful or text == original.text else text
        said = first.explanation + (end if repair else "")
        first = Finding(first.culprit, first.line, first.column, first.cause, said, repair)
        later = [self._finding(query, others[0]) for query, others in found[1:]]
        rest = [self._finding(original, one) for one in verdicts[1:]]
        return Diagnosis(
            True, first.culprit, first.line, first.column, first.cause, first.explanation,
            first.repair, self.trials.tried, self.trials.seconds, self.trials.complete,
            (first, *later, *rest),
        )  # fmt: skip
