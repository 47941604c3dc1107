"""Records of a download, which are built when they are taken."""

from pathlib import Path

from loader.readers.dataset_descriptor.descriptor import (
    DescriptorColumn,
    DescriptorJoin,
    SectorDescriptor,
)
from loader.readers.dataset_descriptor.rows import DownloadRow
from loader.readers.dataset_descriptor.sector_records import (
    UNIT_PROPERTY,
    SectorRecords,
    build_sector_record,
)

DESCRIPTOR = SectorDescriptor(
    *("heights", "Heights", "P", "L", "https://s.example", "", Path("heights.csv")),
    key=("code", "year"),
    label_template="{name}, {year}",
    joins=(DescriptorJoin("code", "ukprn"),),
    columns=(
        DescriptorColumn("code", scheme="ukprn"),
        DescriptorColumn("names", "skos:altLabel", separator=";", null_values=("-",)),
        DescriptorColumn("height", "ckg:height", datatype="decimal", unit="unit:M"),
        DescriptorColumn("year", "ckg:academicYear", datatype="academicYear"),
    ),
)
ROWS = [
    DownloadRow({"code": ("10000001",), "name": ("A",), "names": ("a; -;b",)}, 2, 2),
    DownloadRow({"code": ("10000001",), "year": ("2020-21",), "height": ("7",)}, 3, 5),
]


def test_a_record_is_built_when_it_is_taken_and_is_the_same_each_time() -> None:
    records = SectorRecords(DESCRIPTOR, iter(ROWS))
    expected = [build_sector_record(DESCRIPTOR, row) for row in ROWS]
    assert (len(records), list(records), records[1:], records[-1]) == (
        2,
        expected,
        expected[1:],
        expected[1],
    )
    assert records[0] == records[0] and records[0] is not records[0]


def test_a_record_has_a_field_for_each_value() -> None:
    first, second = SectorRecords(DESCRIPTOR, ROWS)
    assert (first.slug, second.slug) == ("heights-10000001", "heights-10000001-2020-21")
    assert [(f.name, f.text) for f in first.fields] == [
        ("id ukprn", "10000001"),
        ("string skos:altLabel", "a"),
        ("string skos:altLabel", "b"),
        ("label", "A"),
        ("join ukprn", "10000001"),
        ("keep", "all"),
    ]
    assert (second.span.start, second.span.end) == (3, 5)
    assert second.text("academicYear ckg:academicYear") == "2020/21"
    assert second.text(f"string {UNIT_PROPERTY}") == "unit:M"


def test_equal_cells_are_in_memory_once() -> None:
    rows = [DownloadRow({"code": ("".join(("1000", "0001")),)}, n, n) for n in range(3)]
    first, *others = (record.fields[0].text for record in SectorRecords(DESCRIPTOR, rows))
    assert all(text is first for text in others)
