"""The headings, paragraphs, bullets and references that the lines of an article are made of.

Markdown headings (``#``) are taken at their word. Where there are none, a heading is a line that
does not end like a sentence, stands where a paragraph may begin, and is followed by a longer
paragraph which does end so; a line that was broken because the next word would not have fitted is
no heading. Paragraphs end at a blank line and, in a file where no sentence runs over a line break,
at every line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise, takewhile

from loader.document import Field, Span

LONGEST_HEADING = 120
LONGEST_TITLE = 200
LOOK_AHEAD = 60
"""How many lines below a heading are looked at, so that no file takes quadratic time."""

MARKED = re.compile(r"\s{0,3}(?P<marks>#{1,6})\s+(?P<text>\S.*)")
CLOSING_MARKS = re.compile(r"\s#+$")
BULLET = re.compile(r"\s*(?:[-*+•‣·–—▪◦]|\d{1,3}[.)])\s+(?=\S)")
REFERENCE = re.compile(r"\s*(?=\[\d+\]\s*\S)")
BOLD = re.compile(r"\s*(?P<marks>\*\*|__|)(?P<text>\S.*?)(?P=marks)\s*$")
SENTENCE_END = re.compile(r"[.!?…:][\"'”’)\]]*\s*$")
NO_HEADING_END = re.compile(r"[.…:;,][\"'”’)\]]*\s*$")


class Kind(Enum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines ``first`` to ``last`` of a file, both counted from 0, without a blank line inside.

    ``column``, from 0, is where its text begins and ``text`` the raw slice from there, without the
    mark of a heading or a bullet; ``level`` is the number of ``#``, 0 for an unmarked heading.
    """

    kind: Kind
    first: int
    last: int
    column: int
    text: str
    level: int = 0

    def field(self, name: str) -> Field:
        return Field(name, self.text, Span(self.first + 1, self.last + 1, self.column + 1))


def raw(lines: Sequence[str], first: int, last: int, column: int) -> str:
    """The slice from ``column`` of line ``first`` to the end of line ``last``."""
    return "\n".join([lines[first][column:], *lines[first + 1 : last + 1]]).rstrip()


def blocks(lines: Sequence[str]) -> tuple[Block, ...]:
    """The blocks of the file in order; every line that is not blank is in one of them."""
    return tuple(_Splitter(lines).split())


class _Splitter:
    """What must be known of the whole file to split it: its marks and its line breaks."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.marked = any(map(MARKED.match, lines))
        self.wrapped = any(_runs_over(line, after) for line, after in pairwise(lines))

    def split(self) -> Iterator[Block]:
        """Each block as soon as the next one begins."""
        first, kind, column, count = 0, None, 0, 0
        for at, line in enumerate(self.lines):
            begins = self._begins(at, kind, count)
            if kind is not None and (begins or not line.strip()):
                yield self._block(kind, first, at - 1, column)
                kind = None
            if begins:
                (kind, column), first = begins, at
                count += 1
        if kind is not None:
            yield self._block(kind, first, len(self.lines) - 1, column)

    def _block(self, kind: Kind, first: int, last: int, column: int) -> Block:
        line = self.lines[first]
        if kind is not Kind.HEADING:
            return Block(kind, first, last, column, raw(self.lines, first, last, column))
        mark = MARKED.match(line)
        found = mark or BOLD.match(line)
        text = CLOSING_MARKS.sub("", found["text"].rstrip()).rstrip() if found else line.strip()
        start = found.start("text") if found else column
        return Block(kind, first, last, start, text, len(mark["marks"]) if mark else 0)

    def _begins(self, at: int, kind: Kind | None, count: int) -> tuple[Kind, int] | None:
        """The kind and column of the block that begins at this line, None if none does.

        ``kind`` is the block that is open above it, ``count`` the number of blocks so far.
        """
        line = self.lines[at]
        if not line.strip():
            return None
        if MARKED.match(line):
            return Kind.HEADING, 0
        if bullet := BULLET.match(line):
            return Kind.BULLET, bullet.end()
        if reference := REFERENCE.match(line):
            return None if kind is Kind.REFERENCES else (Kind.REFERENCES, reference.end())
        if self._is_title(at) if count == 0 else self._is_heading(at, kind, count):
            return Kind.HEADING, 0
        if kind is None or kind is Kind.HEADING or self._breaks(at, kind):
            return Kind.PARAGRAPH, len(line) - len(line.lstrip())
        return None

    def _breaks(self, at: int, kind: Kind) -> bool:
        """Whether a paragraph may begin at a line that has another line directly above it."""
        if self.wrapped:
            return False
        ends = self.lines[at] if kind is Kind.REFERENCES else self.lines[at - 1]
        return bool(SENTENCE_END.search(ends))

    def _is_title(self, at: int) -> bool:
        line = self.lines[at].strip()
        after = self.lines[at + 1] if at + 1 < len(self.lines) else ""
        return (
            len(line) <= LONGEST_TITLE
            and not NO_HEADING_END.search(line)
            and not _runs_over(line, after)
        )

    def _is_heading(self, at: int, kind: Kind | None, count: int) -> bool:
        line = self.lines[at].strip()
        longest = LONGEST_TITLE if count == 1 else LONGEST_HEADING
        if len(line) > longest or NO_HEADING_END.search(line):
            return False
        if self.marked and count > 1:
            return False
        if kind not in (None, Kind.HEADING) and not SENTENCE_END.search(self.lines[at - 1]):
            return False
        return self._has_text(line, at + 1)

    def _has_text(self, heading: str, after: int) -> bool:
        """Whether what follows is the text of a heading, and not the rest of its sentence."""
        near = self.lines[after : after + LOOK_AHEAD]
        gap = sum(1 for _ in takewhile(lambda line: not line.strip(), near))
        run = list(takewhile(str.strip, near[gap:]))
        if not run or MARKED.match(run[0]):
            return False
        if BULLET.match(run[0]) or REFERENCE.match(run[0]):
            return True
        width = max(map(len, run))
        fits = len(heading) + 1 + len(run[0].split()[0]) <= width
        if gap == 0 and (run[0].lstrip()[0].islower() or not fits):
            return False
        return any(SENTENCE_END.search(line) for line in run) and _length(run) > len(heading)


def _length(run: Sequence[str]) -> int:
    """The characters of the first sentence-ended part of ``run``."""
    total = 0
    for line in run:
        total += len(line)
        if SENTENCE_END.search(line):
            break
    return total


def _runs_over(line: str, after: str) -> bool:
    """Whether a sentence goes on from one line to the next."""
    return bool(line.strip() and not SENTENCE_END.search(line) and after.lstrip()[:1].islower())
