"""Texts with the words that were found in them set apart, for a page to mark."""

import re
from typing import TypeAlias

from loader.release.search_index.text_folding import fold_text

HIGHLIGHT_START, HIGHLIGHT_END = "\ue000", "\ue001"
"""Private characters that stand around what was found, until the page puts tags there."""
HighlightedText: TypeAlias = tuple[tuple[str, bool], ...]
"""Pieces of a text, each with whether it was found."""


def parse_highlights(text: str) -> HighlightedText:
    """The pieces of a text in which OPEN and CLOSE stand around what was found."""
    found = []
    inside = False
    for piece in re.split(f"([{HIGHLIGHT_START}{HIGHLIGHT_END}])", text):
        if piece in (HIGHLIGHT_START, HIGHLIGHT_END):
            inside = piece == HIGHLIGHT_START
        elif piece:
            found.append((piece, inside))
    return tuple(found)


def strip_highlights(highlighted: HighlightedText) -> str:
    """The text itself."""
    return "".join(piece for piece, _ in highlighted)


def highlight_part(text: str, part: str) -> HighlightedText:
    """A text in which a part is set apart wherever it stands, inside words too."""
    if len(fold_text(text)) != len(text) or not part:
        return ((text, False),)
    found = []
    last = 0
    for place in re.finditer(re.escape(fold_text(part)), fold_text(text)):
        found += [(text[last : place.start()], False), (text[place.start() : place.end()], True)]
        last = place.end()
    found.append((text[last:], False))
    return tuple(piece for piece in found if piece[0])
