"""Reader of flattened ROR records: one JSON object per line, names as [text, kinds, language]."""

from typing import Any

from loader.release.name_index import EntityName, NamedEntity, NameKind
from loader.release.registers.ror_json import (
    classify_ror_name,
    collect_identifiers,
    group_relations,
)


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
