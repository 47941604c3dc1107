"""The header of a saved query: the ``#+`` lines above it, read as YAML, every key checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from loader.errors import Finding, Severity

YAML_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where PyYAML was built with it: ten times as fast."""


class KeyRules(NamedTuple):
    """The keys that a mapping must have, and those that it may have as well."""

    needed: tuple[str, ...]
    allowed: tuple[str, ...] = ()


_HEADER_KEYS = KeyRules(("title", "summary", "tags", "contract"), ("ask", "expect", "asks"))


class ProblemList:
    """The problems found in one file so far, as findings."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def add(self, line: int, message: str, column: int = 0) -> None:
        finding = Finding(self.path, line, column, Severity.ERROR, message, "saved-query")
        self.findings.append(finding)


@dataclass(frozen=True, slots=True)
class Header:
    """The keys of a header with their values, as YAML reads them.

    ``lines`` are those of the keys, counted from 1. ``texts`` holds the same values with every
    scalar as it is written, so that 2016-12-31 is no date and 5 no number. ``items`` has the lines
    of the items of a key whose value is a list.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    items: Mapping[str, Sequence[int]] = field(default_factory=dict)


def read_header(text: str, problems: ProblemList) -> Header:
    """Parse the ``#+`` lines above the query and check keys and texts; empty if not readable."""
    source = "\n".join(
        list_header_lines(text)
    )  # a blank stands for any other line: numbers stay true
    try:
        loader = YAML_LOADER(source)
        node = loader.get_single_node()
        values = loader.construct_document(node) if node else None
        texts = _read_scalars_as_text(node) if node else {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problems.add(line, f"The header is not YAML: {getattr(error, 'problem', error)}.")
        return Header()
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        wanted = ", ".join(_HEADER_KEYS.needed)
        problems.add(1, f'The header is missing: start with "#+ key: value" lines for {wanted}.')
        return Header()
    lines = {key.value: _get_line(key) for key, _ in node.value}
    items = {
        key.value: tuple(map(_get_line, value.value))
        for key, value in node.value
        if _is_list(value)
    }
    if len(lines) < len(node.value):
        problems.add(1, "The header has a key twice.")
    check_keys(values, "header", lines, problems, _HEADER_KEYS)
    _check_texts(values, lines, problems)
    return Header(values, texts, lines, items)


def list_header_lines(text: str) -> Iterator[str]:
    """Yield the lines above the query without their ``#+``; others as blank lines."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            return
        yield line[2:] if line.startswith("#+") else ""


def check_keys(
    given: Mapping[Any, Any],
    what: str,
    line: int | Mapping[str, int],
    problems: ProblemList,
    keys: KeyRules,
) -> None:
    """Report unknown and missing keys: a misspelt key would otherwise be lost silently.

    ``line`` is that of the whole mapping, or the line of each key.
    """
    lines = {} if isinstance(line, int) else line
    first = line if isinstance(line, int) else min(lines.values(), default=1)
    for key in given:
        if key not in keys.needed + keys.allowed:
            known = ", ".join(keys.needed + keys.allowed)
            problems.add(lines.get(key, first), f'The {what} has no key "{key}"; it has {known}.')
    for key in keys.needed:
        if key not in given:
            problems.add(first, f'The {what} lacks "{key}".')


def is_text(value: object) -> bool:
    """Whether a value is text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def is_text_list(value: object) -> bool:
    """Whether a value is a list of texts, or of none."""
    return isinstance(value, list) and all(is_text(item) for item in value)


def _read_scalars_as_text(node: yaml.Node) -> Any:
    """Return the value of a node with every scalar as text."""
    if isinstance(node, yaml.MappingNode):
        return {
            _read_scalars_as_text(key): _read_scalars_as_text(value) for key, value in node.value
        }
    return (
        [_read_scalars_as_text(item) for item in node.value] if _is_list(node) else str(node.value)
    )


def _is_list(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode)


def _get_line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _check_texts(
    values: Mapping[str, Any], lines: Mapping[str, int], problems: ProblemList
) -> None:
    for key in ("title", "summary"):
        if key in values and not is_text(values[key]):
            problems.add(lines[key], f'"{key}" must be text.')
    if "tags" in values and not (is_text_list(values["tags"]) and values["tags"]):
        problems.add(lines["tags"], '"tags" must be a list of words, such as [browse].')
