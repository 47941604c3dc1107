"""Findings of a coverage table: empty cells, rows without evidence, rows and columns with gaps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.coverage_table import CoverageTable

MANY = 5
"""From this number of practices on, a row without any evidence is a finding."""
MAX_LISTED = 5
"""Rows or columns named in a finding or a list."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A number in words, such as "7 of 9 groups", and the sentence that it begins.

    The sentence is ``before``, then ``links`` separated by commas, then ``after``.
    """

    figure: str
    before: str
    links: Sequence[Link] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class StandOut:
    """Rows or columns that stand out, each with a count; ``note`` says what is counted.

    A count that is a whole number counts cells of the table; it has no list.
    """

    title: str
    note: str
    entries: Sequence[tuple[Link, LinkedCount | int]]


class CoverageFindings:
    """What a table shows at a glance, computed over all its rows without narrower rows."""

    def __init__(self, table: CoverageTable, name_row: Callable[[str], Link]) -> None:
        self.table, self.name_row = table, name_row
        self.columns = table.column_values
        rows = table.visible_row_values
        depths = [depth for depth, _ in rows] + [0]
        leaves = [v for (depth, v), after in zip(rows, depths[1:], strict=True) if after <= depth]
        self.leaves = list(dict.fromkeys(leaves))
        self.totals = table.build_row_totals(self.leaves)

    @cached_property
    def is_empty(self) -> NDArray[np.bool_]:
        """Whether each cell is empty, by row and column."""
        empty: NDArray[np.bool_] = self.table.select_cells(self.leaves, self.columns)[..., 0] == 0
        return empty

    def list_covered(self) -> list[int]:
        """Return the positions of the rows with any record."""
        return [place for place, cell in enumerate(self.totals) if cell.number.value]

    def list_unevidenced(self, at_least: int) -> list[int]:
        """Return the positions of rows with records none of which reports evidence, most first."""
        found = [
            place
            for place, cell in enumerate(self.totals)
            if cell.number.value >= at_least and not cell.evidence
        ]
        return sorted(found, key=lambda place: -self.totals[place].number.value)

    def list_findings(self) -> list[Finding]:
        """Return the findings above the table, at most three."""
        noun = self.table.list_definition.noun
        found = [Finding(f"{self.is_empty.sum():,}", f"of {self.is_empty.size:,} cells are empty")]
        covered = self.list_covered()
        gaps = self.is_empty.sum(axis=1)
        worst = max(covered, key=lambda place: int(gaps[place]), default=None)
        if worst is not None and gaps[worst]:
            found.append(
                Finding(
                    f"{gaps[worst]} of {len(self.columns)} {self.table.columns.facet.plural}",
                    "have nothing on ",
                    [self.name_row(self.leaves[worst])],
                    f", the {self.table.rows.facet.word.lower()} with most gaps",
                )
            )
        if self.has_evidence and (places := self.list_unevidenced(MANY)):
            links = [self.name_row(self.leaves[place]) for place in places[:MAX_LISTED]]
            found.append(
                Finding(
                    self.count_rows(len(places)),
                    f"with at least {MANY} {noun} and no evidence: ",
                    links,
                    " and others" if len(places) > MAX_LISTED else "",
                )
            )
        elif without := len(self.leaves) - len(covered):
            found.append(Finding(self.count_rows(without), f"without any {noun}"))
        return found

    def count_rows(self, count: int) -> str:
        """Return a number of rows in words, such as "1 keyword" or "5 keywords"."""
        facet = self.table.rows.facet
        return f"{count} {facet.word.lower() if count == 1 else facet.plural}"

    @property
    def has_evidence(self) -> bool:
        """Return whether any record of the table reports evidence."""
        return self.table.figures.has_evidence

    def list_stand_outs(self, name_column: Callable[[str], Link]) -> list[StandOut]:
        """Return what stands out, for below the table; nothing for a table with one column."""
        if len(self.columns) < 2:
            return []
        rows, columns = self.table.rows.facet.plural, self.table.columns.facet.plural
        found = []
        if self.has_evidence and (places := self.list_unevidenced(1)[:MAX_LISTED]):
            entries = [(self.name_row(self.leaves[p]), self.totals[p].number) for p in places]
            found.append(
                StandOut("Recorded, without evidence", "None of these reports evidence.", entries)
            )
        filled = (~self.is_empty).sum(axis=1)
        few = sorted(self.list_covered(), key=lambda place: int(filled[place]))[:MAX_LISTED]
        found.append(
            StandOut(
                f"Found in few {columns}",
                f"Number of {columns} with any record.",
                [(self.name_row(self.leaves[place]), int(filled[place])) for place in few],
            )
        )
        gaps = self.is_empty.sum(axis=0)
        order = sorted(range(len(self.columns)), key=lambda place: -int(gaps[place]))[:MAX_LISTED]
        found.append(
            StandOut(
                f"{columns.capitalize()} with most gaps",
                f"Number of {rows} without any record.",
                [(name_column(self.columns[place]), int(gaps[place])) for place in order],
            )
        )
        return found
