"""The header of a saved query: the ``#+`` lines above it, read as YAML, every key checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from loader.errors import Finding, Severity

_HEADER = ("title", "summary", "tags", "contract")
_CONTRACT = ("columns", "min_rows", "max_ms")


class Problems:
    """The problems found in one file so far, as findings."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def add(self, line: int, message: str, column: int = 0) -> None:
        finding = Finding(self.path, line, column, Severity.ERROR, message, "saved-query")
        self.findings.append(finding)


@dataclass(frozen=True, slots=True)
class Contract:
    """What a release must give when the query runs as it stands.

    ``columns`` in the order of SELECT (``subject, predicate, object`` for a graph, none for ASK),
    at least ``min_rows`` rows (for ASK 1 means true), within ``max_ms`` milliseconds.
    """

    columns: tuple[str, ...]
    min_rows: int
    max_ms: int


def read_header(text: str, problems: Problems) -> dict[str, Any]:
    """The ``#+`` lines above the query as a checked mapping; {} when they cannot be read."""
    source = "\n".join(header_lines(text))  # a blank stands for any other line: numbers stay true
    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
        about = yaml.safe_load(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problems.add(line, f"The header is not YAML: {getattr(error, 'problem', error)}.")
        return {}
    if not isinstance(node, yaml.MappingNode) or not isinstance(about, dict):
        wanted = ", ".join(_HEADER)
        problems.add(1, f'The header is missing: start with "#+ key: value" lines for {wanted}.')
        return {}
    lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
    if len(lines) < len(node.value):
        problems.add(1, "The header has a key twice.")
    _check_keys(about, _HEADER, lines, problems)
    _check_values(about, lines, problems)
    return about


def header_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            return
        yield line[2:] if line.startswith("#+") else ""


def _check_keys(
    given: Mapping[str, Any], known: Sequence[str], lines: Mapping[str, int], problems: Problems
) -> None:
    """A key too many or too few is a problem: a misspelt one would else be lost without a word."""
    for key in given:
        if key not in known:
            message = f'The header has no key "{key}"; it has {", ".join(known)}.'
            problems.add(lines.get(key, 1), message)
    for key in known:
        if key not in given:
            problems.add(lines.get("contract", 1), f'The header lacks "{key}".')


def _check_values(about: Mapping[str, Any], lines: Mapping[str, int], problems: Problems) -> None:
    for key in ("title", "summary"):
        if key in about and not _is_text(about[key]):
            problems.add(lines[key], f'"{key}" must be text.')
    if "tags" in about and not (_are_texts(about["tags"]) and about["tags"]):
        problems.add(lines["tags"], '"tags" must be a list of words, such as [browse].')
    if "contract" in about:
        _check_contract(about["contract"], lines, problems)


def _check_contract(contract: object, lines: Mapping[str, int], problems: Problems) -> None:
    line = lines["contract"]
    if not isinstance(contract, dict):
        problems.add(line, '"contract" must be {columns: […], min_rows: …, max_ms: …}.')
        return
    _check_keys(contract, _CONTRACT, {"contract": line, **dict.fromkeys(contract, line)}, problems)
    if "columns" in contract and not _are_texts(contract["columns"]):
        problems.add(line, '"columns" must be a list of variable names without "?".')
    for key, least in (("min_rows", 0), ("max_ms", 1)):
        value = contract.get(key, least)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            problems.add(line, f'"{key}" must be a whole number, {least} or more.')


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def contract_of(given: Mapping[str, Any] | None) -> Contract:
    if given is None:
        return Contract((), 0, 0)
    return Contract(tuple(given["columns"]), given["min_rows"], given["max_ms"])
