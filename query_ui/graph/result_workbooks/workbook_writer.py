"""The writer of workbooks: rows with names beside IRIs, and a sheet that says what they are."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO

from pyoxigraph import Literal, NamedNode
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from loader.errors import NotRepresentable
from query_ui.graph.result_workbooks.row_stream import RenderedCell, RowStream
from query_ui.graph.result_workbooks.workbook_cells import (
    MAX_CELL_CHARACTERS,
    MAX_DIGITS,
    CellValue,
    Term,
    convert_term,
    get_text,
)

MAX_ROWS = 1_048_575
"""Rows of a sheet below its headings."""
MAX_LINKS = 65_000
"""Links of a sheet, a little under the 65,530 beyond which Excel repairs the file.

https://xlsxwriter.readthedocs.io/worksheet.html#write_url
"""
MIN_WIDTH, MAX_WIDTH = 9, 60
"""Characters."""
_BATCH, _SLICE = 1_000, 1_000
_MAX_KEPT_CELLS, _MAX_KEPT_CHARACTERS = 2_000, 300
"""Cells of a column that are kept, since many columns repeat few values, and the longest of them.

Together they bound the memory: longer texts seldom repeat.
"""
_KEPT_TERMS = (Literal, NamedNode)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows to write: ``read_rows`` returns them anew each time, in the order of ``columns``."""

    columns: Sequence[str]
    read_rows: Callable[[], Iterable[Sequence[Term]]]


