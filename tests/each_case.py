"""Check many cases in one test, and report every one that is wrong.

A parametrised test costs a millisecond or two for each case besides the check itself: it is
collected in each process of a run, and reported three times. Where hundreds of files or rows obey
one rule, that is more than the check.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

Case = TypeVar("Case")


def check_each(
    cases: Iterable[Case], check: Callable[[Case], None], name: Callable[[Case], object] = str
) -> None:
    """Check every case, also after one was wrong; fail where one is wrong or there is none.

    The error is a group: one error for each wrong case, with the case's name as its note.
    """
    wrong: list[BaseException] = []
    listed = list(cases)
    for case in listed:
        try:
            check(case)
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(f"The case: {name(case)}")
            wrong.append(error)
    assert listed, "there is no case to check"
    if wrong:
        raise BaseExceptionGroup(f"{len(wrong)} of {len(listed)} cases are wrong", wrong)
