"""Names on disk: every name of every thing of a register or a release, ready to be matched."""

from loader.gazetteer.entity import Entity, Kind, Name
from loader.gazetteer.writing import write_gazetteer

__all__ = ["Entity", "Kind", "Name", "write_gazetteer"]
