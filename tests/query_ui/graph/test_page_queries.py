"""The texts of page queries: what is asked and what a visitor sees."""

from query_ui.graph.page_queries import set_page, strip_annotations


def test_bare_leaves_the_question_alone() -> None:
    text = (
        "#+ title: T\n#+ summary: S\nSELECT * WHERE {\n"
        "  VALUES ?a { <x:a> }  #+ label: A; choices: keywords\n"
        '  ?a ?b "kept #+ kept"  # kept\n}\n\n'
    )
    assert strip_annotations(text) == (
        'SELECT * WHERE {\n  VALUES ?a { <x:a> }\n  ?a ?b "kept #+ kept"  # kept\n}\n'
    )


def test_window_moves_the_last_limit_alone() -> None:
    inner = "SELECT * { { SELECT * {} LIMIT 5\nOFFSET 0 } }\n"
    assert set_page(f"{inner}LIMIT 50\nOFFSET 0\n", 3) == f"{inner}LIMIT 50\nOFFSET 100\n"
    assert set_page(inner, 3) == inner
    assert set_page("SELECT * {} LIMIT 1\n", 2) == "SELECT * {} LIMIT 1\n"
