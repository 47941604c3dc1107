"""Detection of JSON-LD content that its processing algorithm drops without notice."""

import json
import re
from collections.abc import Iterator
from typing import Any

from loader.errors import Finding
from loader.readers.source import SourceFile

UNCHECKED_FEATURES = re.compile(r'"@(?:vocab|container|json|base|import|prefix|reverse|nest)"')
"""Features by which a key or an address may be valid although no context defines it visibly."""


def find_dropped_keys(source: SourceFile) -> Iterator[Finding]:
    """Yield a warning for each key that no context defines, and each relative ``@id``.

    JSON-LD leaves such keys out (https://www.w3.org/TR/json-ld11-api/#expansion-algorithm, 13.3).
    Files that use ``UNCHECKED_FEATURES`` are not checked.
    """
    if UNCHECKED_FEATURES.search(source.text):
        return
    try:
        document = json.loads(source.text)
    except (ValueError, RecursionError):
        return
    objects = list(_iterate_objects(document))
    known = {key for item in objects for key in _list_defined_keys(item.get("@context"))}
    seen: set[str] = set()
    for item in objects:
        for key, value in item.items():
            if key not in known and _is_relative(key):
                message = (
                    f"no @context defines the key “{key}”, so JSON-LD drops it with its "
                    "value; define it."
                )
                yield from _report_once(source, seen, key, message, "jsonld-key-dropped")
            elif key == "@id" and isinstance(value, str) and _is_relative(value):
                message = (
                    f"the @id “{value}” is no whole address, so JSON-LD drops it; complete it."
                )
                yield from _report_once(source, seen, value, message, "jsonld-id-dropped")


def _iterate_objects(document: Any) -> Iterator[dict[str, Any]]:
    """Yield every object outside contexts and literal values."""
    waiting = [document]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict) and "@value" not in item:
            yield item
            waiting.extend(reversed([v for k, v in item.items() if k != "@context"]))


def _list_defined_keys(context: Any) -> Iterator[str]:
    if isinstance(context, list):
        for item in context:
            yield from _list_defined_keys(item)
    elif isinstance(context, dict):
        yield from context


def _is_relative(name: str) -> bool:
    return ":" not in name and not name.startswith("@")


def _report_once(
    source: SourceFile, reported: set[str], text: str, message: str, code: str
) -> Iterator[Finding]:
    if text not in reported:
        reported.add(text)
        quoted = json.dumps(text, ensure_ascii=False)
        at = source.text.find(quoted)
        line = source.text.count("\n", 0, at) + 1 if at >= 0 else 0
        yield source.build_warning(code, message, line)
