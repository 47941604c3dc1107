"""What a release holds besides its statements, so that it can be searched, counted and compared.

One SQLite file, made once from the finished store and only read afterwards.
"""

from loader.release.search_index.collect import Survey, asking, survey
from loader.release.search_index.search_writer import write_index

__all__ = ["Survey", "asking", "survey", "write_index"]
