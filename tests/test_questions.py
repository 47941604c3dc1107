"""The thirty questions: every number in the document is what its query gives."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from pyoxigraph import QuerySolutions, Store

from loader.queries.evaluate import evaluate_query
from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import load_saved_queries
from loader.release.build import BuildResult
from loader.settings import Settings
from tests.conftest import PROJECT

QUERIES = load_saved_queries(PROJECT / "sparql" / "queries")
DOCUMENT = PROJECT / "docs" / "questions.md"
Rows = list[dict[str, str]]
Ask = Callable[..., Rows]


@pytest.fixture(scope="module")
def ask(shipped: tuple[Settings, BuildResult]) -> Iterator[Ask]:
    """Runs a saved query and gives its rows by column, "" where unbound."""
    store = Store.read_only(str(shipped[1].release.store))

    def run(name: str, **values: list[str]) -> Rows:
        results = evaluate_query(store, bind_parameters(QUERIES[name], values))
        assert isinstance(results, QuerySolutions)
        columns = [variable.value for variable in results.variables]
        return [
            {c: getattr(row[c], "value", "") if row[c] else "" for c in columns} for row in results
        ]

    yield run


def low(rows: Rows) -> int:
    return sum(row["trust"] == "low" for row in rows)


def having(rows: Rows, column: str, value: str) -> int:
    return sum(row[column] == value for row in rows)


def filled(rows: Rows, column: str) -> int:
    return sum(row[column] != "" for row in rows)


def distinct(rows: Rows, *columns: str) -> int:
    return len({tuple(row[c] for c in columns) for row in rows})


def first(rows: Rows, column: str) -> int:
    return int(rows[0][column])


def practices(ask: Ask) -> int:
    return first(ask("practices-with-evaluation", least=["0"]), "practicesInAll")


def total(rows: Rows, column: str) -> int:
    return sum(int(row[column]) for row in rows)


ANSWERS: dict[int, Callable[[Rows, Ask], list[int]]] = {
    1: lambda rows, ask: [len(rows), practices(ask), low(rows)],
    2: lambda rows, ask: [
        distinct(rows, "practice"),
        practices(ask),
        having(rows, "basis", "printed in the source"),
        having(rows, "basis", "our reading"),
    ],
    3: lambda rows, ask: [
        len(rows),
        len(ask("obligations")),
        first(rows, "linkedPractices"),
        first(rows, "practicesInAll"),
    ],
    4: lambda rows, ask: [len(rows), practices(ask), low(rows)],
    5: lambda rows, ask: [len(rows), practices(ask), low(rows)],
    6: lambda rows, ask: [len(rows), practices(ask), low(rows)],
    7: lambda rows, ask: [
        len(rows) - having(rows, "outcome", "not known: no end is printed"),
        having(rows, "outcome", "not known: no end is printed"),
        practices(ask),
    ],
    8: lambda rows, ask: [len(rows), first(rows, "practices"), first(rows, "practicesInAll")],
    9: lambda rows, ask: [len(rows), filled(rows, "amount"), low(rows)],
    10: lambda rows, ask: [len(rows), practices(ask), low(rows)],
    11: lambda rows, ask: [len(rows), practices(ask), low(rows)],
    12: lambda rows, ask: [
        next(
            int(row["practices"])
            for row in rows
            if row["year"] == "2023" and row["label"] == "Research culture"
        ),
        next(int(row["ofThatYear"]) for row in rows if row["year"] == "2023"),
    ],
    13: lambda rows, ask: [len(rows), first(ask("action-topics"), "actionsInAll"), low(rows)],
    14: lambda rows, ask: [len(rows), distinct(rows, "institution")],
    15: lambda rows, ask: [len(rows), distinct(rows, "institution"), total(rows, "actions")],
    16: lambda rows, ask: [
        having(rows, "outcome", "recorded before and after"),
        having(rows, "outcome", "not known since the last event"),
        len(rows),
    ],
    17: lambda rows, ask: [len(rows), filled(rows, "date")],
    18: lambda rows, ask: [len(rows), distinct(rows, "organisation")],
    19: lambda rows, ask: [len(rows), first(rows, "organisationsInRegister")],
    20: lambda rows, ask: [
        len(rows) - having(rows, "practices", "0"),
        len(rows),
        len(rows) - having(rows, "evaluated", "0"),
    ],
    21: lambda rows, ask: [len(rows), filled(rows, "sharedGroups")],
    22: lambda rows, ask: [len(rows), having(rows, "section", "3 Registers")],
    23: lambda rows, ask: [having(rows, "have", "2"), len(rows)],
    24: lambda rows, ask: [len(rows), having(rows, "basis", "printed in source")],
    25: lambda rows, ask: [
        sum(int(row["specific"]) == 0 < int(row["broad"]) for row in rows),
        len(rows),
    ],
    26: lambda rows, ask: [
        *next(
            [int(row["printed"]), int(row["held"])]
            for row in rows
            if row["date"] == "2025-02" and row["register"].startswith("HR Excellence")
        )
    ],
    27: lambda rows, ask: [
        having(rows, "series", "CEDARS"),
        len(rows),
    ],
    28: lambda rows, ask: [len(rows), filled(rows, "doubt")],
    29: lambda rows, ask: [len(rows), sum(float(row["mean"]) >= 3.5 for row in rows)],
    30: lambda rows, ask: [len(rows)],
}


def read_table() -> dict[int, tuple[list[int], str, dict[str, list[str]]]]:
    """Return for each question its bold numbers, its query and the values of parameters."""
    found = {}
    for line in DOCUMENT.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not re.fullmatch(r"\d+", cells[0]):
            continue
        numbers = [int(n.replace(",", "")) for n in re.findall(r"\*\*([\d,]+)\*\*", cells[2])]
        address = urlsplit(re.search(r"\((http://127\.0\.0\.1:8000/queries/[^)]*)\)", cells[3])[1])  # type: ignore[index]
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(address.query):
            values.setdefault(name, []).append(value)
        found[int(cells[0])] = (numbers, address.path.rpartition("/")[2], values)
    return found


TABLE = read_table()


def test_there_are_thirty_questions() -> None:
    assert [*TABLE] == [*range(1, 31)] == [*ANSWERS]


@pytest.mark.parametrize("number", ANSWERS)
def test_every_number_is_what_its_query_gives(number: int, ask: Ask) -> None:
    numbers, name, values = TABLE[number]
    assert numbers == ANSWERS[number](ask(name, **values), ask)


def test_the_document_counts_what_is_answered() -> None:
    text = DOCUMENT.read_text("utf-8")
    limits = re.findall(r"^\| \d+ \|.*\| (Answered|Half)", text, re.MULTILINE)
    counts = re.search(r"\*\*(\d+)\*\* are answered and \*\*(\d+)\*\* are answered by half", text)
    assert counts is not None
    assert [int(n) for n in counts.groups()] == [limits.count("Answered"), limits.count("Half")]


def test_the_readme_answers_three_of_them() -> None:
    text = (PROJECT / "README.md").read_text("utf-8")
    found = re.findall(r"^- \*\*[^*]+\?\*\* (.*) \(\[list\]\((\S+)\)\)$", text, re.MULTILINE)
    assert len(found) == 3
    document = DOCUMENT.read_text("utf-8")
    by_address = {
        re.search(r"\]\((http[^)]*)\)", line)[1]: number  # type: ignore[index]
        for line in document.splitlines()
        if (number := line.split("|")[1:2]) and number[0].strip().isdigit()
    }
    for answer, address in found:
        numbers = [int(n.replace(",", "")) for n in re.findall(r"\*\*([\d,]+)\*\*", answer)]
        assert numbers == TABLE[int(by_address[address][0])][0]
