"""Workbooks within limits: whatever a file holds, the answer is rows or one finding."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.errors import DataError, Severity
from loader.readers import table_document
from loader.readers.dataset_descriptor import rows
from loader.readers.dataset_descriptor.descriptor import SectorDescriptor
from loader.readers.dataset_descriptor.rows import DownloadRow, read_table_rows
from loader.readers.source import SourceFile
from loader.readers.table_document import read_table
from loader.readers.workbook import WorkbookFile, WorkbookLimits
from tests.hostile_workbooks import (
    FULL_ONLY,
    REFUSED,
    SHEET,
    external_link,
    false_claim,
    many_rows,
    plain_workbook,
    sheet,
    with_parts,
)

SMALL = WorkbookLimits(2 * 1024 * 1024, 64 * 1024 * 1024, 200_000)
SLOW = ("rows", "zip bomb", "row far away", "wide rows", "claim of cells")
"""What takes seconds to make or to refuse."""


def build_source(data: bytes) -> SourceFile:
    return SourceFile("data/t.xlsx", "t.xlsx", data, "0" * 64)


def read_values(data: bytes, limits: WorkbookLimits = SMALL) -> list[list[object]]:
    file = WorkbookFile(data, "t.xlsx", limits)
    book = file.open(has_results=True, is_streamed=True)
    return [
        [cell.value for cell in row] for page in book.worksheets for row in file.iterate_rows(page)
    ]


def parametrise(cases: dict[str, Callable[[], bytes]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "build",
        [
            pytest.param(build, id=name, marks=[pytest.mark.slow] if name in SLOW else [])
            for name, build in cases.items()
        ],
    )


@parametrise(REFUSED)
def test_hostile_workbook_is_one_finding(build: Callable[[], bytes]) -> None:
    with pytest.raises(DataError) as caught:
        read_values(build())
    (finding,) = caught.value.findings
    assert (finding.path, finding.severity) == ("t.xlsx", Severity.ERROR)
    assert finding.message.endswith((".", ").")) and len(finding.message) < 250, finding.message


@pytest.fixture
def fewer_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the cells that documents and downloads may have: all of them take ten seconds."""
    for module, name in ((table_document, "LIMITS"), (rows, "DOWNLOAD_LIMITS")):
        limits = getattr(module, name)
        monkeypatch.setattr(module, name, replace(limits, max_cells=limits.max_cells // 10))


@pytest.mark.usefixtures("fewer_cells")
@parametrise({k: v for k, v in (REFUSED | FULL_ONLY).items() if k != "claim of cells"})
def test_hostile_document_is_one_finding(build: Callable[[], bytes]) -> None:
    with pytest.raises(DataError) as caught:
        read_table(build_source(build()))
    assert all(finding.path == "data/t.xlsx" for finding in caught.value.findings)
    assert caught.value.findings


def read_download(data: bytes) -> list[DownloadRow]:
    """Read a workbook as the download of a descriptor that wants its column "title"."""
    about = ("name", "title", "publisher", "licence", "source", "2026-11-28")
    descriptor = SectorDescriptor(*about, download=Path("t.xlsx"), key=("title",))
    return list(read_table_rows(build_source(data), descriptor))


@pytest.mark.usefixtures("fewer_cells")
@parametrise(
    {
        name: build
        for name, build in REFUSED.items()
        if name not in ("external link", "claim of cells")  # a download may have as many
    }
)
def test_hostile_download_is_one_finding(build: Callable[[], bytes]) -> None:
    with pytest.raises(DataError) as caught:
        read_download(build())
    assert [finding.code for finding in caught.value.findings] == ["sector-download"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("read", "name"),
    [(lambda data: read_table(build_source(data)), "rows"), (read_download, "row far away")],
    ids=["document", "download"],
)
def test_five_million_cells_are_the_limit(read: Callable[[bytes], object], name: str) -> None:
    with pytest.raises(DataError, match="more than 5,000,000 cells"):
        read(REFUSED[name]())


def test_download_may_link_to_other_files() -> None:
    assert read_download(external_link())[0] == DownloadRow(
        {"title": ("University of Leeds",)}, 2, 2
    )


def test_claim_of_a_sheet_is_ignored() -> None:
    assert read_values(false_claim()) == [["title"]]


def test_plain_workbook_is_read() -> None:
    assert read_values(plain_workbook())[1] == ["University of Leeds", "a"]


def test_each_limit_is_named() -> None:
    for limits, said in (
        (WorkbookLimits(max_bytes=100), "more than 100 bytes"),
        (WorkbookLimits(max_unpacked_bytes=100), "more than 100; split it"),
        (WorkbookLimits(max_cells=5), "more than 5 cells"),
    ):
        with pytest.raises(DataError, match=said) as caught:
            read_values(plain_workbook(), limits)
        assert caught.value.findings[0].code == "too-large"


def test_claim_of_all_cells_costs_nothing_where_few_are_filled() -> None:
    document = read_table(build_source(REFUSED["claim of cells"]()))
    assert [record.span.start for record in document.records] == [1_048_576]


def test_gap_between_rows_counts() -> None:
    data = with_parts({SHEET: sheet('<row r="300000"><c><v>1</v></c></row>')})
    with pytest.raises(DataError, match="more than 200,000 cells"):
        read_values(data)


def test_dates_that_do_not_exist_are_read_or_refused() -> None:
    for value in ("-1", "1e999", "1e308", "99999999", "NaN"):
        data = with_parts(
            {SHEET: sheet(f'<row><c t="d"><v>{value}</v></c><c s="1"><v>{value}</v></c></row>')}
        )
        try:
            read_values(data)
        except DataError as error:
            assert error.findings[0].code == "broken-workbook"


def test_check_may_stop_the_reading_anywhere() -> None:
    class Stopped(Exception):
        """The time is over."""

    data = many_rows(20_000)
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1

    file = WorkbookFile(data, "t.xlsx", SMALL, count)
    for page in file.open(has_results=True, is_streamed=True).worksheets:
        assert len(list(file.iterate_rows(page))) == 20_001
    assert calls > 400
    for number in (1, 3, 40, calls):
        left = number

        def stop() -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Stopped

        stopping = WorkbookFile(data, "t.xlsx", SMALL, stop)
        with pytest.raises(Stopped):
            for page in stopping.open(has_results=True, is_streamed=True).worksheets:
                list(stopping.iterate_rows(page))


@given(st.data())
def test_damaged_workbook_is_rows_or_a_finding(data: st.DataObject) -> None:
    spoilt = bytearray(plain_workbook())
    for _ in range(data.draw(st.integers(1, 20))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(
        spoilt[: data.draw(st.integers(0, len(spoilt)))] if data.draw(st.booleans()) else spoilt
    )
    for read in (read_values, lambda one: read_table(build_source(one))):
        try:
            read(cut)
        except DataError as error:
            assert error.findings


@given(st.data())
def test_damaged_parts_are_rows_or_a_finding(data: st.DataObject) -> None:
    body = bytearray(
        sheet('<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1"><f>1</f><v>1.5</v></c></row>')
    )
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from(
                [b"", b"9", b"s", b"<", b'"', b"-", b"e", b"inf", b"\xff", b"&#0;", b"XFD", b"d"]
            )
        )
    spoilt = with_parts({SHEET: bytes(body)})
    for read in (read_values, lambda one: read_table(build_source(one))):
        try:
            read(spoilt)
        except DataError as error:
            assert error.findings
