"""Reader of ROR's JSON, schema v2: https://ror.readme.io/docs/ror-data-structure"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loader.identifiers import SCHEMES, normalise_homepage
from loader.release.name_index import EntityName, NamedEntity, NameKind


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


def group_relations(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return relations by kind, in the order of the record."""
    found: dict[str, list[str]] = {}
    for kind, iri in pairs:
        found.setdefault(kind, []).append(iri)
    return {kind: tuple(iris) for kind, iris in found.items()}
