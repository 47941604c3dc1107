"""Names on disk: every name of every thing of a register or a release, ready to be matched."""

from loader.release.name_index.name_writer import write_gazetteer
from loader.release.name_index.named_entity import Entity, Kind, Name

__all__ = ["Entity", "Kind", "Name", "write_gazetteer"]
