"""The report on invalid values of a sector dataset: many of one kind become one finding."""

from dataclasses import dataclass, field, replace

from loader.document import Field
from loader.errors import Finding

MAX_FINDINGS = 10
"""The most findings of one kind in a dataset; with more, one tells their number and these."""


@dataclass(slots=True)
class InvalidValues:
    """Collects the findings on values of one dataset by their problem.

    A wrong column has an invalid value in each row: 100,000 findings hide the others. No text is
    lost, as each record keeps its own (``ckg:unrecognisedText``).
    """

    _first: dict[str, list[tuple[Finding, str]]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def add(self, problem: str, finding: Finding, cell: Field) -> None:
        """Count a finding; ``problem`` ends a sentence about several values, as “are no date”."""
        self._numbers[problem] = self._numbers.get(problem, 0) + 1
        first = self._first.setdefault(problem, [])
        if len(first) < MAX_FINDINGS:
            first.append((finding, f"“{cell.text}” in line {cell.span.start}"))

    def build_findings(self) -> list[Finding]:
        """Return each finding, or one for all of a kind of which there are many."""
        findings = []
        for problem, first in self._first.items():
            number = self._numbers[problem]
            if number <= MAX_FINDINGS:
                findings += [finding for finding, _ in first]
                continue
            places = "; ".join(place for _, place in first)
            message = (
                f"{number:,} values {problem}. The first {MAX_FINDINGS} are {places}. Each record "
                "keeps its value as unrecognised text. Is this the right column?"
            )
            findings.append(replace(first[0][0], message=message, about=""))
        return findings
