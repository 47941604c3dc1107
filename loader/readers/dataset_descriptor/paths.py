"""Paths into JSON, as ``names[types=label].value``: keys, and filters on the items of lists."""

import re
from collections.abc import Sequence
from typing import Any

_STEP = re.compile(r"([^.\[\]]+)(?:\[([^=\]]+)=([^\]]*)\])?")


def resolve_json_path(value: Any, path: str) -> Sequence[Any]:
    """Return every value at a path, through the items of lists; [] where there is none.

    ``name[key=text]`` selects the items whose ``key`` is the text, or a list that contains it.
    """
    found = [value]
    for name, key, text in _STEP.findall(path):
        inner = [one.get(name) for one in found if isinstance(one, dict)]
        found = [item for one in inner for item in (one if isinstance(one, list) else [one])]
        if key:
            found = [one for one in found if isinstance(one, dict) and has_text(one.get(key), text)]
    return [one for one in found if one is not None]


def has_text(value: Any, text: str) -> bool:
    """Return whether a value is ``text``, or a list that contains it."""
    return text in value if isinstance(value, list) else value == text
