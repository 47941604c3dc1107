"""Examples of saved queries: what each gives for certain values of its parameters."""

from loader.errors import UsageError
from loader.queries.contract import Example
from loader.queries.header import Problems
from loader.queries.parameter_binding import bind
from loader.queries.result_table import Found, Run, counted, in_words
from loader.queries.saved_query import SavedQuery


def check_examples(query: SavedQuery, problems: Problems) -> None:
    """A value that a parameter cannot have, or no parameter of that name, is a problem."""
    for example in query.contract.examples:
        try:
            bind(query, example.given)
        except UsageError as error:
            problems.add(example.line, f"The example cannot be asked: {error}")


def named(example: Example) -> str:
    """What the example asks, such as ``with keyword=training``."""
    values = [f"{name}={text}" for name, texts in example.given.items() for text in texts]
    return f"with {', '.join(values)}" if values else "as it stands"


def fault_of(query: SavedQuery, example: Example, run: Run) -> str:
    """How the answer differs from the example, or ""."""
    found = run(bind(query, example.given))
    count = len(found.rows)
    if example.rows is not None and count != example.rows:
        return f"{named(example)} it gives {counted(count, 'row')} and should give {example.rows}"
    for cells in example.has:
        if not _has(found, list(cells.items())):
            return f"{named(example)} it lacks the row {in_words(list(cells.items()))}"
    return ""


def _has(found: Found, cells: list[tuple[str, object]]) -> bool:
    if not {name for name, _ in cells} <= set(found.columns):
        return False
    places = [(found.columns.index(name), term) for name, term in cells]
    return any(all(row[place] == term for place, term in places) for row in found.rows)
