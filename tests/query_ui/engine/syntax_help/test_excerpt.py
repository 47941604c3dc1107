"""The caret stands under the place, whatever the line holds."""

import pytest

from query_ui.engine.syntax_help.excerpt import format_excerpt


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        ("ASK { x }", 7, "ASK { x }\n      ^"),
        ("ASK {", 6, "ASK {\n     ^"),
        ("\tx y", 4, "    x y\n      ^"),
        ("'語' x", 5, "'語' x\n     ^"),
        ("'e\u0301' x", 6, "'e\u0301' x\n    ^"),
        ("a\x1b[31mb", 3, "a␛[31mb\n  ^"),
        ("a\x00b", 3, "a␀b\n  ^"),
        ("a\u202eb\u200bc", 5, "a�b�c\n    ^"),
        ("a\xa0b", 2, "a b\n ^"),
        ("x" * 80, 75, "x" * 80 + "\n" + " " * 74 + "^"),
        ("", 1, ""),
        ("  ", 1, ""),
    ],
)
def test_the_line_and_its_caret(line: str, column: int, shown: str) -> None:
    assert format_excerpt(line, column) == shown


def test_a_long_line_is_cut_on_both_sides() -> None:
    line = "".join(f"{number:04} " for number in range(1000))
    text, caret = format_excerpt(line, 2501).split("\n")
    assert (len(text), text[0], text[-1]) == (82, "…", "…")
    assert text[caret.index("^") :].startswith("0500 ")
    text, caret = format_excerpt(line, 1).split("\n")
    assert (caret, text[-1]) == ("^", "…")
    text, caret = format_excerpt(line, 5000).split("\n")
    assert (text[0], text[caret.index("^") - 1]) == ("…", "9")
