"""Opens a user's own register: made into a gazetteer once, and kept beside the releases."""

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


def open_register_index(paths: Sequence[Path], out_folder: Path) -> NameIndex:
    """The names of these registers together, made from them if that was not done before.

    They are kept in ``out_folder``/registers under the hash of what is in the files, so a register
    that was changed is read again. UsageError where one cannot be read.
    """
    kept = out_folder / REGISTER_FOLDER / f"{hash_files(paths)}-{NAME_INDEX_VERSION}.sqlite"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BuildError(f"{kept.parent}: {error.strerror}") from error
    with FileLock(kept.with_suffix(".lock")):
        if not kept.exists():
            about = {"files": ", ".join(path.name for path in paths)}
            write_name_index(kept, merge_registers(paths), about)
    return NameIndex(kept)


def hash_files(paths: Sequence[Path]) -> str:
    """A hash of what is in the files, whatever they are called."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise UsageError(f"{path}: the register cannot be read: {error.strerror}.") from error
    return digest.hexdigest()[:32]


def merge_registers(paths: Sequence[Path]) -> Iterator[NamedEntity]:
    """The organisations of all registers; of two with the same address the first counts."""
    seen = set()
    for path in paths:
        for entity in read_register(path):
            if entity.iri not in seen:
                seen.add(entity.iri)
                yield entity
