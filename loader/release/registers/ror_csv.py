"""A row of ROR's CSV, schema v2: the JSON, flattened, several values with semicolons between.

https://ror.readme.io/docs/data-dump
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from loader.release.name_index import Entity, Kind, Name
from loader.release.registers.ror_json import identifiers, relations

NAMES = {"label": Kind.LABEL, "alias": Kind.ALTERNATIVE, "acronym": Kind.ACRONYM}
_PREFIX = re.compile(r"([a-z]{2,3}|no_lang_code): ")


def is_ror_csv(headers: Sequence[str]) -> bool:
    """Whether a table is ROR's own of schema v2."""
    return {"id", "names.types.ror_display", "status", "types"} <= set(headers)


def ror_csv_entity(row: Mapping[str, str]) -> Entity:
    """One organisation."""
    label = row["names.types.ror_display"]
    names = [Name(label, language=row.get("ror_display_lang") or "")]
    for column, kind in NAMES.items():
        for text in values(row, f"names.types.{column}"):
            prefix = _PREFIX.match(text)
            names.append(
                Name(text[prefix.end() :], kind, prefix[1]) if prefix else Name(text, kind)
            )
    external = {
        k: values(row, f"external_ids.type.{k}.all")
        for k in ("grid", "isni", "wikidata", "fundref")
    }
    return Entity(
        row["id"],
        label,
        tuple(names),
        tuple(values(row, "types")),
        row.get("locations.geonames_details.country_code", ""),
        row.get("locations.geonames_details.name", ""),
        row["status"],
        identifiers(row["id"], external, values(row, "links.type.website")),
        relations(related(row.get("relationships", ""))),
    )


def values(row: Mapping[str, str], column: str) -> list[str]:
    """The values of a cell, without a sign of emptiness."""
    return [text.strip() for text in re.split(r"[;|]", row.get(column, "")) if text.strip()]


def related(cell: str) -> Iterator[tuple[str, str]]:
    """The pairs of "child: https://ror.org/…, https://ror.org/…; parent: …"."""
    kind = ""
    for part in re.finditer(r"(?:(\w+):\s+)?(https://ror\.org/\w{9})", cell):
        kind = (part[1] or kind).lower()
        yield kind, part[2]
