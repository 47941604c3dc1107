"""Reader of YAML blocks whose values keep their source text, line and column."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from loader.document import Span
from loader.errors import DataError, Finding, Severity
from loader.queries.header import YAML_LOADER

MAX_DEPTH = 8
"""The most levels of nesting; no block here needs more than four."""

HINT_BY_PROBLEM = {
    "mapping values are not allowed in this context": (
        "there is a colon and a space inside a value; put the whole value in quotes"
    ),
    "did not find expected ',' or ']'": "a list that begins with [ is not closed with ]",
    "did not find expected ',' or '}'": "a group that begins with { is not closed with }",
    "did not find expected key": "this line is not indented like the ones before it",
    "could not find expected ':'": "this line is not of the form key: value",
    "found unknown escape character": "a text in double quotes holds a backslash: use single ones",
    "found unexpected end of stream": "a quotation mark is not closed",
    "found character that cannot start any token": (
        "a tab or a sign such as @ or ` begins a value; put the value in quotes, indent with spaces"
    ),
}
UNCLOSED_REASONS = ("is not closed", "is not closed with ]", "is not closed with }")


@dataclass(frozen=True, slots=True)
class YamlValue:
    """One value of the block.

    ``kind`` is "scalar", "list" or "mapping". ``text`` is the value of a scalar, never converted to
    a number, a date or a truth value; ``source_text`` is the same as the file prints it, line
    breaks and indentation included, and ``span`` is its position.
    """

    kind: str
    span: Span
    text: str = ""
    source_text: str = ""
    items: tuple["YamlValue", ...] = ()
    entries: tuple[tuple["YamlValue", "YamlValue"], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is no value: nothing at all, ``~``, an empty list or mapping."""
        return not (self.text or self.items or self.entries)

    def get(self, key: str) -> "YamlValue | None":
        """Return the value of ``key`` in a mapping, or None."""
        return next((value for name, value in self.entries if name.text == key), None)


@dataclass(frozen=True, slots=True)
class BlockLocation:
    """The location of a block: the file, the line of its first line, and its name in messages."""

    path: str
    first_line: int
    code: str
    noun: str

    def build_error(self, message: str, line: int, column: int = 0) -> Finding:
        """Return an error in this block; ``line`` is a line of the file."""
        return Finding(self.path, line, column, Severity.ERROR, message, self.code)


def read_yaml_block(text: str, location: BlockLocation) -> YamlValue:
    """Parse the mapping in ``text`` (YAML 1.1, one document, no anchors); empty text is empty.

    Raise DataError with every repeated key, or with the first syntax error. See
    https://yaml.org/spec/1.1/.
    """
    block = _YamlBlockReader(text, location)
    try:
        root = block.read_root()
    except yaml.MarkedYAMLError as error:
        raise _build_data_error([block.build_syntax_error(error)]) from None
    except yaml.reader.ReaderError as error:
        raise _build_data_error([block.build_character_error(error)]) from None
    if block.findings:
        raise _build_data_error(block.findings)
    return root


def _build_data_error(findings: list[Finding]) -> DataError:
    return DataError("\n".join(str(finding) for finding in findings), findings)


