"""Paths into JSON, as ``names[types=label].value``: names, and choices among the items of lists."""

import re
from collections.abc import Sequence
from typing import Any

_STEP = re.compile(r"([^.\[\]]+)(?:\[([^=\]]+)=([^\]]*)\])?")


def resolve_json_path(value: Any, path: str) -> Sequence[Any]:
    """Everything at a path, lists on the way taken item by item; [] where nothing is.

    ``name[key=text]`` takes the items whose ``key`` is the text, or a list with the text in it.
    """
    found = [value]
    for name, key, text in _STEP.findall(path):
        inner = [one.get(name) for one in found if isinstance(one, dict)]
        found = [item for one in inner for item in (one if isinstance(one, list) else [one])]
        if key:
            found = [one for one in found if isinstance(one, dict) and has_text(one.get(key), text)]
    return [one for one in found if one is not None]


def has_text(value: Any, text: str) -> bool:
    """Whether a value is a text, or holds it."""
    return text in value if isinstance(value, list) else value == text
