"""Examples of saved queries: what each gives for certain values of its parameters."""

from pyoxigraph import NamedNode

from loader.errors import UsageError
from loader.queries.contract import Cells, Example
from loader.queries.header import ProblemList
from loader.queries.parameter_binding import bind_parameters
from loader.queries.result_table import Breach, QueryRunner, ResultTable, format_count, format_row
from loader.queries.saved_query import SavedQuery


def check_examples(query: SavedQuery, problems: ProblemList) -> None:
    """Report each value that its parameter cannot have, and each unknown parameter."""
    for example in query.contract.examples:
        try:
            bind_parameters(query, example.given)
        except UsageError as error:
            problems.add(example.line, f"The example cannot be run: {error}")


def describe_example(example: Example) -> str:
    """Return the values of the example in words, such as ``with keyword=training``."""
    values = [f"{name}={text}" for name, texts in example.given.items() for text in texts]
    return f"with {', '.join(values)}" if values else "as it stands"


def find_example_breach(query: SavedQuery, example: Example, run: QueryRunner) -> Breach | None:
    """Return how the result differs from the example, or None."""
    found = run(bind_parameters(query, example.given))
    count = len(found.rows)
    if example.rows is not None and count != example.rows:
        rows = format_count(count, "row")
        wanted = f"it gives {rows} and should give {example.rows}"
        return Breach(f"{describe_example(example)} {wanted}")
    for cells in example.has:
        if not _has_row(found, list(cells.items())):
            row = format_row(list(cells.items()))
            return Breach(f"{describe_example(example)} it lacks the row {row}", list_iris(cells))
    for cells in example.lacks:
        if _has_row(found, list(cells.items())):
            row = format_row(list(cells.items()))
            says = f"{describe_example(example)} it has the row {row} and should not"
            return Breach(says, list_iris(cells))
    return None


def list_iris(cells: Cells) -> tuple[str, ...]:
    """Return the IRIs among the cells of a row."""
    return tuple(term.value for term in cells.values() if isinstance(term, NamedNode))


def _has_row(found: ResultTable, cells: list[tuple[str, object]]) -> bool:
    if not {name for name, _ in cells} <= set(found.columns):
        return False
    places = [(found.columns.index(name), term) for name, term in cells]
    return any(all(row[place] == term for place, term in places) for row in found.rows)