class _YamlBlockReader:
    """Builds values from the parser's events, with recursion limited to ``MAX_DEPTH``."""

    def __init__(self, text: str, location: BlockLocation) -> None:
        self.text = text
        self.place = location
        self.findings: list[Finding] = []
        self.line_starts = (0, *(match.end() for match in re.finditer("\n", text)))
        self.events: Iterator[Any] = iter(())

    def read_root(self) -> YamlValue:
        """Return the root mapping of the block; an empty one for an empty text."""
        self.events = iter(yaml.parse(self.text, Loader=YAML_LOADER))
        event = self._read_event()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = self._read_event()
        if isinstance(event, yaml.StreamEndEvent):
            return YamlValue("mapping", self._build_span(0, 0))
        root = self._read_value(event, 1)
        self._check_end(self._read_event())
        return root if self._check_mapping(root) else YamlValue("mapping", root.span)

    def _read_event(self) -> Any:
        return next(self.events)

    def _check_mapping(self, root: YamlValue) -> bool:
        if root.kind == "mapping":
            return True
        message = f"{self.place.noun} must be made of lines of the form key: value."
        self.findings.append(self.place.build_error(message, root.span.start))
        return False

    def _check_end(self, event: Any) -> None:
        while not isinstance(event, yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                message = f"{self.place.noun} goes on after a second ---; delete that line."
                raise _build_data_error([self._build_error(message, event)])
            event = self._read_event()

    def _read_value(self, event: Any, depth: int) -> YamlValue:
        if isinstance(event, yaml.AliasEvent):
            message = "references to other values (*name) are not read; write the value out."
            raise _build_data_error([self._build_error(message, event)])
        if depth > MAX_DEPTH:
            message = f"{self.place.noun} is nested more than {MAX_DEPTH} levels deep."
            raise _build_data_error([self._build_error(message, event)])
        if isinstance(event, yaml.SequenceStartEvent):
            return self._read_list(event, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._read_mapping(event, depth)
        return self._read_scalar(event)

    def _read_list(self, start: Any, depth: int) -> YamlValue:
        items = []
        while not isinstance(event := self._read_event(), yaml.SequenceEndEvent):
            items.append(self._read_value(event, depth + 1))
        span, printed = self._slice_events(start, event)
        return YamlValue("list", span, "", printed, items=tuple(items))

    def _read_mapping(self, start: Any, depth: int) -> YamlValue:
        entries: list[tuple[YamlValue, YamlValue]] = []
        seen: dict[str, YamlValue] = {}
        while not isinstance(event := self._read_event(), yaml.MappingEndEvent):
            key = self._read_value(event, depth + 1)
            entries.append((key, self._read_value(self._read_event(), depth + 1)))
            self._check_key(key, seen)
        span, printed = self._slice_events(start, event)
        return YamlValue("mapping", span, "", printed, entries=tuple(entries))

    def _check_key(self, key: YamlValue, first_keys: dict[str, YamlValue]) -> None:
        place = key.span.start, key.span.column
        first = first_keys.setdefault(key.text, key)
        if key.kind != "scalar":
            self.findings.append(self.place.build_error("a key must be a plain word.", *place))
        elif first is not key:
            message = (
                f'the key "{key.text}" is here for the second time (first on line '
                f"{first.span.start}); keep one of the two."
            )
            self.findings.append(self.place.build_error(message, *place))

    def _read_scalar(self, event: Any) -> YamlValue:
        start, end = event.start_mark.index, event.end_mark.index
        raw = self.text[start:end]
        if event.style in ("'", '"'):
            start, end = start + 1, end - 1
            escaped = "\\" in raw if event.style == '"' else "''" in raw[1:-1]
            span, printed = self._slice_text(start, end)
            return YamlValue("scalar", span, event.value, event.value if escaped else printed)
        text = "" if raw == "~" else event.value
        if event.style in ("|", ">"):
            start = min(self.text.find("\n", start) + 1 or end, end)
            text = text.rstrip("\n")
        span, printed = self._slice_text(start, end)
        return YamlValue("scalar", span, text, printed if text else "")

    def _slice_events(self, start: Any, end: Any) -> tuple[Span, str]:
        return self._slice_text(start.start_mark.index, end.end_mark.index)

    def _slice_text(self, start: int, end: int) -> tuple[Span, str]:
        printed = self.text[start:end].rstrip()
        return self._build_span(start, start + len(printed)), printed

    def _build_span(self, start: int, end: int) -> Span:
        first, column = self._locate_index(start)
        last, _ = self._locate_index(max(start, end - 1))
        return Span(first, last, column)

    def _locate_index(self, index: int) -> tuple[int, int]:
        """Return the line of the file and the column; the parser's own lines also end at U+2028."""
        row = bisect_right(self.line_starts, index)
        return self.place.first_line + row - 1, index - self.line_starts[row - 1] + 1

    def _build_error(self, message: str, event: Any) -> Finding:
        return self.place.build_error(message, *self._locate_index(event.start_mark.index))

    def build_syntax_error(self, error: yaml.MarkedYAMLError) -> Finding:
        """Return the finding for a syntax error."""
        problem = error.problem or "it cannot be read"
        reason = HINT_BY_PROBLEM.get(problem, problem)
        # Where a bracket or quote is not closed, its beginning is more useful than the end of the
        # text.
        begun = error.context_mark if reason.endswith(UNCLOSED_REASONS) else None
        mark = begun or error.problem_mark
        index = min(mark.index, len(self.text)) if mark else 0
        message = f"{self.place.noun} is not valid YAML: {reason}."
        return self.place.build_error(message, *self._locate_index(index))

    def build_character_error(self, error: yaml.reader.ReaderError) -> Finding:
        """Return the finding for a character that YAML forbids."""
        code = error.character if isinstance(error.character, int) else ord(str(error.character))
        index = max(self.text.find(chr(code)), 0)
        message = (
            f"{self.place.noun} holds the control character U+{code:04X}, "
            "which YAML does not allow; delete it."
        )
        return self.place.build_error(message, *self._locate_index(index))
