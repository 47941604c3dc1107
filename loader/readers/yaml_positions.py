"""A YAML block whose values keep their printed text and know their line and column."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from loader.document import Span
from loader.errors import DataError, Finding, Severity

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where PyYAML was built with it: ten times as fast, with the same events."""

DEEPEST = 8
"""Levels of nesting; nothing that is read here needs more than four."""

HINTS = {
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
UNCLOSED = ("is not closed", "is not closed with ]", "is not closed with }")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the block.

    ``kind`` is "scalar", "list" or "mapping". ``text`` is the value of a scalar, never turned
    into a number, a date or a truth value; ``printed`` is the same as the file prints it, line
    breaks and indentation included, and ``span`` says where that begins and ends.
    """

    kind: str
    span: Span
    text: str = ""
    printed: str = ""
    items: tuple["Value", ...] = ()
    entries: tuple[tuple["Value", "Value"], ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing was given: no value at all, ``~``, an empty list or mapping."""
        return not (self.text or self.items or self.entries)

    def get(self, key: str) -> "Value | None":
        """The value of ``key`` in a mapping, or None."""
        return next((value for name, value in self.entries if name.text == key), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: the file, the line of its first line, and what to call it."""

    path: str
    first_line: int
    code: str
    noun: str

    def finding(self, message: str, line: int, column: int = 0) -> Finding:
        """An error in this block; ``line`` is a line of the file."""
        return Finding(self.path, line, column, Severity.ERROR, message, self.code)


def read_block(text: str, place: Place) -> Value:
    """The mapping that ``text`` (YAML 1.1, one document, no anchors) holds; empty text is empty.

    Raises DataError with every repeated key, or with the first breach of the syntax.
    See https://yaml.org/spec/1.1/.
    """
    block = _Block(text, place)
    try:
        root = block.read()
    except yaml.MarkedYAMLError as error:
        raise _refused([block.syntax(error)]) from None
    except yaml.reader.ReaderError as error:
        raise _refused([block.character(error)]) from None
    if block.findings:
        raise _refused(block.findings)
    return root


def _refused(findings: list[Finding]) -> DataError:
    return DataError("\n".join(str(finding) for finding in findings), findings)


class _Block:
    """One pass over the parser's events; the parser itself is not recursive, this is, boundedly."""

    def __init__(self, text: str, place: Place) -> None:
        self.text = text
        self.place = place
        self.findings: list[Finding] = []
        self.starts = (0, *(match.end() for match in re.finditer("\n", text)))
        self.events: Iterator[Any] = iter(())

    def read(self) -> Value:
        self.events = iter(yaml.parse(self.text, Loader=LOADER))
        event = self._next()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return Value("mapping", self._span(0, 0))
        root = self._value(event, 1)
        self._end(self._next())
        return root if self._is_mapping(root) else Value("mapping", root.span)

    def _next(self) -> Any:
        return next(self.events)

    def _is_mapping(self, root: Value) -> bool:
        if root.kind == "mapping":
            return True
        message = f"{self.place.noun} must be made of lines of the form key: value."
        self.findings.append(self.place.finding(message, root.span.start))
        return False

    def _end(self, event: Any) -> None:
        while not isinstance(event, yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                message = f"{self.place.noun} goes on after a second ---; delete that line."
                raise _refused([self._error(message, event)])
            event = self._next()

    def _value(self, event: Any, depth: int) -> Value:
        if isinstance(event, yaml.AliasEvent):
            message = "references to other values (*name) are not read; write the value out."
            raise _refused([self._error(message, event)])
        if depth > DEEPEST:
            message = f"{self.place.noun} is nested more than {DEEPEST} levels deep."
            raise _refused([self._error(message, event)])
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, depth)
        return self._scalar(event)

    def _list(self, start: Any, depth: int) -> Value:
        items = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        span, printed = self._between(start, event)
        return Value("list", span, "", printed, items=tuple(items))

    def _mapping(self, start: Any, depth: int) -> Value:
        entries: list[tuple[Value, Value]] = []
        seen: dict[str, Value] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            entries.append((key, self._value(self._next(), depth + 1)))
            self._check(key, seen)
        span, printed = self._between(start, event)
        return Value("mapping", span, "", printed, entries=tuple(entries))

    def _check(self, key: Value, seen: dict[str, Value]) -> None:
        place = key.span.start, key.span.column
        first = seen.setdefault(key.text, key)
        if key.kind != "scalar":
            self.findings.append(self.place.finding("a key must be a plain word.", *place))
        elif first is not key:
            message = (
                f'the key "{key.text}" stands here for the second time (first on line '
                f"{first.span.start}); keep one of the two."
            )
            self.findings.append(self.place.finding(message, *place))

    def _scalar(self, event: Any) -> Value:
        start, end = event.start_mark.index, event.end_mark.index
        raw = self.text[start:end]
        if event.style in ("'", '"'):
            start, end = start + 1, end - 1
            escaped = "\\" in raw if event.style == '"' else "''" in raw[1:-1]
            span, printed = self._slice(start, end)
            return Value("scalar", span, event.value, event.value if escaped else printed)
        text = "" if raw == "~" else event.value
        if event.style in ("|", ">"):
            start = min(self.text.find("\n", start) + 1 or end, end)
            text = text.rstrip("\n")
        span, printed = self._slice(start, end)
        return Value("scalar", span, text, printed if text else "")

    def _between(self, start: Any, end: Any) -> tuple[Span, str]:
        return self._slice(start.start_mark.index, end.end_mark.index)

    def _slice(self, start: int, end: int) -> tuple[Span, str]:
        printed = self.text[start:end].rstrip()
        return self._span(start, start + len(printed)), printed

    def _span(self, start: int, end: int) -> Span:
        first, column = self._at(start)
        last, _ = self._at(max(start, end - 1))
        return Span(first, last, column)

    def _at(self, index: int) -> tuple[int, int]:
        """The line of the file and the column; the parser's own lines also end at U+2028."""
        row = bisect_right(self.starts, index)
        return self.place.first_line + row - 1, index - self.starts[row - 1] + 1

    def _error(self, message: str, event: Any) -> Finding:
        return self.place.finding(message, *self._at(event.start_mark.index))

    def syntax(self, error: yaml.MarkedYAMLError) -> Finding:
        """The finding for a breach of the syntax."""
        problem = error.problem or "it cannot be read"
        reason = HINTS.get(problem, problem)
        # Where something is not closed, its beginning says more than the place it was missed at.
        begun = error.context_mark if reason.endswith(UNCLOSED) else None
        mark = begun or error.problem_mark
        index = min(mark.index, len(self.text)) if mark else 0
        message = f"{self.place.noun} is not valid YAML: {reason}."
        return self.place.finding(message, *self._at(index))

    def character(self, error: yaml.reader.ReaderError) -> Finding:
        """The finding for a character that YAML forbids."""
        code = error.character if isinstance(error.character, int) else ord(str(error.character))
        index = max(self.text.find(chr(code)), 0)
        message = (
            f"{self.place.noun} holds the control character U+{code:04X}, "
            "which YAML does not allow; delete it."
        )
        return self.place.finding(message, *self._at(index))
