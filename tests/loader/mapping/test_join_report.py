"""The report on joins: how many rows join, and why the others do not."""

from pyoxigraph import NamedNode

from loader.document import Field, Record, Span
from loader.mapping.join_report import JoinReport

YORK = NamedNode("https://example.org/york")
LEFT_OUT = {"rows": "1005", "filtered_out": "3", "without_key": "1"}


def build_row(line: int, **joins: str) -> Record:
    span = Span(line, line)
    fields = tuple(
        Field(f"join {scheme.replace('_', '-')}", text, span) for scheme, text in joins.items()
    )
    return Record("sector-record", str(line), span, fields)


def test_rows_are_counted_and_reasons_have_their_first_example() -> None:
    report = JoinReport()
    for line in range(2, 1002):
        report.count_row(build_row(line, ukprn="10007713"), [YORK], True)
    report.count_row(build_row(1002, ukprn="10099999"), [], True)
    assert report.format_message(LEFT_OUT) == (
        "1,005 rows: 1,001 kept, 3 filtered out, 1 without a key, 1,000 joined to 1 entity. "
        "Not joined: 1 row with a UKPRN that no entity here has (the first is “10099999” in line "
        "1002)."
    )


def test_each_reason_is_told_the_commonest_first() -> None:
    report = JoinReport()
    rows = [
        *(build_row(line, ukprn="nonsense") for line in (1, 2, 3)),
        *(build_row(line) for line in (4, 5)),
        build_row(6, reviewed_name="York Uni"),
    ]
    for row in rows:
        report.count_row(row, [], False)
    text = report.format_message(LEFT_OUT | {"filtered_out": "0", "without_key": "0"})
    assert text == (
        "1,005 rows: 0 kept, 0 joined to 0 entities. Not joined: 3 rows with a value that is no "
        "valid UKPRN (the first is “nonsense” in line 1); 2 rows with no value to join by; 1 row "
        "with a name that no reviewed mapping set explains (the first is “York Uni” in line 6)."
    )


def test_where_all_rows_join_there_is_no_reason() -> None:
    report = JoinReport()
    report.count_row(build_row(1, ukprn="10007713"), [YORK], True)
    text = report.format_message({"rows": "1", "filtered_out": "0", "without_key": "0"})
    assert text == "1 row: 1 kept, 1 joined to 1 entity."
