"""The name index: every name of every entity of a register or a release, ready to match."""

from loader.release.name_index.name_writer import write_name_index
from loader.release.name_index.named_entity import EntityName, NamedEntity, NameKind

__all__ = ["NamedEntity", "NameKind", "EntityName", "write_name_index"]
