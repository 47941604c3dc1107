"""Texts split into matching and other pieces, for a page to highlight."""

import re
from typing import TypeAlias

from loader.release.search_index.text_folding import fold_text

HIGHLIGHT_START, HIGHLIGHT_END = "\ue000", "\ue001"
"""Private-use characters around a match, which cannot occur in a text as markup could."""
HighlightedText: TypeAlias = tuple[tuple[str, bool], ...]
"""The pieces of a text, each with whether it is a match."""


def parse_highlights(text: str) -> HighlightedText:
    """Split a text at ``HIGHLIGHT_START`` and ``HIGHLIGHT_END``, which enclose each match."""
    found = []
    inside = False
    for piece in re.split(f"([{HIGHLIGHT_START}{HIGHLIGHT_END}])", text):
        if piece in (HIGHLIGHT_START, HIGHLIGHT_END):
            inside = piece == HIGHLIGHT_START
        elif piece:
            found.append((piece, inside))
    return tuple(found)


def strip_highlights(highlighted: HighlightedText) -> str:
    """Return the text without highlights."""
    return "".join(piece for piece, _ in highlighted)


def split_highlights(highlighted: HighlightedText, separator: str) -> list[HighlightedText]:
    """Return the parts of a text between separators, none of which is in a match."""
    parts: list[list[tuple[str, bool]]] = [[]]
    for piece, is_match in highlighted:
        first, *others = [piece] if is_match else piece.split(separator)
        for number, text in enumerate((first, *others)):
            if number:
                parts.append([])
            if text:
                parts[-1].append((text, is_match))
    return [tuple(part) for part in parts]


def highlight_part(text: str, part: str) -> HighlightedText:
    """Highlight each occurrence of a part of a text, also in words, without regard to accents."""
    # Where folding changes the length, positions in the folded text do not apply to the text.
    if len(fold_text(text)) != len(text) or not part:
        return ((text, False),)
    found = []
    last = 0
    for place in re.finditer(re.escape(fold_text(part)), fold_text(text)):
        found += [(text[last : place.start()], False), (text[place.start() : place.end()], True)]
        last = place.end()
    found.append((text[last:], False))
    return tuple(piece for piece in found if piece[0])
