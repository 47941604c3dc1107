"""Records of the rows of a download: kept as the texts of their cells, and built when needed."""

from collections.abc import Iterable, Sequence
from typing import overload

from loader.document import Field, Record, Rule, Span
from loader.readers.dataset_descriptor.descriptor import SectorDescriptor
from loader.readers.dataset_descriptor.rows import DownloadRow

UNIT_PROPERTY = "sdmx-attribute:unitMeasure"
"""The unit of the numbers of a row: https://www.w3.org/TR/vocab-data-cube/#ref_attributes"""
MAX_SHARED_CELLS = 20_000
"""The most different cells that are looked up, so that equal ones are in memory once."""
PackedRow = tuple[int, int, tuple[tuple[str, ...] | None, ...]]


class SectorRecords(Sequence[Record]):
    """The records of a download, each built anew whenever it is taken.

    100,000 records with their fields take 200 MB or more, the texts of their cells a tenth.
    """

    def __init__(self, descriptor: SectorDescriptor, rows: Iterable[DownloadRow]) -> None:
        self._descriptor = descriptor
        self._names = descriptor.required_columns
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._rows = [self._pack(row) for row in rows]
        self._shared.clear()

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        if isinstance(index, slice):
            return [self._build(row) for row in self._rows[index]]
        return self._build(self._rows[index])

    def _pack(self, row: DownloadRow) -> PackedRow:
        return row.start, row.end, tuple(self._share(row.cells.get(n)) for n in self._names)

    def _share(self, texts: Sequence[str] | None) -> tuple[str, ...] | None:
        if not texts:
            return None
        cell = tuple(texts)
        known = self._shared.get(cell)
        if known is None and len(self._shared) < MAX_SHARED_CELLS:
            self._shared[cell] = cell
        return known or cell

    def _build(self, row: PackedRow) -> Record:
        start, end, packed = row
        cells = {n: texts for n, texts in zip(self._names, packed, strict=True) if texts}
        return build_sector_record(self._descriptor, DownloadRow(cells, start, end))


def build_sector_record(descriptor: SectorDescriptor, row: DownloadRow) -> Record:
    """Return one row as a record, its fields named after property or identifier scheme."""
    span = Span(row.start, row.end)
    fields = []
    units = set()
    for column in descriptor.columns:
        values = column.list_values(row.cells)
        name = column.field_name if values else ""
        fields += [Field(name, value, span, Rule.SECTOR) for value in values]
        units |= {column.unit} if values and column.unit else set()
    fields += [Field(f"string {UNIT_PROPERTY}", unit, span, Rule.SECTOR) for unit in units]
    if label := descriptor.format_label(row.cells):
        fields.append(Field("label", label, span, Rule.SECTOR))
    fields += [Field(f"={c.term}", c.value, span, Rule.SECTOR) for c in descriptor.constants]
    fields += [
        Field(f"join {join.scheme}", value, span, Rule.SECTOR)
        for join in descriptor.joins
        for value in row.cells.get(join.column, ())
    ]
    keys = [value for name in descriptor.key for value in row.cells.get(name, ())]
    fields.append(Field("keep", descriptor.row_policy, span, Rule.SECTOR))
    return Record("sector-record", f"{descriptor.name}-{'-'.join(keys)}", span, tuple(fields))
