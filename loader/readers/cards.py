"""Summary cards: several case studies in one plain text, each of prose and a block of tag lines.

A line is blank, a tag line (``Beneficiaries:`` …), a head line (``Title:`` ``Institution:``
``Source:``) or loose text. A card is its prose, its head lines and its tag lines; it ends where,
after a tag line, something begins that belongs to the next card:

- **Loose text after a blank line** is the prose of the next card.
- **Loose text directly under a tag line** is the wrapped rest of that line or, where the blank line
  is missing, the prose of the next card. Prose is known by words that tag terms do without: an
  article, a pronoun, an auxiliary verb. It begins at the first line that holds one or, should that
  line begin with a small letter, at the last line before it that does not. Where the tag lines that
  follow are ones that the card has already, a card must have begun in between: then a full stop at
  the end of a line is enough to make it prose and, if two or more come again, the last line is
  prose for want of better. In every other doubt the line is a continuation, because what no scheme
  knows in a tag line is kept and reported, while a term lost in prose would go unnoticed.
- **Head lines after a tag line** are the finished card's if it has none of their names and they end
  the file, or stand directly under its tag lines and apart from what follows, or (no title among
  them) the file's first card has no head line above its tags. Else they begin the next card.
- A second ``Title:`` begins a card even where the first card has no tag lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import takewhile

from loader.document import Document, Field, Record, Rule, Span
from loader.errors import Finding
from loader.readers.source import Source

TAGS = {
    "beneficiaries": "Beneficiaries",
    "stakeholders": "Stakeholders",
    "principles": "Concordat principles",
    "keywords": "Keywords",
}
"""The tag lines: the name of the field and the label that the source prints."""

LABELS = {
    **{label.casefold(): name for name, label in TAGS.items()},
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

LABEL = re.compile(
    r"\s*(\*\*|__)?(?P<label>[^\W\d_][\w ()\t\u00a0]{0,40}?)\s*(?:\*\*|__)?:(?:\*\*|__)?\s*"
)

_WORDS = (
    "a an the this these those that it its we our us they their them he she his her you your who "
    "which is are was were be been has have had will would can could may might must should do does"
)
PROSE = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(f"[{w[0]}{w[0].upper()}]{w[1:]}" for w in _WORDS.split())
    + r")(?![\w-])"
)
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s*$")


class Kind(Enum):
    """What a run of lines is."""

    TAG = "tag line"
    HEAD = "head line"
    LOOSE = "loose text"


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines ``first`` to ``last`` (counted from 0), whose text begins at ``column`` of the first.

    ``attached`` is true where no blank line stands between it and the piece before.
    """

    kind: Kind
    name: str
    first: int
    last: int
    column: int
    attached: bool


Card = list[Piece]


def holds_cards(source: Source) -> bool:
    """Whether the file has a tag line, so that it is a file of cards and no article."""
    return any(label_of(line)[0] in TAGS for line in source.lines)


def read(source: Source) -> Document:
    """The cards as records of kind ``case-study``, each line of the file in one of their fields.

    Fields: ``abstract`` (the paragraphs, blank lines inside), ``title``, ``institution``,
    ``source``, and for each tag line one field of rule ``TAG_LINE`` named as in ``TAGS``.
    DataError if the file is not UTF-8.
    """
    cards = _cards(source.lines)
    findings = [*source.control_characters(), *_empty(source, cards)]
    for number, card in enumerate(cards, 1):
        findings += _complaints(source, card, f"card {number}")
    return Document(
        path=source.path,
        name=source.name,
        sha256=source.sha256,
        lines=len(source.lines),
        reader="cards",
        records=tuple(_record(source.lines, card) for card in cards),
        findings=tuple(sorted(findings)),
    )


def label_of(line: str) -> tuple[str, int]:
    """The field that the label of ``line`` names ("" if it has none), and where its text begins."""
    found = LABEL.match(line)
    if not found:
        return "", 0
    name = LABELS.get(" ".join(found["label"].split()).casefold(), "")
    return name, found.end() if name else 0


def _pieces(lines: Sequence[str]) -> Iterator[Piece]:
    """The labelled lines one by one, and the loose lines in runs without a blank line."""
    loose: Piece | None = None
    for number, line in enumerate(lines):
        name, column = label_of(line)
        attached = number > 0 and bool(lines[number - 1].strip())
        if loose and (name or not attached or not line.strip()):
            yield loose
            loose = None
        if name:
            kind = Kind.TAG if name in TAGS else Kind.HEAD
            yield Piece(kind, name, number, number, column, attached)
        elif loose:
            loose = replace(loose, last=number)
        elif line.strip():
            indent = len(line) - len(line.lstrip())
            loose = Piece(Kind.LOOSE, "abstract", number, number, indent, attached)
    if loose:
        yield loose


