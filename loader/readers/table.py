"""Records of a table of case studies, organisations or whatever a description explains."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from loader.document import Document, Field, Record, Rule, Span
from loader.errors import Finding, Severity
from loader.namespaces import slugify
from loader.readers.cell_values import is_missing
from loader.readers.csv_positions import TableCell, TableRow
from loader.readers.front_matter import TAG_FIELDS
from loader.readers.header_row import BLANK_CHARACTERS, FoundTable, normalise_header
from loader.readers.source import SourceFile
from loader.readers.table_description import LOW_TRUST_COLUMN, WHOLE_ROW
from loader.readers.table_footer import FooterFilter
from loader.readers.table_headers import ColumnMapping, TableKind, map_columns


class TableReader:
    """Converts one table to records and collects the findings."""

    def __init__(self, source: SourceFile, table: FoundTable, kind: TableKind) -> None:
        self.source = source
        self.table = table
        self.findings: list[Finding] = []
        self.headers = table.headers
        self.rows = FooterFilter(table.rows, len(self.headers))
        self.kind = kind
        self.columns = map_columns(kind, self.headers)
        self._check_headers()

    def document(self, reader: str, find_more: Callable[[], Iterable[Finding]]) -> Document:
        """Return the complete document; ``find_more`` is called for the findings of its format.

        It is called after the rows have been read.
        """
        records = tuple(self._read_record(row) for row in self.rows if not row.is_empty)
        self._report_unread_rows()
        return Document(
            self.source.path,
            self.source.name,
            self.source.sha256,
            lines=records[-1].span.end if self.table.sheet and records else self._count_lines(),
            reader=reader,
            records=records,
            findings=tuple(sorted((*self.findings, *find_more()))),
        )

    def _count_lines(self) -> int:
        return self.table.header.end if self.table.sheet else len(self.source.lines)

    def _add_finding(
        self, severity: Severity, code: str, message: str, location: tuple[int, int]
    ) -> None:
        where = f"sheet “{self.table.sheet}”: " if self.table.sheet else ""
        self.findings.append(Finding(self.source.path, *location, severity, where + message, code))

    def _check_headers(self) -> None:
        seen: dict[str, str] = {}
        cells = zip(self.headers, self.columns, self.table.header.cells, strict=False)
        for index, (header, column, cell) in enumerate(cells, 1):
            place = cell.line, cell.column
            if not column.field:
                shown = f"“{header}” (column {index})" if header else f"number {index}"
                message = (
                    f"the column {shown} is not known; its cells are kept as unrecognised text."
                )
                self._add_finding(Severity.WARNING, "unknown-column", message, place)
            elif column.field in seen:
                message = (
                    f"the column “{header}” (column {index}) means the same as "
                    f"“{seen[column.field]}”; keep one of the two."
                )
                self._add_finding(Severity.ERROR, "duplicate-column", message, place)
            else:
                seen[column.field] = header
        if self.kind.name == "case-study":
            self._report_missing_columns(name for name in TAG_FIELDS if name not in seen)

    def _report_missing_columns(self, names: Iterable[str]) -> None:
        for name in names:
            message = f"the table has no column “{name}”, so none of its case studies has any."
            self._add_finding(
                Severity.WARNING, "missing-tag-line", message, (self.table.header.start, 0)
            )

    def _report_unread_rows(self) -> None:
        """Report what is above the header and below the last row."""
        unit = "row" if self.table.sheet else "line"
        unread = (
            (self.table.preamble, "what is above the header", "."),
            (self.rows.footer, "what is below the table", "; a total or a note is no row of it."),
        )
        for rows, what, why in unread:
            if rows:
                first = next(cell.text.strip() for cell in rows[0].cells if cell.text.strip())
                span = describe_span(unit, rows[0].start, rows[-1].end)
                message = f"{what} ({span}: “{first[:60]}”) is not read{why}"
                self._add_finding(Severity.WARNING, "not-in-table", message, (rows[0].start, 0))

    def _read_record(self, row: TableRow) -> Record:
        fields: list[Field] = []
        slug = ""
        for header, column, cell in zip(self.headers, self.columns, row.cells, strict=False):
            text = cell.text.strip(BLANK_CHARACTERS)
            if is_missing(text):
                continue
            if column.field == "slug":
                slug = self._read_slug(text, cell)
            elif column.is_list:
                fields += self._read_list(column, cell)
            else:
                fields.append(self._read_field(header, column, cell, text))
        if len(row.cells) != len(self.headers):
            fields += self._read_surplus_cells(row)
        self._check_record(row, fields)
        fields = self._mark_low_trust(fields)
        return Record(self.kind.name, slug, Span(row.start, row.end), tuple(fields))

    def _mark_low_trust(self, fields: list[Field]) -> list[Field]:
        """Return the fields of a row; those that it calls doubtful are of low trust."""
        names = set()
        for field in fields:
            if field.name != LOW_TRUST_COLUMN or field.text == WHOLE_ROW:
                continue
            column = self.kind.columns.get(normalise_header(field.text))
            if column is None or column.field == LOW_TRUST_COLUMN:
                message = (
                    f"“{field.text}” in “{LOW_TRUST_COLUMN}” is no column of such a table; name "
                    f"columns whose cells are doubtful, or write “{WHOLE_ROW}”."
                )
                place = field.span.start, field.span.column
                self._add_finding(Severity.ERROR, "unknown-column", message, place)
            else:
                names.add(column.field)
        if not names:
            return fields
        return [replace(field, is_low_trust=field.name in names) for field in fields]

    def _read_field(self, header: str, column: ColumnMapping, cell: TableCell, text: str) -> Field:
        offset = len(cell.text) - len(cell.text.lstrip(BLANK_CHARACTERS))
        span = self._build_span(cell, offset, len(text))
        if column.field:
            return Field(column.field, text, span, column.rule)
        return Field("unknown", f"{header}: {text}" if header else text, span)

    def _read_list(self, column: ColumnMapping, cell: TableCell) -> Iterator[Field]:
        """Yield the items of a list; a tag cell without a separator is a tag line instead."""
        used = [mark for mark in column.separators if mark in cell.text]
        mark = used[0] if used else column.separators[0]
        items = re.finditer(f"[^{mark}]+", cell.text)
        printed_in_a_line = self.kind.name == "case-study" and column.field in TAG_FIELDS
        rule = Rule.TAG_LINE if printed_in_a_line and not used else column.rule
        for item in items:
            text = item[0].strip(BLANK_CHARACTERS)
            if text:
                offset = item.start() + len(item[0]) - len(item[0].lstrip(BLANK_CHARACTERS))
                if self.table.sheet and rule is Rule.TAG_LINE:
                    # A row of a sheet is one line, so a break in a cell must not count as one.
                    text = text.replace("\n", " ")
                yield Field(column.field, text, self._build_span(cell, offset, len(text)), rule)

    def _build_span(self, cell: TableCell, offset: int, size: int) -> Span:
        """Return the span of ``size`` characters of a cell from ``offset`` on."""
        if self.table.sheet:
            return Span(cell.line, cell.line)
        if "\n" not in cell.text:
            return Span(cell.line, cell.line, cell.column + offset)
        before = cell.text[:offset]
        start = cell.line + before.count("\n")
        end = start + cell.text.count("\n", offset, offset + size)
        column = offset - before.rindex("\n") if "\n" in before else cell.column + offset
        return Span(start, end, column)

    def _read_slug(self, text: str, cell: TableCell) -> str:
        slug = slugify(text)
        if slug != text:
            hint = f"write {slug}" if slug else "use small letters, digits and hyphens"
            message = f"“{text}” is no id; {hint}."
            self._add_finding(Severity.ERROR, "bad-slug", message, (cell.line, cell.column))
        return slug

    def _read_surplus_cells(self, row: TableRow) -> Iterator[Field]:
        """Report a row of another length than the header; yield the cells without a column."""
        size = len(self.headers)
        extra = [cell for cell in row.cells[size:] if cell.text.strip(BLANK_CHARACTERS)]
        texts = [cell.text.strip(BLANK_CHARACTERS) for cell in extra]
        for cell, text in zip(extra, texts, strict=True):
            yield Field("unknown", text, self._build_span(cell, 0, len(text)))
        if extra:
            remedy = "a cell that holds the delimiter must be quoted"
            message = (
                f"the row has {len(row.cells)} cells and the header {size}: “{texts[0]}” has "
                f"no column; {'give it a header, or delete it' if self.table.sheet else remedy}."
            )
            place = extra[0].line, extra[0].column
            self._add_finding(Severity.ERROR, "row-length", message, place)
        elif len(row.cells) < size and not self.table.sheet:
            message = (
                f"the row has {len(row.cells)} cells and the header {size}; it is read as empty "
                f"from “{self.headers[len(row.cells)]}” on."
            )
            self._add_finding(Severity.WARNING, "row-length", message, (row.start, 0))

    def _check_record(self, row: TableRow, fields: Sequence[Field]) -> None:
        names = {field.name for field in fields}
        place = row.start, 0
        if self.kind.name == "organisation" and "name" not in names:
            message = "the organisation in this row has no name; fill the column “name”."
            self._add_finding(Severity.ERROR, "no-name", message, place)
        if self.kind.name != "case-study":
            return
        for name in TAG_FIELDS:
            if name not in names and any(column.field == name for column in self.columns):
                title = next((field.text for field in fields if field.name == "title"), "")
                which = f"“{title}”" if title else "the case study in this row"
                message = f"{which} has no {name}; fill the column if the source has any."
                self._add_finding(Severity.WARNING, "missing-tag-line", message, place)


def describe_span(unit: str, first: int, last: int) -> str:
    """Return words such as “line 3” or “lines 3 to 5”."""
    return f"{unit} {first}" if first == last else f"{unit}s {first} to {last}"
