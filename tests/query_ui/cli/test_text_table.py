"""Tables in a terminal: nothing is cut, and nothing steers the terminal."""

from pyoxigraph import BlankNode, Literal, NamedNode

from query_ui.cli.text_table import escape_control_characters, format_text_table, shorten_term

PREFIXES = {"e": "https://example.org/", "c": "https://example.org/concept/"}


def test_terms_are_short_and_readable() -> None:
    assert (
        shorten_term(NamedNode("https://example.org/concept/wellbeing"), PREFIXES) == "c:wellbeing"
    )
    assert shorten_term(NamedNode("https://example.org/a"), PREFIXES) == "e:a"
    assert shorten_term(NamedNode("https://example.com/a"), PREFIXES) == "https://example.com/a"
    assert shorten_term(Literal("Lles", language="cy"), PREFIXES) == "Lles"
    assert shorten_term(BlankNode("b1"), PREFIXES) == "_:b1"
    assert shorten_term(None, PREFIXES) == ""


def test_a_table_fits_the_width_and_keeps_every_letter() -> None:
    cell = "".join(chr(ord("a") + n % 26) for n in range(200))
    table = format_text_table(("name", "text"), [("[bold]", cell)], 40)
    lines = table.splitlines()
    assert lines[1] == f"{'─' * 6}  {'─' * 32}"
    assert max(map(len, lines)) == 40
    assert "".join(line[8:] for line in lines[2:]) == cell
    assert lines[2].startswith("[bold]  abc")


def test_cells_are_broken_at_spaces_and_line_breaks() -> None:
    table = format_text_table(("a", "b"), [("1", "one two three\nfour"), ("2", "x")], 12)
    assert table.splitlines() == [
        "a  b",
        "─  ─────────",
        "1  one two",
        "   three",
        "   four",
        "2  x",
    ]


def test_wide_and_accented_letters_count_as_the_terminal_shows_them() -> None:
    table = format_text_table(("a", "b"), [("漢字", "x"), ("e\u0301", "y")], 80)
    assert table.splitlines() == ["a     b", "────  ─", "漢字  x", "e\u0301     y"]
    assert format_text_table(("a",), [("漢字漢字",)], 5).splitlines()[2:] == ["漢字", "漢字"]


def test_without_a_terminal_rows_stay_on_one_line() -> None:
    table = format_text_table(("a", "b"), [("x" * 300, "y")], None)
    assert table.splitlines()[2] == f"{'x' * 300}  y"


def test_no_rows_give_the_names_of_the_columns() -> None:
    assert format_text_table(("a", "long name"), [], 80) == "a  long name\n─  ─────────\n"


def test_control_characters_are_shown_not_obeyed() -> None:
    assert (
        escape_control_characters("a\x1b[31mb\x07\u202e\t") == "a\\u001b[31mb\\u0007\\u202e\\u0009"
    )
    assert escape_control_characters("é — 漢\n") == "é — 漢\n"
