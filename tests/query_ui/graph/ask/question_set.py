"""The questions in words by which the ranking of saved queries is scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from loader.queries.header import YAML_LOADER

QUESTION_FILE = Path(__file__).parent / "questions.yaml"


@dataclass(frozen=True, slots=True)
class ScoredQuestion:
    """A question with the query that answers it, or "", and the values that its words give.

    ``is_kept`` is true in the half by which nothing was tuned.
    """

    text: str
    query: str
    values: Mapping[str, tuple[str, ...]]
    is_kept: bool


def load_seed() -> int:
    """Return the seed by which the kept half is drawn."""
    return int(_load()["seed"])


def load_questions() -> list[ScoredQuestion]:
    """Return all questions, in the order of the file."""
    return [
        ScoredQuestion(
            one["question"],
            one["query"] or "",
            {name: tuple(found) for name, found in one.get("parameters", {}).items()},
            one["half"] == "kept",
        )
        for one in _load()["questions"]
    ]


def _load() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(QUESTION_FILE.read_bytes(), YAML_LOADER)
    return content
