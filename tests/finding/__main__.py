"""Print how many of the tasks were answered with the right file: ``python -m tests.finding``.

Another file with the same columns can be given as the argument.
"""

import sys
from pathlib import Path

from tests.finding.tasks import TASKS, list_new_misses, list_old_misses, read_tasks


def main(arguments: list[str]) -> None:
    """Print both scores, and each miss with the file that was named instead."""
    tasks = read_tasks(Path(arguments[0]) if arguments else TASKS)
    old, new = list_old_misses(tasks), list_new_misses(tasks)
    print(f"old list: {len(tasks) - len(old)} of {len(tasks)}")
    for task in old:
        print(f"  {task.task}: {task.old_file}, not {task.old_answer}")
    print(f"new list: {len(tasks) - len(new)} of {len(tasks)}")
    for task in new:
        print(f"  {task.task}: {task.new_file}, not {task.new_answer}")


if __name__ == "__main__":
    main(sys.argv[1:])
