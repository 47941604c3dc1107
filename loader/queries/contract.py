"""The contract of a saved query: what any release must give when the query is put to it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pyoxigraph import Literal, NamedNode

from loader.queries.header import Header, KeyRules, ProblemList, check_keys, is_text, is_text_list
from loader.queries.parameters import parse_terms

_CONTRACT_KEYS = KeyRules(("columns", "min_rows", "max_ms"), ("max_rows", "key"))
_INVARIANT_KEYS = KeyRules(("says",), ("query", "none"))
_EXAMPLE_KEYS = KeyRules((), ("with", "rows", "has", "lacks"))
_NUMBERS = {"min_rows": 0, "max_rows": 0, "max_ms": 1}


Cells: TypeAlias = Mapping[str, NamedNode | Literal]
"""Some cells of a row: column → term."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that is always true, as a sentence and as SPARQL.

    ``text`` is an ASK query that must give true, or with ``none`` a graph pattern that fits no row
    of the answer. ``{answer}`` in it stands for the query itself, as a subquery. ``line`` counts
    from 1.
    """

    says: str
    text: str
    none: bool
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """What the query gives ``with`` certain values: how many ``rows``, some that it ``has``.

    ``given`` is parameter → texts, as a person would fill them in; without any the query runs as it
    stands. A row of ``has`` names the cells that matter: column → term. No row of the result may
    have the cells of a row of ``lacks``.
    """

    given: Mapping[str, tuple[str, ...]]
    rows: int | None
    has: tuple[Cells, ...]
    line: int
    lacks: tuple[Cells, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """What a release must give when the query runs as it stands.

    ``columns`` in the order of SELECT (``subject, predicate, object`` for a graph, none for ASK),
    at least ``min_rows`` rows (for ASK 1 means true) and at most ``max_rows``; the invariants hold,
    and so do the examples. ``max_ms`` is the processor time, in milliseconds, above which the query
    counts as slow: slowness is reported and breaks nothing. No two rows have the same cells in the
    columns of ``key``; () where rows have no key.
    """

    columns: tuple[str, ...] = ()
    min_rows: int = 0
    max_ms: int = 0
    max_rows: int | None = None
    invariants: tuple[Invariant, ...] = ()
    examples: tuple[Example, ...] = ()
    key: tuple[str, ...] = ()


def read_contract(header: Header, prologue: str, problems: ProblemList) -> Contract:
    """Read the contract, the ``ask`` and the ``expect`` of a header; report what is wrong.

    ``prologue`` has the prefixes with which the cells of expected rows are read.
    """
    line = header.lines.get("contract", 1)
    given = header.values.get("contract", {})
    if not isinstance(given, dict):
        problems.add(line, '"contract" must be {columns: […], min_rows: …, max_ms: …}.')
        return Contract()
    if "contract" in header.values:
        check_keys(given, "contract", line, problems, _CONTRACT_KEYS)
    if not is_text_list(given.get("columns", [])):
        problems.add(line, '"columns" must be a list of variable names without "?".')
        return Contract()
    columns, key = tuple(given.get("columns", ())), given.get("key", [])
    if not is_text_list(key) or not set(key) <= set(columns):
        problems.add(line, '"key" must be a list of some of the columns.')
        return Contract()
    numbers = _read_numbers(given, line, problems)
    return Contract(
        columns,
        numbers.get("min_rows", 0),
        numbers.get("max_ms", 0),
        numbers.get("max_rows"),
        tuple(_read_invariants(header, problems)),
        tuple(_read_examples(header, prologue, columns, problems)),
        tuple(key),
    )


def _read_numbers(given: Mapping[str, Any], line: int, problems: ProblemList) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, least in _NUMBERS.items():
        value = given.get(key, least)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            problems.add(line, f'"{key}" must be a whole number, {least} or more.')
        elif key in given:
            found[key] = value
    if found.get("max_rows", found.get("min_rows", 0)) < found.get("min_rows", 0):
        problems.add(line, '"max_rows" must not be less than "min_rows".')
    return found


def _read_items(
    header: Header, key: str, form: str, problems: ProblemList
) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the items of a list of mappings, each with its line."""
    given = header.texts.get(key, [])
    if not isinstance(given, list):
        problems.add(header.lines[key], f'"{key}" must be a list of items such as {form}.')
        return
    for item, line in zip(given, header.items.get(key, ()), strict=False):
        if isinstance(item, dict):
            yield item, line
        else:
            problems.add(line, f'An item of "{key}" must be like {form}.')