def _cards(lines: Sequence[str]) -> list[Card]:
    pieces = list(_pieces(lines))
    cards: list[Card] = [[]]
    for at, piece in enumerate(pieces):
        card = cards[-1]
        if piece.kind is Kind.LOOSE and piece.attached and card and card[-1].kind is Kind.TAG:
            run = lines[piece.first : piece.last + 1]
            cut = piece.first + _prose_at(run, _again(card, pieces, at + 1))
            card[-1] = replace(card[-1], last=cut - 1)
            if cut <= piece.last:
                indent = len(lines[cut]) - len(lines[cut].lstrip())
                cards.append([replace(piece, first=cut, column=indent)])
        elif _begins(card, pieces, at):
            cards.append([piece])
        else:
            card.append(piece)
    return cards if pieces else []


def _again(card: Card, pieces: Sequence[Piece], at: int) -> int:
    """How many of the tag lines from ``at`` on the card has already."""
    following = map(pieces.__getitem__, range(at, len(pieces)))
    tags = takewhile(lambda piece: piece.kind is Kind.TAG, following)
    return sum(_has(card, piece.name) for piece in tags)


def _prose_at(run: Sequence[str], again: int) -> int:
    """The line of ``run`` where the next card's prose begins; its length if it is none at all."""
    for at, line in enumerate(run):
        if PROSE.search(line) or (again and SENTENCE_END.search(line)):
            start = _sentence_start(run, at)
            if start is not None:
                return start
    if again > 1:
        return _sentence_start(run, len(run) - 1) or 0
    return len(run)


def _sentence_start(run: Sequence[str], at: int) -> int | None:
    """The last line up to ``at`` that does not begin with a small letter."""
    return next((n for n in range(at, -1, -1) if not run[n].lstrip()[0].islower()), None)


def _begins(card: Card, pieces: Sequence[Piece], at: int) -> bool:
    """Whether the piece, no continuation, begins a card after ``card``."""
    piece = pieces[at]
    tagged = any(known.kind is Kind.TAG for known in card)
    if piece.kind is Kind.LOOSE:
        return tagged
    if piece.kind is Kind.TAG:
        return False
    if not tagged:
        return piece.name == "title" and _has(card, "title")
    return not _finishes(card, pieces, at)


def _finishes(card: Card, pieces: Sequence[Piece], at: int) -> bool:
    """Whether the head lines from ``at`` on belong to ``card``, which has its tag lines."""
    end = at + 1
    while end < len(pieces) and _goes_on(pieces[end]):
        end += 1
    names = [piece.name for piece in pieces[at:end]]
    if any(_has(card, name) for name in names):
        return False
    if end == len(pieces):
        return True
    after = pieces[end]
    apart = not _has(card, after.name) if after.kind is Kind.TAG else not after.attached
    first_tag = next(n for n, piece in enumerate(pieces) if piece.kind is Kind.TAG)
    heads_above = any(piece.kind is Kind.HEAD for piece in pieces[:first_tag])
    return (pieces[at].attached and apart) or ("title" not in names and not heads_above)


def _goes_on(piece: Piece) -> bool:
    return piece.kind is Kind.HEAD and piece.attached and piece.name != "title"


def _has(card: Card, name: str) -> bool:
    return any(piece.name == name for piece in card)


def _record(lines: Sequence[str], card: Card) -> Record:
    fields = tuple(_field(lines, piece) for piece in _joined(card))
    return Record("case-study", "", Span(card[0].first + 1, card[-1].last + 1), fields)


def _joined(card: Card) -> Iterator[Piece]:
    """The pieces, paragraphs that follow each other made one."""
    held: Piece | None = None
    for piece in card:
        if held and held.kind is Kind.LOOSE is piece.kind:
            held = replace(held, last=piece.last)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _field(lines: Sequence[str], piece: Piece) -> Field:
    first, *rest = lines[piece.first : piece.last + 1]
    text = "\n".join([first[piece.column :], *rest]).rstrip()
    span = Span(piece.first + 1, piece.last + 1, piece.column + 1)
    return Field(
        piece.name, text, span, Rule.TAG_LINE if piece.kind is Kind.TAG else Rule.AS_WRITTEN
    )


def _empty(source: Source, cards: Sequence[Card]) -> Iterator[Finding]:
    if not cards:
        yield source.finding("empty-document", "the file holds no text; fill it or delete it.")


def _complaints(source: Source, card: Card, which: str) -> Iterator[Finding]:
    """A warning for each tag line that is missing, empty or there twice."""
    start = card[0].first + 1
    for name, label in TAGS.items():
        found = [piece for piece in card if piece.name == name]
        if not found:
            message = f"{which} has no “{label}:” line; add it if the source has one."
            yield source.finding("missing-tag-line", message, start)
        for piece in found:
            if not _field(source.lines, piece).text:
                message = f"the “{label}:” line of {which} is empty; fill it or delete it."
                yield source.finding("empty-tag-line", message, piece.first + 1)
        for piece in found[1:]:
            message = (
                f"{which} has a “{label}:” line already, at line {found[0].first + 1}; both are "
                "kept: make them one, or put a new card's text above this one."
            )
            yield source.finding("duplicate-tag-line", message, piece.first + 1)
