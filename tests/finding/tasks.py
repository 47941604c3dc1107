"""Read the tasks and score the answers."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TASKS = Path(__file__).with_name("tasks.tsv")


@dataclass(frozen=True, slots=True)
class Task:
    """One task, with the right file and the answer before and after the code moved to rooms."""

    task: str
    old_file: str
    old_answer: str
    new_file: str
    new_answer: str


def read_tasks(path: Path = TASKS) -> list[Task]:
    """Return the tasks of a TSV file with the columns of ``Task``."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Task(**row) for row in csv.DictReader(file, delimiter="\t")]


def list_old_misses(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks whose file was not named from the old list."""
    return [task for task in tasks if task.old_answer != task.old_file]


def list_new_misses(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks whose file was not named from the new list."""
    return [task for task in tasks if task.new_answer != task.new_file]
