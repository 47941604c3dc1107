"""Writes a mapping set as TSV, which spreadsheets open."""

import json
import re
from collections.abc import Iterable, Mapping

from loader.readers.sssom import ADDRESSES, COLUMNS, PREFIXES

VERSION = "1.1"
"""The version of SSSOM, the first with subjects that are texts."""


def write_mapping_set(about: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> str:
    """The text of a mapping set: the head, the columns that are used, the rows in their order.

    Addresses are written in short form; a tab or a line break in a cell becomes a space.
    """
    rows = list(rows)
    used = [c for c in COLUMNS if c in ALWAYS or any(row.get(c) for row in rows)]
    lines = [*head(about), "\t".join(used)]
    lines += ("\t".join(cell(name, row.get(name, "")) for name in used) for row in rows)
    return "\n".join(lines) + "\n"


ALWAYS = (
    *("subject_label", "predicate_id", "object_id", "object_label"),
    *("mapping_justification", "confidence"),
)
"""Columns that are written although they are empty throughout."""


def head(about: Mapping[str, str]) -> Iterable[str]:
    """The lines at the top: the prefixes and what is said of the whole set."""
    yield "#curie_map:"
    yield from (f"#  {name}: {json.dumps(address)}" for name, address in PREFIXES.items())
    yield f'#sssom_version: "{VERSION}"'
    yield from (f"#{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in about.items())


def cell(name: str, text: str) -> str:
    """A cell, with an address shortened where there is a prefix for it.

    One that would open a quoted cell is put in quotes, as RFC 4180 has it.
    """
    text = short(text) if name in ADDRESSES else re.sub(r"[\t\r\n]+", " ", text)
    return '"' + text.replace('"', '""') + '"' if text.startswith('"') else text


def short(address: str) -> str:
    """An address in short form."""
    for prefix, base in PREFIXES.items():
        if address.startswith(base):
            return f"{prefix}:{address.removeprefix(base)}"
    return address
