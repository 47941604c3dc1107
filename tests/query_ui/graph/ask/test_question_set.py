"""The set of questions: its size, and the draw of the half by which nothing was tuned."""

import random

from tests.query_ui.graph.ask.question_set import load_questions, load_seed


def test_a_third_of_the_questions_has_no_query() -> None:
    questions = load_questions()
    assert len(questions) == len({one.text for one in questions}) == 120
    assert sum(not one.query for one in questions) == 40


def test_the_kept_half_is_drawn_by_the_seed() -> None:
    questions = load_questions()
    draw = random.Random(load_seed())
    drawn: set[str] = set()
    for has_query in (True, False):
        group = [one.text for one in questions if bool(one.query) == has_query]
        drawn.update(draw.sample(group, len(group) // 2))
    assert {one.text for one in questions if one.is_kept} == drawn