def _read_invariants(header: Header, problems: ProblemList) -> Iterator[Invariant]:
    form = '{says: "every study has a title", none: "FILTER (!BOUND(?title))"}'
    for item, line in _read_items(header, "ask", form, problems):
        before = len(problems.findings)
        check_keys(item, "invariant", line, problems, _INVARIANT_KEYS)
        for key in _INVARIANT_KEYS.needed + _INVARIANT_KEYS.allowed:
            if key in item and not is_text(item[key]):
                problems.add(line, f'"{key}" of an invariant must be text.')
        if ("query" in item) == ("none" in item):
            problems.add(line, 'An invariant has either "query" or "none".')
        if len(problems.findings) == before:
            text = item["none"] if "none" in item else item["query"]
            yield Invariant(item["says"], text, "none" in item, line)


def _read_examples(
    header: Header, prologue: str, columns: tuple[str, ...], problems: ProblemList
) -> Iterator[Example]:
    form = "{with: {keyword: training}, rows: 5}"
    for item, line in _read_items(header, "expect", form, problems):
        before = len(problems.findings)
        check_keys(item, "example", line, problems, _EXAMPLE_KEYS)
        if not {"rows", "has", "lacks"} & item.keys():
            problems.add(line, 'An example has "rows", "has" or "lacks", or several of them.')
        rows = item.get("rows", "0")
        if not isinstance(rows, str) or not re.fullmatch(r"[0-9]+", rows):
            problems.add(line, '"rows" of an example must be a whole number, 0 or more.')
        given = _read_example_values(item.get("with", {}), line, problems)
        has, lacks = (
            tuple(_read_expected_rows(key, item[key], prologue, columns, line, problems))
            if key in item
            else ()
            for key in ("has", "lacks")
        )
        if len(problems.findings) == before:
            yield Example(given, int(rows) if "rows" in item else None, has, line, lacks)


def _read_example_values(
    given: object, line: int, problems: ProblemList
) -> dict[str, tuple[str, ...]]:
    """Read ``{keyword: training, other: [a, b]}`` as parameter → texts."""
    pairs = given.items() if isinstance(given, dict) else ()
    lists = {name: value if isinstance(value, list) else [value] for name, value in pairs}
    if not isinstance(given, dict) or not all(
        texts and all(isinstance(text, str) for text in texts) for texts in lists.values()
    ):
        problems.add(line, '"with" must give each parameter a value, or a list of values.')
        return {}
    return {name: tuple(texts) for name, texts in lists.items()}


def _read_expected_rows(  # noqa: PLR0913
    key: str,
    given: object,
    prologue: str,
    columns: tuple[str, ...],
    line: int,
    problems: ProblemList,
) -> Iterator[Cells]:
    """Read ``[{study: study:x, title: '"X"@en'}]`` as rows of column → term."""
    rows = given if isinstance(given, list) else []
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        problems.add(line, f'"{key}" must be a list of rows such as {{study: study:x}}.')
        return
    for row in rows:
        cells: dict[str, NamedNode | Literal] = {}
        for column, written in row.items():
            if column not in columns:
                problems.add(line, f'The expected row has no column "{column}".')
            elif term := _parse_cell(written, prologue):
                cells[column] = term
            else:
                problems.add(line, f'"{written}" is no term as SPARQL writes one.')
        yield cells


def _parse_cell(written: object, prologue: str) -> NamedNode | Literal | None:
    try:
        (term,) = parse_terms(str(written), prologue)
    except (SyntaxError, ValueError):
        return None
    return term
