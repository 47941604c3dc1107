"""Many cases in one test: each is checked, and each wrong one is reported by its name."""

import pytest

from tests.each_case import check_each


def test_every_wrong_case_is_reported_and_those_after_it_are_checked() -> None:
    seen = []

    def is_even(number: int) -> None:
        seen.append(number)
        if number == 5:
            pytest.fail("five is refused")
        assert number % 2 == 0

    with pytest.raises(BaseExceptionGroup, match="2 of 4 cases are wrong") as caught:
        check_each([2, 3, 4, 5], is_even, name=lambda number: f"number {number}")
    assert seen == [2, 3, 4, 5]
    assert [error.__notes__ for error in caught.value.exceptions] == [
        ["The case: number 3"],
        ["The case: number 5"],
    ]


def test_cases_that_are_all_right_pass() -> None:
    check_each(["a", "b"], lambda text: None)


def test_no_case_at_all_is_wrong() -> None:
    with pytest.raises(AssertionError, match="no case"):
        check_each([], lambda text: None)


def test_a_case_that_cannot_be_tested_skips_the_test() -> None:
    with pytest.raises(pytest.skip.Exception):
        check_each([1], lambda number: pytest.skip("nothing to test"))
