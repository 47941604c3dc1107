"""The tasks are forty, and the file that each asks for is there."""

from tests.finding.tasks import Task, list_new_misses, list_old_misses, read_tasks
from tests.rooms import PROJECT


def test_there_are_forty_different_tasks() -> None:
    assert len({task.task for task in read_tasks()}) == len(read_tasks()) == 40


def test_every_file_is_there() -> None:
    assert [task for task in read_tasks() if not (PROJECT / task.new_file).is_file()] == []


def test_an_answer_is_right_only_with_the_very_file() -> None:
    right = Task("writes the sitemap", "web/a.py", "web/a.py", "site/b.py", "site/b.py")
    wrong = Task("adds CORS headers", "web/c.py", "web/a.py", "http/d.py", "http/headers.py")
    assert list_old_misses([right, wrong]) == [wrong]
    assert list_new_misses([right, wrong]) == [wrong]
