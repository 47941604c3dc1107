"""The phrasings of a saved query: questions in words that it answers, for ``/ask``."""

import re
from collections.abc import Iterator

from loader.errors import BadValue
from loader.queries.header import Header, KeyRules, ProblemList, check_keys, is_text
from loader.queries.parameter_binding import parse_values
from loader.queries.saved_query import Phrasing, SavedQuery

MAX_PHRASING_LENGTH = 200
"""The maximum number of characters of a phrasing."""
_PHRASING_KEYS = KeyRules(("says",), ("with",))
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def read_phrasings(header: Header, problems: ProblemList) -> Iterator[Phrasing]:
    """Yield the items of ``asks``; each is a text, or ``{says: text, with: {parameter: value}}``.

    What is not valid becomes a problem.
    """
    line = header.lines.get("asks", 1)
    given = header.texts.get("asks", [])
    if not isinstance(given, list):
        problems.add(line, '"asks" must be a list of questions, one a line.')
        return
    said: set[str] = set()
    for item, number in zip(given, header.items.get("asks", ()), strict=False):
        entry = item if isinstance(item, dict) else {"says": item}
        check_keys(entry, "phrasing", number, problems, _PHRASING_KEYS)
        text, values = str(entry.get("says") or ""), entry.get("with", {})
        if not is_text(text) or len(text) > MAX_PHRASING_LENGTH:
            problems.add(number, f"A phrasing is a text of at most {MAX_PHRASING_LENGTH} letters.")
        elif not isinstance(values, dict) or not all(map(is_text, values.values())):
            problems.add(number, '"with" must give each parameter a value.')
        elif text.casefold() in said:
            problems.add(number, f"“{text}” is there twice.")
        else:
            said.add(text.casefold())
            yield Phrasing(text, {name: (value,) for name, value in values.items()}, number)


def list_placeholders(text: str) -> list[str]:
    """Return the names of the parameters in braces, in order."""
    return _PLACEHOLDER.findall(text)


def check_phrasings(query: SavedQuery, problems: ProblemList) -> None:
    """Report each placeholder and value without a parameter, and each value of another type."""
    parameters = {parameter.name: parameter for parameter in query.parameters}
    known = ", ".join(parameters) or "none"
    for phrasing in query.phrasings:
        for name in (*list_placeholders(phrasing.text), *phrasing.values):
            if name not in parameters:
                problems.add(phrasing.line, f'There is no parameter "{name}", but {known}.')
        for name, texts in phrasing.values.items():
            try:
                if name in parameters:
                    parse_values(query, parameters[name], texts)
            except BadValue as error:
                problems.add(phrasing.line, f"The phrasing has a wrong value: {error}")
