"""Reader of ROR's CSV, schema v2: the JSON, flattened, with values separated by semicolons.

https://ror.readme.io/docs/data-dump
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from loader.release.name_index import EntityName, NamedEntity, NameKind
from loader.release.registers.ror_json import collect_identifiers, group_relations

NAME_KIND_BY_COLUMN = {
    "label": NameKind.LABEL,
    "alias": NameKind.ALTERNATIVE,
    "acronym": NameKind.ACRONYM,
}
_LANGUAGE_PREFIX = re.compile(r"([a-z]{2,3}|no_lang_code): ")


def is_ror_csv(headers: Sequence[str]) -> bool:
    """Return whether a table is ROR's own of schema v2."""
    return {"id", "names.types.ror_display", "status", "types"} <= set(headers)


def parse_ror_row(row: Mapping[str, str]) -> NamedEntity:
    """Return one organisation."""
    label = row["names.types.ror_display"]
    names = [EntityName(label, language=row.get("ror_display_lang") or "")]
    for column, kind in NAME_KIND_BY_COLUMN.items():
        for text in split_values(row, f"names.types.{column}"):
            prefix = _LANGUAGE_PREFIX.match(text)
            names.append(
                EntityName(text[prefix.end() :], kind, prefix[1])
                if prefix
                else EntityName(text, kind)
            )
    external = {
        k: split_values(row, f"external_ids.type.{k}.all")
        for k in ("grid", "isni", "wikidata", "fundref")
    }
    return NamedEntity(
        row["id"],
        label,
        tuple(names),
        tuple(split_values(row, "types")),
        row.get("locations.geonames_details.country_code", ""),
        row.get("locations.geonames_details.name", ""),
        row["status"],
        collect_identifiers(row["id"], external, split_values(row, "links.type.website")),
        group_relations(parse_relationships(row.get("relationships", ""))),
    )


def split_values(row: Mapping[str, str], column: str) -> list[str]:
    """Return the values of a cell, without empty ones."""
    return [text.strip() for text in re.split(r"[;|]", row.get(column, "")) if text.strip()]


def parse_relationships(cell: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of "child: https://ror.org/…, https://ror.org/…; parent: …"."""
    kind = ""
    for part in re.finditer(r"(?:(\w+):\s+)?(https://ror\.org/\w{9})", cell):
        kind = (part[1] or kind).lower()
        yield kind, part[2]
