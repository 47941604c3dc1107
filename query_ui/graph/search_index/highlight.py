"""Texts with the words that were found in them set apart, for a page to mark."""

import re
from typing import TypeAlias

from loader.release.search_index.text_folding import fold

OPEN, CLOSE = "\ue000", "\ue001"
"""Private characters that stand around what was found, until the page puts tags there."""
Marked: TypeAlias = tuple[tuple[str, bool], ...]
"""Pieces of a text, each with whether it was found."""


def pieces(text: str) -> Marked:
    """The pieces of a text in which OPEN and CLOSE stand around what was found."""
    found = []
    inside = False
    for piece in re.split(f"([{OPEN}{CLOSE}])", text):
        if piece in (OPEN, CLOSE):
            inside = piece == OPEN
        elif piece:
            found.append((piece, inside))
    return tuple(found)


def plain(marked: Marked) -> str:
    """The text itself."""
    return "".join(piece for piece, _ in marked)


def within(text: str, part: str) -> Marked:
    """A text in which a part is set apart wherever it stands, inside words too."""
    if len(fold(text)) != len(text) or not part:
        return ((text, False),)
    found = []
    last = 0
    for place in re.finditer(re.escape(fold(part)), fold(text)):
        found += [(text[last : place.start()], False), (text[place.start() : place.end()], True)]
        last = place.end()
    found.append((text[last:], False))
    return tuple(piece for piece in found if piece[0])
