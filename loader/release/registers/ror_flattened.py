"""The flattened form of ROR's records: one JSON object a line, names as [text, kinds, language]."""

from typing import Any

from loader.release.name_index import Entity, Kind, Name
from loader.release.registers.ror_json import identifiers, kind_of, relations


def flat_entity(record: dict[str, Any]) -> Entity:
    """One organisation; KeyError or TypeError where the record has another form."""
    names = [
        Name(text, Kind.LABEL if text == record["name"] else kind_of(kinds), language or "")
        for text, kinds, language in record["names"]
    ]
    external = {kind: [str(value)] for kind, value in record["ext"].items()}
    return Entity(
        record["id"],
        record["name"],
        tuple(names) or (Name(record["name"]),),
        tuple(kind.lower() for kind in record["types"]),
        record.get("country") or "",
        record.get("city") or "",
        record.get("status") or "active",
        identifiers(record["id"], external, record.get("web") or ()),
        relations((kind.lower(), iri) for kind, iri in record["rel"]),
    )
