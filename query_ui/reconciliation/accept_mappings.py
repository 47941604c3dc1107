"""Takes the decisions of a reviewed mapping set over into the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loader.atomic_write import save
from loader.errors import BuildError, DataError, Finding, Severity
from loader.namespaces import slugify
from loader.readers.mapping_set_rows import Link, MappingSet, read_mapping_set
from loader.readers.source import load_source
from loader.readers.sssom_slots import CLOSE, MANUAL
from loader.settings import Settings
from loader.validation import Claim, audit, claims_of_set
from query_ui.reconciliation.sssom_writer import write_mapping_set


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a mapping set: how many rows it has, and how many were taken to ``path``.

    ``replaced`` are the rows that ``path`` had before.
    """

    path: Path
    rows: int
    accepted: int
    replaced: int = 0


def accept(path: Path, folder: Path, settings: Settings) -> Accepted:
    """Write the decided rows of a mapping set to ``folder``; the others are counted and left.

    A row is decided unless it is a close match that nobody has confirmed, by writing
    semapv:ManualMappingCuration as its justification. DataError, and nothing is written, where a
    row cannot be read or the decisions contradict each other or those that are there already.
    """
    found = read(path, settings)
    if found.findings:
        raise DataError(f"{path}: nothing was accepted.", found.findings)
    decided = [link for link in found.links if is_decided(link)]
    name = slugify(path.name.removesuffix(".sssom.tsv").removesuffix(".tsv")) + ".sssom.tsv"
    target = folder / name
    refuse_contradictions(path, decided, earlier(folder, target, settings))
    replaced = len(read(target, settings).links) if target.exists() else 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BuildError(f"{folder}: {error.strerror}") from error
    save(target, write_mapping_set(found.about, (dict(link.slots) for link in decided)))
    return Accepted(target, len(found.links), len(decided), replaced)


def read(path: Path, settings: Settings) -> MappingSet:
    return read_mapping_set(load_source(path, path.name, settings.max_bytes))


def is_decided(link: Link) -> bool:
    """Whether a row is more than a candidate."""
    return link["predicate_id"] != CLOSE or link["mapping_justification"] == MANUAL


def earlier(folder: Path, target: Path, settings: Settings) -> list[Claim]:
    """The links of the other mapping sets of a folder."""
    others = (p for p in sorted(folder.glob("*.sssom.tsv")) if p != target)
    return [claim for path in others for claim in claims_of_set(read(path, settings))]


def refuse_contradictions(path: Path, decided: Sequence[Link], before: Sequence[Claim]) -> None:
    """Raise DataError where the decisions are at odds with each other or with earlier ones."""
    ours = claims_of_set(MappingSet({}, decided))
    findings = [
        Finding(str(path), v.claim.line, 0, Severity.ERROR, v.message, f"link-{v.code}")
        for v in audit([*before, *ours])
    ]
    if findings:
        raise DataError(f"{path}: nothing was accepted.", findings)
