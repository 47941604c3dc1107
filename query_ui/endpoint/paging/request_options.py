"""What a request to a saved query may say besides the values of its parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loader.errors import UsageError
from query_ui.endpoint.paging.page_range import LARGEST, SIZE, Window, whole_number
from query_ui.endpoint.protocol_request import seconds_of

RESERVED = ("format", "labels", "page", "size", "timeout")
"""Names that no parameter of a saved query may have."""


@dataclass(frozen=True, slots=True)
class Options:
    """``format`` is the name of a format, "html" or ""; ``window`` is None for all rows."""

    format: str = ""
    labels: bool = False
    window: Window | None = None
    seconds: float | None = None


def options_of(fields: Mapping[str, Sequence[str]]) -> Options:
    """The options among the fields of a request; UsageError for one that cannot be.

    A field that a form sent empty says nothing.
    """
    given = {name: _only(name, fields[name]) for name in RESERVED if name in fields}
    given = {name: text for name, text in given.items() if text}
    labels = given.get("labels", "off")
    if labels not in ("on", "off"):
        raise UsageError(f"labels is “{labels}”: it can be on or off.")
    window = None
    if "page" in given or "size" in given:
        page = whole_number("page", given.get("page", "1"))
        window = Window(page, whole_number("size", given.get("size", str(SIZE)), LARGEST))
    seconds = seconds_of(given["timeout"]) if "timeout" in given else None
    return Options(given.get("format", ""), labels == "on", window, seconds)


def without_options(fields: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The fields that are left for the parameters of the query."""
    return {name: texts for name, texts in fields.items() if name not in RESERVED}


def _only(name: str, texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise UsageError(f"{name} is given {len(texts)} times: give it once.")
    return texts[0].strip()
