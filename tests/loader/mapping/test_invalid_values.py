"""The report on invalid values: few are told one by one, many of one kind as one finding."""

from loader.document import Field, Span
from loader.errors import Finding, Severity
from loader.mapping.invalid_values import MAX_FINDINGS, InvalidValues

PROBLEM = "are no date"


def build_finding(line: int) -> Finding:
    return Finding(
        "list.csv", line, 0, Severity.WARNING, f"“x{line}” is no date.", "sector-value", "urn:x"
    )


def add_values(values: InvalidValues, problem: str, lines: range) -> None:
    for line in lines:
        values.add(problem, build_finding(line), Field("date", f"x{line}", Span(line, line)))


def test_few_values_are_told_one_by_one() -> None:
    values = InvalidValues()
    add_values(values, PROBLEM, range(2, 2 + MAX_FINDINGS))
    assert values.build_findings() == [build_finding(line) for line in range(2, 2 + MAX_FINDINGS)]


def test_many_values_are_one_finding_with_their_number_and_the_first_places() -> None:
    values = InvalidValues()
    add_values(values, PROBLEM, range(2, 1_236))
    add_values(values, "are no integer", range(5, 6))
    many, single = values.build_findings()
    places = "; ".join(f"“x{line}” in line {line}" for line in range(2, 12))
    assert str(many) == (
        f"list.csv:2: warning: 1,234 values are no date. The first 10 are {places}. Each record "
        "keeps its value as unrecognised text. Is this the right column? [sector-value]"
    )
    assert many.about == ""
    assert single == build_finding(5)


def test_there_are_no_findings_without_values() -> None:
    assert InvalidValues().build_findings() == []
