"""Metadata of an SSSOM mapping set in a file beside it.

https://mapping-commons.github.io/sssom/spec-formats-tsv/ (external metadata mode)
"""

import re
from collections.abc import Iterator
from pathlib import Path

from loader.errors import DataError, Finding, Severity
from loader.readers.source import SourceFile, load_source
from loader.readers.sssom_head import MappingSetHead, parse_head

METADATA_SUFFIXES = (".sssom.yml", ".sssom.yaml", ".yml", ".yaml")
"""The ends of a metadata file, which has the name of its mapping set but for them.

The standard recommends the first; others are in use.
"""
_TABLE_END = re.compile(r"(\.sssom)?\.tsv$", re.IGNORECASE)
_METADATA_END = re.compile(r"(\.sssom)?\.ya?ml$", re.IGNORECASE)


def list_metadata_files(path: Path) -> list[Path]:
    """Return the files with the metadata of the mapping set ``path`` that are beside it."""
    stem = _TABLE_END.sub("", path.name)
    named = (path.with_name(stem + suffix) for suffix in METADATA_SUFFIXES)
    return [file for file in named if file.is_file()]


def is_metadata_file(path: Path) -> bool:
    """Return whether a file has the metadata of a mapping set beside it."""
    stem, count = _METADATA_END.subn("", path.name)
    return bool(count) and path.with_name(f"{stem}.sssom.tsv").is_file()


def load_metadata_file(path: Path, max_bytes: int) -> SourceFile | None:
    """Load the metadata file of the mapping set ``path``, None where there is none.

    Raise DataError where there are several, or where it is unreadable or too large.
    """
    files = list_metadata_files(path)
    if len(files) > 1:
        names = " and ".join(file.name for file in files)
        message = f"the metadata of {path.name} may be in one file only, and here are {names}."
        raise DataError(message, [build_finding(str(path), 0, message)])
    return load_source(files[0], files[0].name, max_bytes) if files else None


def read_metadata_file(source: SourceFile) -> MappingSetHead:
    """Read the YAML of a metadata file; raise DataError where it is not as it has to be."""
    if source.lines and all(re.match(r"#|\s*$", line) for line in source.lines):
        message = "the lines of a metadata file may not begin with #; delete the signs."
        raise DataError(message, [build_finding(source.path, 1, message)])
    return parse_head(source, source.text)


def find_contradictions(
    source: SourceFile, head: MappingSetHead, metadata: SourceFile, external: MappingSetHead
) -> Iterator[Finding]:
    """Yield an error for each slot and prefix that head and metadata file do not agree on.

    Where both say something and agree, a warning says that one place would do.
    """
    lines = list(list_disagreements(head, external))
    for line, name in lines:
        message = (
            f"{name} is not the same here as in {source.name}; correct it, and keep the metadata "
            "in one of the two files."
        )
        yield build_finding(metadata.path, line, message)
    if not lines and (head.slots or head.prefixes):
        message = (
            f"there are metadata here and in {metadata.name}, and both are read; the standard "
            "wants them in one place."
        )
        yield build_finding(source.path, 1, message, Severity.WARNING)


def list_disagreements(head: MappingSetHead, external: MappingSetHead) -> Iterator[tuple[int, str]]:
    """Yield the line in the metadata file, and the name, of what two heads do not agree on."""
    for name, value in external.slots.items():
        if head.slots.get(name, value) != value:
            yield external.get_line(name), name
    for prefix, base in external.prefixes.items():
        if head.prefixes.get(prefix, base) != base:
            yield external.get_line("curie_map"), f"the prefix {prefix}"


def build_finding(
    path: str, line: int, message: str, severity: Severity = Severity.ERROR
) -> Finding:
    """Return a finding about the metadata of a mapping set."""
    return Finding(path, line, 0, severity, message, "sssom-metadata")
