"""Segmentation of an article into headings, paragraphs, bullets and references.

Markdown headings (``#``) are always headings. Where there are none, a heading is a line that does
not end like a sentence, is where a paragraph may begin, and is followed by a longer paragraph which
does end so; a line that was broken because the next word would not have fitted is no heading.
Paragraphs end at a blank line and, in a file where no sentence runs over a line break, at every
line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise, takewhile

from loader.document import Field, Span

MAX_HEADING_LENGTH = 120
MAX_TITLE_LENGTH = 200
MAX_LOOKAHEAD_LINES = 60
"""The most lines examined below a heading, so that no file takes quadratic time."""

MARKED_HEADING = re.compile(r"\s{0,3}(?P<marks>#{1,6})\s+(?P<text>\S.*)")
CLOSING_MARKS = re.compile(r"\s#+$")
BULLET = re.compile(r"\s*(?:[-*+•‣·–—▪◦]|\d{1,3}[.)])\s+(?=\S)")
REFERENCE = re.compile(r"\s*(?=\[\d+\]\s*\S)")
BOLD_LINE = re.compile(r"\s*(?P<marks>\*\*|__|)(?P<text>\S.*?)(?P=marks)\s*$")
SENTENCE_END = re.compile(r"[.!?…:][\"'”’)\]]*\s*$")
NON_HEADING_END = re.compile(r"[.…:;,][\"'”’)\]]*\s*$")


class BlockKind(Enum):
    """The kind of a block."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class ArticleBlock:
    """Lines ``first`` to ``last`` of a file, both counted from 0, without a blank line inside.

    ``column``, from 0, is where its text begins and ``text`` the raw slice from there, without the
    mark of a heading or a bullet; ``level`` is the number of ``#``, 0 for an unmarked heading.
    """

    kind: BlockKind
    first: int
    last: int
    column: int
    text: str
    level: int = 0

    def to_field(self, name: str) -> Field:
        """Return the text of the block as a field called ``name``."""
        return Field(name, self.text, Span(self.first + 1, self.last + 1, self.column + 1))


def slice_lines(lines: Sequence[str], first: int, last: int, column: int) -> str:
    """Return the slice from ``column`` of line ``first`` to the end of line ``last``."""
    return "\n".join([lines[first][column:], *lines[first + 1 : last + 1]]).rstrip()


def split_blocks(lines: Sequence[str]) -> tuple[ArticleBlock, ...]:
    """Return the blocks of the file in order; every line that is not blank is in one of them."""
    return tuple(_BlockSplitter(lines).split_lines())


class _BlockSplitter:
    """Splits one file, by its marked headings and its line breaks."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.has_marked_headings = any(map(MARKED_HEADING.match, lines))
        self.has_wrapped_lines = any(_is_continued(line, after) for line, after in pairwise(lines))

    def split_lines(self) -> Iterator[ArticleBlock]:
        """Yield each block as soon as the next one begins."""
        first, kind, column, count = 0, None, 0, 0
        for at, line in enumerate(self.lines):
            begins = self._detect_block_start(at, kind, count)
            if kind is not None and (begins or not line.strip()):
                yield self._build_block(kind, first, at - 1, column)
                kind = None
            if begins:
                (kind, column), first = begins, at
                count += 1
        if kind is not None:
            yield self._build_block(kind, first, len(self.lines) - 1, column)

    def _build_block(self, kind: BlockKind, first: int, last: int, column: int) -> ArticleBlock:
        line = self.lines[first]
        if kind is not BlockKind.HEADING:
            return ArticleBlock(
                kind, first, last, column, slice_lines(self.lines, first, last, column)
            )
        mark = MARKED_HEADING.match(line)
        found = mark or BOLD_LINE.match(line)
        text = CLOSING_MARKS.sub("", found["text"].rstrip()).rstrip() if found else line.strip()
        start = found.start("text") if found else column
        return ArticleBlock(kind, first, last, start, text, len(mark["marks"]) if mark else 0)

    def _detect_block_start(
        self, index: int, kind: BlockKind | None, block_count: int
    ) -> tuple[BlockKind, int] | None:
        """Return the kind and column of the block that begins at this line, or None.

        ``kind`` is the open block above it, ``block_count`` the number of blocks so far.
        """
        line = self.lines[index]
        if not line.strip():
            return None
        if MARKED_HEADING.match(line):
            return BlockKind.HEADING, 0
        if bullet := BULLET.match(line):
            return BlockKind.BULLET, bullet.end()
        if reference := REFERENCE.match(line):
            return None if kind is BlockKind.REFERENCES else (BlockKind.REFERENCES, reference.end())
        if (
            self._is_title(index)
            if block_count == 0
            else self._is_heading(index, kind, block_count)
        ):
            return BlockKind.HEADING, 0
        if kind is None or kind is BlockKind.HEADING or self._is_paragraph_start(index, kind):
            return BlockKind.PARAGRAPH, len(line) - len(line.lstrip())
        return None

    def _is_paragraph_start(self, index: int, kind: BlockKind) -> bool:
        """Return whether a paragraph may begin at a line that follows another line directly."""
        if self.has_wrapped_lines:
            return False
        ends = self.lines[index] if kind is BlockKind.REFERENCES else self.lines[index - 1]
        return bool(SENTENCE_END.search(ends))

    def _is_title(self, index: int) -> bool:
        line = self.lines[index].strip()
        after = self.lines[index + 1] if index + 1 < len(self.lines) else ""
        return (
            len(line) <= MAX_TITLE_LENGTH
            and not NON_HEADING_END.search(line)
            and not _is_continued(line, after)
        )

    def _is_heading(self, index: int, kind: BlockKind | None, block_count: int) -> bool:
        line = self.lines[index].strip()
        longest = MAX_TITLE_LENGTH if block_count == 1 else MAX_HEADING_LENGTH
        if len(line) > longest or NON_HEADING_END.search(line):
            return False
        if self.has_marked_headings and block_count > 1:
            return False
        if kind not in (None, BlockKind.HEADING) and not SENTENCE_END.search(self.lines[index - 1]):
            return False
        return self._has_text(line, index + 1)

    def _has_text(self, heading: str, start: int) -> bool:
        """Return whether text of a heading, not its continuation, begins at ``start``."""
        near = self.lines[start : start + MAX_LOOKAHEAD_LINES]
        gap = sum(1 for _ in takewhile(lambda line: not line.strip(), near))
        run = list(takewhile(str.strip, near[gap:]))
        if not run or MARKED_HEADING.match(run[0]):
            return False
        if BULLET.match(run[0]) or REFERENCE.match(run[0]):
            return True
        width = max(map(len, run))
        fits = len(heading) + 1 + len(run[0].split()[0]) <= width
        if gap == 0 and (run[0].lstrip()[0].islower() or not fits):
            return False
        return any(SENTENCE_END.search(line) for line in run) and _measure_first_sentence(
            run
        ) > len(heading)


def _measure_first_sentence(run: Sequence[str]) -> int:
    """Return the number of characters up to the first end of a sentence in ``run``."""
    total = 0
    for line in run:
        total += len(line)
        if SENTENCE_END.search(line):
            break
    return total


def _is_continued(line: str, next_line: str) -> bool:
    """Return whether a sentence continues from one line to the next."""
    return bool(line.strip() and not SENTENCE_END.search(line) and next_line.lstrip()[:1].islower())
