"""Cache of name indexes built from users' own registers, stored beside the releases."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import FileLock

from loader.errors import BuildError, UsageError
from loader.release.name_index import NamedEntity, write_name_index
from loader.release.name_index.name_schema import NAME_INDEX_VERSION
from loader.release.registers import read_register
from query_ui.graph.name_index import NameIndex

REGISTER_FOLDER = "registers"
"""Name of the folder of the cache, in the output folder."""


def open_register_index(paths: Sequence[Path], out_folder: Path) -> NameIndex:
    """Open the name index of these registers, and build it if the cache lacks it.

    The file name is a hash of the content of the files, so a changed register is read again. Raise
    UsageError where a register cannot be read, BuildError where the cache cannot be written.
    """
    kept = out_folder / REGISTER_FOLDER / f"{hash_files(paths)}-{NAME_INDEX_VERSION}.sqlite"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BuildError(f"{kept.parent}: {error.strerror}") from error
    # Two processes that open the same register must not both write the index.
    with FileLock(kept.with_suffix(".lock")):
        if not kept.exists():
            about = {"files": ", ".join(path.name for path in paths)}
            write_name_index(kept, merge_registers(paths), about)
    return NameIndex(kept)


def hash_files(paths: Sequence[Path]) -> str:
    """Return 32 hexadecimal digits of a SHA-256 hash of the contents of files, without their names.

    Raise UsageError where a file cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise UsageError(f"{path}: the register cannot be read: {error.strerror}.") from error
    return digest.hexdigest()[:32]


def merge_registers(paths: Sequence[Path]) -> Iterator[NamedEntity]:
    """Yield the organisations of all registers; of two with the same IRI only the first."""
    seen = set()
    for path in paths:
        for entity in read_register(path):
            if entity.iri not in seen:
                seen.add(entity.iri)
                yield entity
