"""Takes the decisions of a reviewed mapping set over into the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loader.atomic_write import write_text_atomically
from loader.errors import BuildError, DataError, Finding, Severity
from loader.namespaces import slugify
from loader.readers.source import load_source
from loader.readers.sssom import CLOSE, MANUAL, MappingRow, MappingSet, read_mapping_set
from loader.settings import Settings
from loader.validation import Claim, audit_links, list_mapping_claims
from query_ui.reconciliation.sssom_writer import write_mapping_set


@dataclass(frozen=True, slots=True)
class AcceptedMappings:
    """What became of a mapping set: how many rows it has, and how many were taken to ``path``.

    ``replaced_count`` are the rows that ``path`` had before.
    """

    path: Path
    rows: int
    accepted_count: int
    replaced_count: int = 0


def accept_mappings(path: Path, folder: Path, settings: Settings) -> AcceptedMappings:
    """Write the decided rows of a mapping set to ``folder``; the others are counted and left.

    A row is decided unless it is a close match that nobody has confirmed, by writing
    semapv:ManualMappingCuration as its justification. DataError, and nothing is written, where a
    row cannot be read or the decisions contradict each other or those that are there already.
    """
    found = read_mappings(path, settings)
    if found.findings:
        raise DataError(f"{path}: nothing was accepted.", found.findings)
    decided = [link for link in found.rows if is_decided(link)]
    name = slugify(path.name.removesuffix(".sssom.tsv").removesuffix(".tsv")) + ".sssom.tsv"
    target = folder / name
    check_contradictions(path, decided, load_existing_claims(folder, target, settings))
    replaced = len(read_mappings(target, settings).rows) if target.exists() else 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BuildError(f"{folder}: {error.strerror}") from error
    write_text_atomically(
        target, write_mapping_set(found.metadata, (dict(link.slots) for link in decided))
    )
    return AcceptedMappings(target, len(found.rows), len(decided), replaced)


def read_mappings(path: Path, settings: Settings) -> MappingSet:
    return read_mapping_set(load_source(path, path.name, settings.max_bytes))


def is_decided(link: MappingRow) -> bool:
    """Whether a row is more than a candidate."""
    return link["predicate_id"] != CLOSE or link["mapping_justification"] == MANUAL


def load_existing_claims(folder: Path, target: Path, settings: Settings) -> list[Claim]:
    """The links of the other mapping sets of a folder."""
    others = (p for p in sorted(folder.glob("*.sssom.tsv")) if p != target)
    return [
        claim for path in others for claim in list_mapping_claims(read_mappings(path, settings))
    ]


def check_contradictions(
    path: Path, links: Sequence[MappingRow], existing_claims: Sequence[Claim]
) -> None:
    """Raise DataError where the decisions are at odds with each other or with earlier ones."""
    ours = list_mapping_claims(MappingSet({}, links))
    findings = [
        Finding(str(path), v.claim.line, 0, Severity.ERROR, v.message, f"link-{v.code}")
        for v in audit_links([*existing_claims, *ours])
    ]
    if findings:
        raise DataError(f"{path}: nothing was accepted.", findings)
