"""The line at fault with a caret under the place, for a font in which all letters are as wide."""

import unicodedata

_WIDTH = 80
_TAB = "    "
_WIDE_CLASSES = ("W", "F")
_INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def format_excerpt(line: str, column: int) -> str:
    """Return ``line`` with a caret under ``column`` (from 1); "" for an empty line.

    A long line is cut to about 80 columns around the place, with … where something is left out.
    Tabs become four spaces, other control characters and invisible ones their sign or �, so that a
    terminal shows the line and does nothing else.
    """
    if not line.strip():
        return ""
    centred = max(0, min(column - 1, len(line)) - _WIDTH // 2)
    first = centred if len(line) > _WIDTH else 0
    shown = line[first : first + _WIDTH]
    before = "…" if first else ""
    after = "…" if first + _WIDTH < len(line) else ""
    left = "".join(map(_make_visible, shown[: column - 1 - first]))
    text = "".join(map(_make_visible, shown))
    return f"{before}{text}{after}\n{' ' * (len(before) + _count_terminal_columns(left))}^"


def _make_visible(character: str) -> str:
    """Return a character as it may be printed."""
    if character == "\t":
        return _TAB
    if ord(character) < 0x20:
        return chr(0x2400 + ord(character))
    if character == "\xa0":
        return " "
    return "\ufffd" if unicodedata.category(character) in _INVISIBLE_CATEGORIES else character


def _count_terminal_columns(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes."""
    marks = ("Mn", "Me")
    return sum(
        0
        if unicodedata.category(c) in marks
        else 1 + (unicodedata.east_asian_width(c) in _WIDE_CLASSES)
        for c in text
    )
