"""The values that a person gives to a saved query in a form or an address."""

from collections.abc import Mapping, Sequence

from loader.binding import bind, terms

__all__ = ["bind", "filled", "terms"]


def filled(values: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What an HTML form sent, without the fields that were left empty."""
    kept = {name: [text for text in texts if text.strip()] for name, texts in values.items()}
    return {name: texts for name, texts in kept.items() if texts}
