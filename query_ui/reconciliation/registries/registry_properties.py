"""Properties of a registry's organisations, with which a matched column can be extended."""

from collections.abc import Mapping

from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.reconciliation.properties import ReconciliationProperty

ORGANISATION = "organisation"
"""The type of all entities of a registry."""


def _build_properties(
    *entries: tuple[str, str, str],
) -> Mapping[str, ReconciliationProperty]:
    """Return properties by id from their ids, titles and descriptions."""
    return {
        id_: ReconciliationProperty(id_, title, (ORGANISATION,), description)
        for id_, title, description in entries
    }


SCHEME_PROPERTIES = _build_properties(
    ("ror", "ROR", "its id at ror.org"),
    ("ukprn", "UKPRN", "its number as a UK provider"),
    ("hesa", "HESA", "its code at HESA (INSTID)"),
    ("isni", "ISNI", "its ISNI"),
    ("fundref", "Funder id", "its id in Crossref's Funder Registry"),
    ("wikidata", "Wikidata", "its item"),
    ("grid", "GRID", "its id in GRID, which has ended"),
    ("homepage", "Homepage", "host and path of its website"),
)
"""Properties whose values are identifiers, by scheme."""
RELATION_PROPERTIES = _build_properties(
    ("successor", "Successor", "what has replaced it"),
    ("predecessor", "Predecessor", "what it has replaced"),
    ("parent", "Parent", "what it is a part of"),
    ("child", "Child", "what is a part of it"),
    ("related", "Related", "what the registry relates it to"),
)
"""Properties whose values are organisations of the registry, by kind of relation."""
TEXT_PROPERTIES = _build_properties(
    ("status", "Status", "active, inactive or withdrawn"),
    ("nation", "Nation", "England, Northern Ireland, Scotland or Wales"),
    ("region", "Region", "region within its nation or country"),
    ("place", "Place", "its town"),
    ("country", "Country", "its code (ISO 3166-1 alpha-2)"),
    ("kind", "Kind", "what the registry classes it as"),
    ("other-names", "Other names", "what else it is or was called"),
    ("iri", "IRI", "its full identifier, to join on"),
)
"""Properties whose values are texts."""
REGISTRY_PROPERTIES = {**SCHEME_PROPERTIES, **TEXT_PROPERTIES, **RELATION_PROPERTIES}
"""All properties by id, in the order in which they are proposed."""

JOINED_PROPERTIES = (
    *("ror", "ukprn", "hesa", "isni", "fundref"),
    *("nation", "region", "status", "successor"),
)
"""Properties that a table joined with a registry gets besides the match."""


def list_texts(name_index: NameIndex, entity: IndexedEntity, property_id: str) -> list[str]:
    """Return the values of a property that are texts; relations are given by their IRIs."""
    if property_id in SCHEME_PROPERTIES:
        return [value for _, value in name_index.list_identifiers(entity.number, property_id)]
    if property_id in RELATION_PROPERTIES:
        return name_index.list_related_iris(entity.number, property_id)
    if property_id == "other-names":
        names = name_index.load_names_by_entity([entity.number]).get(entity.number, [])
        return list(dict.fromkeys(n.text for n in names if n.text != entity.label))
    if property_id == "kind":
        return list(entity.types)
    texts = name_index.load_attributes(entity.number) | {
        "status": entity.status,
        "place": entity.place,
        "country": entity.country,
        "iri": entity.iri,
    }
    return [text for text in [texts.get(property_id, "")] if text]
