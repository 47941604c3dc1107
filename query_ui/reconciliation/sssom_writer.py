"""Writer of mapping sets in the TSV format of SSSOM.

https://mapping-commons.github.io/sssom/spec-formats-tsv/
"""

import json
import re
from collections.abc import Iterable, Mapping

from loader.readers.sssom import ADDRESSES, COLUMNS, PREFIXES

VERSION = "1.1"
"""Version of SSSOM; 1.1 is the first that allows literals as subjects."""


def write_mapping_set(about: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return a mapping set as text: the metadata, the columns in use and the rows in order.

    IRIs are written as CURIEs; tabs and line breaks in a cell become a space.
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
"""Columns that are written even if they are empty in all rows."""


def head(about: Mapping[str, str]) -> Iterable[str]:
    """Yield the comment lines at the top: the prefixes, the version and the metadata of the set."""
    yield "#curie_map:"
    yield from (f"#  {name}: {json.dumps(address)}" for name, address in PREFIXES.items())
    yield f'#sssom_version: "{VERSION}"'
    yield from (f"#{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in about.items())


def cell(name: str, text: str) -> str:
    """Return the text of a cell of the column ``name``.

    A text that begins with a quotation mark is quoted: https://www.rfc-editor.org/rfc/rfc4180
    (section 2).
    """
    text = short(text) if name in ADDRESSES else re.sub(r"[\t\r\n]+", " ", text)
    return '"' + text.replace('"', '""') + '"' if text.startswith('"') else text


def short(address: str) -> str:
    """Return an IRI as a CURIE where there is a prefix for it."""
    for prefix, base in PREFIXES.items():
        if address.startswith(base):
            return f"{prefix}:{address.removeprefix(base)}"
    return address
