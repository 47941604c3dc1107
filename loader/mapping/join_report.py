"""The report on the joins of a sector dataset: how many rows join, and why the others do not."""

from collections import Counter
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from loader.document import Field, Record
from loader.identifiers import SCHEMES
from loader.readers.dataset_descriptor.descriptor import REVIEWED_NAME

JOIN_CODE = "sector-joins"
"""The code of the finding that tells how many rows of a dataset join."""
MAX_REASONS = 5


@dataclass(slots=True)
class JoinReport:
    """Counts the rows of one dataset that are kept and joined, and the reasons of the others."""

    kept: int = 0
    joined: int = 0
    targets: set[NamedNode] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    first_examples: dict[str, Field] = field(default_factory=dict)

    def count_row(self, record: Record, targets: list[NamedNode], is_kept: bool) -> None:
        """Count one row, with the entities that it joins."""
        self.kept += is_kept
        if targets:
            self.joined += 1
            self.targets.update(targets)
            return
        keys = [cell for cell in record.fields if cell.name.startswith("join ")]
        reason = explain_missing_join(keys[0]) if keys else "with no value to join by"
        self.reasons[reason] += 1
        if keys:
            self.first_examples.setdefault(reason, keys[0])

    def format_message(self, left_out: dict[str, str]) -> str:
        """Return the report as a sentence; ``left_out`` has the counts of the reader by name."""
        filtered, keyless = int(left_out["filtered_out"]), int(left_out["without_key"])
        parts = [
            f"{self.kept:,} kept",
            *([f"{filtered:,} filtered out"] if filtered else []),
            *([f"{keyless:,} without a key"] if keyless else []),
            f"{self.joined:,} joined to {len(self.targets):,} "
            f"{'entity' if len(self.targets) == 1 else 'entities'}",
        ]
        text = f"{count_rows(int(left_out['rows']))}: {', '.join(parts)}."
        reasons = [self._format_reason(*one) for one in self.reasons.most_common(MAX_REASONS)]
        return f"{text} Not joined: {'; '.join(reasons)}." if reasons else text

    def _format_reason(self, reason: str, number: int) -> str:
        example = self.first_examples.get(reason)
        text = f"{count_rows(number)} {reason}"
        if example is None:
            return text
        return f"{text} (the first is “{example.text}” in line {example.span.start})"


def count_rows(number: int) -> str:
    """Return a number of rows in words."""
    return f"{number:,} {'row' if number == 1 else 'rows'}"


def explain_missing_join(key: Field) -> str:
    """Return why the cell that a row is joined by leads nowhere, as the end of a sentence."""
    scheme = key.name.removeprefix("join ")
    if scheme == REVIEWED_NAME:
        return "with a name that no reviewed mapping set explains"
    known = SCHEMES.get(scheme)
    title = known.title if known else scheme
    if known and not known.is_valid(key.text):
        return f"with a value that is no valid {title}"
    return f"with a {title} that no entity here has"
