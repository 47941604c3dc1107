"""Reader of summary cards: case studies in one plain text, each of prose and tag lines.

A line is blank, a tag line (``Beneficiaries:`` …), a head line (``Title:`` ``Institution:``
``Source:``) or loose text. A card is its prose, its head lines and its tag lines; it ends where,
after a tag line, something begins that belongs to the next card:

    - **Loose text after a blank line** is the prose of the next card.
    - **Loose text directly under a tag line** is the wrapped rest of that line or, where the blank
      line is missing, the prose of the next card. Prose is recognised by words that tag terms do
      not use: an article, a pronoun, an auxiliary verb. It begins at the first line that holds one
      or, should that line begin with a small letter, at the last line before it that does not.
      Where the tag lines that follow repeat ones of the card, a card must have begun in between:
      then a full stop at the end of a line is enough to make it prose and, if two or more are
      repeated, the last line is prose. In every other case of doubt the line is a continuation,
      because an unknown term in a tag line is kept and reported, while a term lost in prose would
      go unnoticed.
    - **Head lines after a tag line** are the finished card's if it has none of their names and
      they end the file, or are directly under its tag lines and apart from what follows, or (no
      title among them) the first card of the file has no head line above its tags. Else they begin
      the next card.
    - A second ``Title:`` begins a card even where the first card has no tag lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import takewhile

from loader.document import Document, Field, Record, Rule, Span
from loader.errors import Finding
from loader.readers.source import SourceFile

LABEL_BY_TAG_FIELD = {
    "beneficiaries": "Beneficiaries",
    "stakeholders": "Stakeholders",
    "principles": "Concordat principles",
    "keywords": "Keywords",
}
"""The label that the source prints, by name of the tag field."""

FIELD_BY_LABEL = {
    **{label.casefold(): name for name, label in LABEL_BY_TAG_FIELD.items()},
    "beneficiary": "beneficiaries",
    "stakeholder": "stakeholders",
    "stakeholder(s)": "stakeholders",
    "concordat principle": "principles",
    "concordat principle(s)": "principles",
    "keyword": "keywords",
    "keyword(s)": "keywords",
    "key words": "keywords",
    "title": "title",
    "institution": "institution",
    "institutions": "institution",
    "institution(s)": "institution",
    "source": "source",
}

LABEL_PATTERN = re.compile(
    r"\s*(\*\*|__)?(?P<label>[^\W\d_][\w ()\t\u00a0]{0,40}?)\s*(?:\*\*|__)?:(?:\*\*|__)?\s*"
)

_WORDS = (
    "a an the this these those that it its we our us they their them he she his her you your who "
    "which is are was were be been has have had will would can could may might must should do does"
)
PROSE_WORD = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(f"[{w[0]}{w[0].upper()}]{w[1:]}" for w in _WORDS.split())
    + r")(?![\w-])"
)
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s*$")


class LineKind(Enum):
    """The kind of a run of lines."""

    TAG = "tag line"
    HEAD = "head line"
    LOOSE = "loose text"


@dataclass(frozen=True, slots=True)
class LineRun:
    """Lines ``first`` to ``last`` (counted from 0), whose text begins at ``column`` of the first.

    ``is_attached`` is true where no blank line separates it from the run before.
    """

    kind: LineKind
    name: str
    first: int
    last: int
    column: int
    is_attached: bool


Card = list[LineRun]


def has_cards(source: SourceFile) -> bool:
    """Return whether the file has a tag line, so that it holds cards and no article."""
    return any(parse_label(line)[0] in LABEL_BY_TAG_FIELD for line in source.lines)


def read_cards(source: SourceFile) -> Document:
    """Read the cards as ``case-study`` records, each line of the file in one of their fields.

    Fields: ``abstract`` (the paragraphs, blank lines inside), ``title``, ``institution``,
    ``source``, and for each tag line one field of rule ``TAG_LINE`` named as in
    ``LABEL_BY_TAG_FIELD``. Raise DataError if the file is not UTF-8.
    """
    cards = _split_cards(source.lines)
    findings = [*source.find_control_characters(), *_report_empty_document(source, cards)]
    for number, card in enumerate(cards, 1):
        findings += _check_tag_lines(source, card, f"card {number}")
    return Document(
        path=source.path,
        name=source.name,
        sha256=source.sha256,
        lines=len(source.lines),
        reader="cards",
        records=tuple(_build_record(source.lines, card) for card in cards),
        findings=tuple(sorted(findings)),
    )


def parse_label(line: str) -> tuple[str, int]:
    """Return the field named by the label of ``line``, or "", and the column of its text."""
    found = LABEL_PATTERN.match(line)
    if not found:
        return "", 0
    name = FIELD_BY_LABEL.get(" ".join(found["label"].split()).casefold(), "")
    return name, found.end() if name else 0


def _split_line_runs(lines: Sequence[str]) -> Iterator[LineRun]:
    """Yield the labelled lines one by one, and the loose lines in runs without a blank line."""
    loose: LineRun | None = None
    for number, line in enumerate(lines):
        name, column = parse_label(line)
        attached = number > 0 and bool(lines[number - 1].strip())
        if loose and (name or not attached or not line.strip()):
            yield loose
            loose = None
        if name:
            kind = LineKind.TAG if name in LABEL_BY_TAG_FIELD else LineKind.HEAD
            yield LineRun(kind, name, number, number, column, attached)
        elif loose:
            loose = replace(loose, last=number)
        elif line.strip():
            indent = len(line) - len(line.lstrip())
            loose = LineRun(LineKind.LOOSE, "abstract", number, number, indent, attached)
    if loose:
        yield loose


def _split_cards(lines: Sequence[str]) -> list[Card]:
    pieces = list(_split_line_runs(lines))
    cards: list[Card] = [[]]
    for at, piece in enumerate(pieces):
        card = cards[-1]
        if (
            piece.kind is LineKind.LOOSE
            and piece.is_attached
            and card
            and card[-1].kind is LineKind.TAG
        ):
            run = lines[piece.first : piece.last + 1]
            cut = piece.first + _find_prose_start(run, _count_repeated_tags(card, pieces, at + 1))
            card[-1] = replace(card[-1], last=cut - 1)
            if cut <= piece.last:
                indent = len(lines[cut]) - len(lines[cut].lstrip())
                cards.append([replace(piece, first=cut, column=indent)])
        elif _is_card_start(card, pieces, at):
            cards.append([piece])
        else:
            card.append(piece)
    return cards if pieces else []


def _count_repeated_tags(card: Card, runs: Sequence[LineRun], start: int) -> int:
    """Return how many of the tag lines from ``start`` on repeat one of the card."""
    following = map(runs.__getitem__, range(start, len(runs)))
    tags = takewhile(lambda piece: piece.kind is LineKind.TAG, following)
    return sum(_has_field(card, piece.name) for piece in tags)


def _find_prose_start(run: Sequence[str], repeated_tags: int) -> int:
    """Return the line of ``run`` where the prose of the next card begins; its length if none."""
    for at, line in enumerate(run):
        if PROSE_WORD.search(line) or (repeated_tags and SENTENCE_END.search(line)):
            start = _find_sentence_start(run, at)
            if start is not None:
                return start
    if repeated_tags > 1:
        return _find_sentence_start(run, len(run) - 1) or 0
    return len(run)


def _find_sentence_start(run: Sequence[str], index: int) -> int | None:
    """Return the last line up to ``index`` that does not begin with a small letter."""
    return next((n for n in range(index, -1, -1) if not run[n].lstrip()[0].islower()), None)


def _is_card_start(card: Card, runs: Sequence[LineRun], index: int) -> bool:
    """Return whether the run at ``index``, which is no continuation, begins a new card."""
    piece = runs[index]
    tagged = any(known.kind is LineKind.TAG for known in card)
    if piece.kind is LineKind.LOOSE:
        return tagged
    if piece.kind is LineKind.TAG:
        return False
    if not tagged:
        return piece.name == "title" and _has_field(card, "title")
    return not _is_card_end(card, runs, index)


def _is_card_end(card: Card, runs: Sequence[LineRun], index: int) -> bool:
    """Return whether the head lines from ``index`` on belong to the finished ``card``."""
    end = index + 1
    while end < len(runs) and _is_attached_head(runs[end]):
        end += 1
    names = [piece.name for piece in runs[index:end]]
    if any(_has_field(card, name) for name in names):
        return False
    if end == len(runs):
        return True
    after = runs[end]
    apart = (
        not _has_field(card, after.name) if after.kind is LineKind.TAG else not after.is_attached
    )
    first_tag = next(n for n, piece in enumerate(runs) if piece.kind is LineKind.TAG)
    heads_above = any(piece.kind is LineKind.HEAD for piece in runs[:first_tag])
    return (runs[index].is_attached and apart) or ("title" not in names and not heads_above)


def _is_attached_head(run: LineRun) -> bool:
    return run.kind is LineKind.HEAD and run.is_attached and run.name != "title"


def _has_field(card: Card, name: str) -> bool:
    return any(piece.name == name for piece in card)


def _build_record(lines: Sequence[str], card: Card) -> Record:
    fields = tuple(_build_field(lines, piece) for piece in _join_paragraphs(card))
    return Record("case-study", "", Span(card[0].first + 1, card[-1].last + 1), fields)


def _join_paragraphs(card: Card) -> Iterator[LineRun]:
    """Yield the runs, with consecutive paragraphs joined into one."""
    held: LineRun | None = None
    for piece in card:
        if held and held.kind is LineKind.LOOSE is piece.kind:
            held = replace(held, last=piece.last)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _build_field(lines: Sequence[str], run: LineRun) -> Field:
    first, *rest = lines[run.first : run.last + 1]
    text = "\n".join([first[run.column :], *rest]).rstrip()
    span = Span(run.first + 1, run.last + 1, run.column + 1)
    return Field(
        run.name, text, span, Rule.TAG_LINE if run.kind is LineKind.TAG else Rule.AS_WRITTEN
    )


def _report_empty_document(source: SourceFile, cards: Sequence[Card]) -> Iterator[Finding]:
    if not cards:
        yield source.build_warning(
            "empty-document", "the file holds no text; fill it or delete it."
        )


def _check_tag_lines(source: SourceFile, card: Card, card_label: str) -> Iterator[Finding]:
    """Yield a warning for each tag line that is missing, empty or repeated."""
    start = card[0].first + 1
    for name, label in LABEL_BY_TAG_FIELD.items():
        found = [piece for piece in card if piece.name == name]
        if not found:
            message = f"{card_label} has no “{label}:” line; add it if the source has one."
            yield source.build_warning("missing-tag-line", message, start)
        for piece in found:
            if not _build_field(source.lines, piece).text:
                message = f"the “{label}:” line of {card_label} is empty; fill it or delete it."
                yield source.build_warning("empty-tag-line", message, piece.first + 1)
        for piece in found[1:]:
            message = (
                f"{card_label} has a “{label}:” line already, at line {found[0].first + 1}; "
                "both are "
                "kept: make them one, or put a new card's text above this one."
            )
            yield source.build_warning("duplicate-tag-line", message, piece.first + 1)