@dataclass(frozen=True, slots=True)
class WorkbookAbout:
    """What the sheet *About* says: pairs of a name and a text, and the text of the query or "".

    ``issued`` is the day of the data as YYYY-MM-DD, or "": the file has it as its date, so that
    the same rows give the same file.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    query: str = ""
    issued: str = ""


@dataclass(slots=True)
class WorkbookColumn:
    """A column: the place of its values in a row; with ``labels``, the names of these IRIs."""

    place: int
    heading: str
    labels: Mapping[str, str] | None = None
    width: int = MIN_WIDTH
    kept: dict[Term, RenderedCell | None] = field(default_factory=dict)


@dataclass(slots=True)
class WorkbookWriter:
    """A writer of one workbook.

    ``fetch_labels`` returns the names of IRIs that have one; ``check`` is called between slices of
    the work and may raise.
    """

    fetch_labels: Callable[[Sequence[str]], Mapping[str, str]] = lambda iris: {}
    check: Callable[[], None] = lambda: None
    _links: int = 0
    _are_links_left_out: bool = False
    _formats: dict[str, Format] = field(default_factory=dict)

    def write(self, sink: BinaryIO, table: ResultTable, about: WorkbookAbout) -> None:
        """Write the workbook to ``sink``, which can seek.

        Raise NotRepresentable for more rows than a sheet holds or a text longer than a cell.
        """
        columns = self._plan_columns(table)
        with tempfile.TemporaryDirectory() as folder:
            book = Workbook(sink, {**_OPTIONS, "tmpdir": folder})
            created = datetime.fromisoformat(about.issued or "1980-01-01").replace(tzinfo=UTC)
            book.set_properties({"title": about.title, "created": created})
            self._formats = {
                "head": book.add_format({"bold": True, "bottom": 1}),
                "link": book.add_format({"font_color": "#1f4fbf", "underline": 1}),
                "day": book.add_format({"num_format": "yyyy-mm-dd"}),
                "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
                "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
                "name": book.add_format({"bold": True, "valign": "top"}),
            }
            sheets = [book.add_worksheet(name) for name in ("Results", "About")]
            try:
                rows = self._write_rows(sheets[0], table, columns)
                self._write_about(sheets[1], about, rows)
                book.close()
            finally:
                for sheet in sheets:  # closing the book would write what is there
                    sheet.row_data_fh.close()

    def _plan_columns(self, table: ResultTable) -> list[WorkbookColumn]:
        """Return the columns, with one of names beside IRIs whose names the rows do not have."""
        labels: dict[str, str] = {}
        known: dict[int, dict[str, None]] = {}
        unnamed: set[int] = set()
        widths: list[int] = []
        rows = iter(table.read_rows())
        while some := list(islice(rows, _SLICE)):
            self.check()
            widths = widths or measure_columns(table.columns, some)
            fresh: dict[str, None] = {}
            for place, terms in enumerate(zip(*some, strict=True)):
                iris = dict.fromkeys([t.value for t in terms if isinstance(t, NamedNode)])
                if iris:
                    known.setdefault(place, {}).update(iris)
                    fresh |= iris
            labels |= self._load_labels(iri for iri in fresh if iri not in labels)
            unnamed |= find_unnamed_columns(some, known.keys() - unnamed, labels)
        widths = widths or measure_columns(table.columns, [])
        return self._list_columns(table, widths, {p: known[p] for p in unnamed}, labels)

    def _list_columns(
        self,
        table: ResultTable,
        widths: Sequence[int],
        unnamed: Mapping[int, Iterable[str]],
        labels: Mapping[str, str],
    ) -> list[WorkbookColumn]:
        """Return the columns of a table, and those of names for the IRIs of ``unnamed``."""
        columns = []
        taken = set(table.columns)
        for place, name in enumerate(table.columns):
            columns.append(WorkbookColumn(place, name, None, widths[place]))
            if place in unnamed:
                heading = f"{name}Label"
                while heading in taken:
                    heading += "_"
                taken.add(heading)
                width = max(len(labels.get(iri, "")) for iri in unnamed[place])
                columns.append(WorkbookColumn(place, heading, labels, width))
        return columns

    def _load_labels(self, iris: Iterable[str]) -> dict[str, str]:
        labels: dict[str, str] = {}
        rest = iter(iris)
        while some := list(islice(rest, _BATCH)):
            found = self.fetch_labels(some)
            labels |= {iri: text[:MAX_CELL_CHARACTERS] for iri, text in found.items()}
            self.check()
        return labels

    def _write_rows(
        self, sheet: Worksheet, table: ResultTable, columns: Sequence[WorkbookColumn]
    ) -> int:
        """Write headings and rows, and return the number of rows."""
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, min(max(column.width + 2, MIN_WIDTH), MAX_WIDTH))
            sheet.write_string(0, place, column.heading, self._formats["head"])
        stream = RowStream(sheet, self._formats, len(columns))
        number = 0
        rows = iter(table.read_rows())
        while some := list(islice(rows, _SLICE)):
            self.check()
            if number + len(some) > MAX_ROWS:
                raise NotRepresentable(
                    f"The result has more than {MAX_ROWS:,} rows, which is all that a sheet "
                    "holds. Choose .csv, or filter the rows.",
                    "bindings",
                )
            cells = [
                render_column(stream, column, [row[column.place] for row in some], number + 1)
                for column in columns
            ]
            left = MAX_LINKS - self._links
            offered = stream.write_rows(number + 1, zip(*cells, strict=True), left)
            self._links += min(offered, left)
            self._are_links_left_out |= offered > left
            number += len(some)
        stream.close(number + 1)
        if columns:
            sheet.autofilter(0, 0, number, len(columns) - 1)
        return number

    def _write_about(self, sheet: Worksheet, about: WorkbookAbout, rows: int) -> None:
        """Write what the rows are, where they come from and how to cite them."""
        facts = [("Title", about.title), *about.facts, ("Rows", f"{rows:,}")]
        if self._are_links_left_out:
            facts.append(
                ("Links", f"The first {MAX_LINKS:,} IRIs are links, the others plain text.")
            )
        facts.append(
            (
                "Cells",
                f"Numbers with more than {MAX_DIGITS} digits and dates before 1900 or with a "
                "time zone are text. Columns that end in Label have names for the IRIs beside "
                "them; they are not part of the query.",
            )
        )
        lines = [
            ("Query" if n == 0 else "", line) for n, line in enumerate(about.query.split("\n"))
        ]
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 110)
        for number, (name, text) in enumerate([*facts, *(lines if about.query else [])]):
            sheet.write_string(number, 0, name, self._formats["name"])
            sheet.write_string(number, 1, text, self._formats["wrap"])


def render_column(
    stream: RowStream, column: WorkbookColumn, terms: Iterable[Term], first: int
) -> list[RenderedCell | None]:
    """Return the cells of a column for terms, of which the first is in row ``first``.

    Each is the value of the term, or the name of its IRI. Raises NotRepresentable for a text longer
    than a cell.
    """
    kept, cells = column.kept, []
    for number, term in enumerate(terms, first):
        # Other values are not kept, for True and 1 are equal.
        is_kept = isinstance(term, _KEPT_TERMS)
        cell: RenderedCell | None = kept.get(term, "") if is_kept else ""
        if cell == "":
            value = convert_cell(column, term, number)
            cell = stream.render(value) if value else None
            if is_kept and len(kept) < _MAX_KEPT_CELLS:
                if len(get_text(term)) <= _MAX_KEPT_CHARACTERS:
                    kept[term] = cell
        cells.append(cell)
    return cells


def convert_cell(column: WorkbookColumn, term: Term, number: int) -> CellValue | None:
    """Return the value of the cell in row ``number``; the errors are those of ``render_column``."""
    if column.labels is None:
        return convert_term(term, number, column.heading)
    label = column.labels.get(get_text(term)) if term is not None else None
    return CellValue("text", label) if label else None


def measure_columns(names: Iterable[str], rows: Iterable[Sequence[Term]]) -> list[int]:
    """Return the length in characters of the longest text of each column and its name."""
    widths = [len(name) for name in names]
    for row in rows:
        for place, term in enumerate(row):
            if term is not None:
                widths[place] = max(widths[place], len(get_text(term)))
    return widths


def find_unnamed_columns(
    rows: Iterable[Sequence[Term]], places: Iterable[int], labels: Mapping[str, str]
) -> set[int]:
    """Return the columns of IRIs with a name that no other cell of the same row has."""
    rest = set(places)
    found: set[int] = set()
    beside: dict[int, int] = {}  # where the name of a column was last, which is mostly the same
    for row in rows:
        if not rest:
            break
        for place in tuple(rest):
            term = row[place]
            label = labels.get(term.value) if isinstance(term, NamedNode) else None
            if not label or (place in beside and has_text(row[beside[place]], label)):
                continue
            column = next((n for n, one in enumerate(row) if has_text(one, label)), None)
            if column is None:
                found.add(place)
                rest.discard(place)
            else:
                beside[place] = column
    return found


def has_text(term: Term, text: str) -> bool:
    """Return whether a term is there and has a text."""
    return term is not None and get_text(term) == text
