"""Reader of ROR dumps: JSON of schema v2, the same as CSV, and flattened lines.

https://ror.readme.io/docs/ror-data-structure
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from loader.identifiers import SCHEMES, normalise_homepage
from loader.release.name_index import EntityName, NamedEntity, NameKind


def parse_flat_record(record: dict[str, Any]) -> NamedEntity:
    """Return one organisation; raise KeyError or TypeError for a record of another form."""
    names = [
        EntityName(
            text,
            NameKind.LABEL if text == record["name"] else classify_ror_name(kinds),
            language or "",
        )
        for text, kinds, language in record["names"]
    ]
    external = {kind: [str(value)] for kind, value in record["ext"].items()}
    return NamedEntity(
        record["id"],
        record["name"],
        tuple(names) or (EntityName(record["name"]),),
        tuple(kind.lower() for kind in record["types"]),
        record.get("country") or "",
        record.get("city") or "",
        record.get("status") or "active",
        collect_identifiers(record["id"], external, record.get("web") or ()),
        group_relations((kind.lower(), iri) for kind, iri in record["rel"]),
    )


NAME_KIND_BY_COLUMN = {
    "label": NameKind.LABEL,
    "alias": NameKind.ALTERNATIVE,
    "acronym": NameKind.ACRONYM,
}
_LANGUAGE_PREFIX = re.compile(r"([a-z]{2,3}|no_lang_code): ")


ROR_HEADERS = ("id", "names.types.ror_display", "status", "types")
"""Headers by which ROR's own table of schema v2 is known."""


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
        attributes=collect_attributes(
            row.get("locations.geonames_details.country_code"),
            row.get("locations.geonames_details.country_subdivision_name"),
        ),
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


def parse_ror_record(record: dict[str, Any]) -> NamedEntity:
    """Return one organisation; raise KeyError or TypeError for a record of another form."""
    names = [(name["value"], name["types"], name.get("lang")) for name in record["names"]]
    label = next((text for text, kinds, _ in names if "ror_display" in kinds), names[0][0])
    place = record["locations"][0]["geonames_details"] if record["locations"] else {}
    external = {e["type"]: e.get("all") or [e.get("preferred")] for e in record["external_ids"]}
    web = [link["value"] for link in record["links"] if link["type"] == "website"]
    return NamedEntity(
        record["id"],
        label,
        tuple(
            EntityName(text, classify_ror_name(kinds), language or "")
            for text, kinds, language in names
        ),
        tuple(record["types"]),
        place.get("country_code") or "",
        place.get("name") or "",
        record["status"],
        collect_identifiers(record["id"], external, web),
        group_relations((r["type"].lower(), r["id"]) for r in record["relationships"]),
        attributes=collect_attributes(
            place.get("country_code"), place.get("country_subdivision_name")
        ),
    )


def classify_ror_name(kinds: Sequence[str]) -> NameKind:
    """Return the kind of a name from ROR's types; a label in any language is a LABEL."""
    if "label" in kinds or "ror_display" in kinds:
        return NameKind.LABEL
    return NameKind.ACRONYM if "acronym" in kinds else NameKind.ALTERNATIVE


def collect_identifiers(
    iri: str, values_by_scheme: Mapping[str, Iterable[Any]], websites: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Return all identifiers of an organisation in full form, its IRI among them.

    Values that do not have the form of their scheme are left out.
    """
    found: dict[str, list[str]] = {"ror": [iri]}
    for kind, values in values_by_scheme.items():
        scheme = SCHEMES.get(kind.lower())
        for value in values:
            full = scheme.canonical(str(value)) if scheme else ""
            if full:
                found.setdefault(kind.lower(), []).append(full)
    sites = [site for address in websites if (site := normalise_homepage(address))]
    return {kind: tuple(dict.fromkeys(v)) for kind, v in (found | {"homepage": sites}).items() if v}


def collect_attributes(country: str | None, subdivision: str | None) -> dict[str, str]:
    """Return the nation of an organisation in the United Kingdom, elsewhere the region.

    ROR has one subdivision of the country, which in the United Kingdom is the nation.
    """
    if not subdivision:
        return {}
    return {"nation" if country == "GB" else "region": subdivision}


def group_relations(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return relations by kind, in the order of the record."""
    found: dict[str, list[str]] = {}
    for kind, iri in pairs:
        found.setdefault(kind, []).append(iri)
    return {kind: tuple(iris) for kind, iris in found.items()}
