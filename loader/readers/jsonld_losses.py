"""What a JSON-LD file holds that its own rules drop without a word."""

import json
import re
from collections.abc import Iterator
from typing import Any

from loader.errors import Finding
from loader.readers.source import Source

UNJUDGED = re.compile(r'"@(?:vocab|container|json|base|import|prefix|reverse|nest)"')
"""Features with which a key or an address may count although nothing defines it in plain sight."""


def losses(source: Source) -> Iterator[Finding]:
    """A warning for each key that no context defines, and each ``@id`` that is no whole address.

    JSON-LD leaves such keys out (https://www.w3.org/TR/json-ld11-api/#expansion-algorithm, 13.3).
    Nothing is said of a file that uses features which make that hard to tell.
    """
    if UNJUDGED.search(source.text):
        return
    try:
        document = json.loads(source.text)
    except (ValueError, RecursionError):
        return
    objects = list(_objects(document))
    known = {key for item in objects for key in _defined(item.get("@context"))}
    seen: set[str] = set()
    for item in objects:
        for key, value in item.items():
            if key not in known and _relative(key):
                message = (
                    f"no @context defines the key “{key}”, so JSON-LD drops it with its "
                    "value; define it."
                )
                yield from _once(source, seen, key, message, "jsonld-key-dropped")
            elif key == "@id" and isinstance(value, str) and _relative(value):
                message = (
                    f"the @id “{value}” is no whole address, so JSON-LD drops it; complete it."
                )
                yield from _once(source, seen, value, message, "jsonld-id-dropped")


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    """Every object outside contexts and literal values."""
    waiting = [document]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict) and "@value" not in item:
            yield item
            waiting.extend(reversed([v for k, v in item.items() if k != "@context"]))


def _defined(context: Any) -> Iterator[str]:
    if isinstance(context, list):
        for item in context:
            yield from _defined(item)
    elif isinstance(context, dict):
        yield from context


def _relative(name: str) -> bool:
    return ":" not in name and not name.startswith("@")


def _once(source: Source, seen: set[str], text: str, message: str, code: str) -> Iterator[Finding]:
    if text not in seen:
        seen.add(text)
        quoted = json.dumps(text, ensure_ascii=False)
        at = source.text.find(quoted)
        line = source.text.count("\n", 0, at) + 1 if at >= 0 else 0
        yield source.finding(code, message, line)
