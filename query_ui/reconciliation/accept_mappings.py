"""Acceptance of a reviewed mapping set into the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loader.atomic_write import write_text_atomically
from loader.errors import BuildError, DataError, Finding, Severity
from loader.namespaces import slugify
from loader.readers.sssom import CLOSE, MANUAL, MappingRow, MappingSet, load_mapping_set
from loader.settings import Settings
from loader.validation import Claim, audit_links, list_mapping_claims
from query_ui.reconciliation.sssom_export import write_mapping_set


@dataclass(frozen=True, slots=True)
class AcceptedMappings:
    """Result of accepting a mapping set.

    ``rows`` is the number of rows in the set, ``accepted_count`` of those written to ``path``,
    ``replaced_count`` of those that ``path`` had before.
    """

    path: Path
    rows: int
    accepted_count: int
    replaced_count: int = 0


def accept_mappings(path: Path, folder: Path, settings: Settings) -> AcceptedMappings:
    """Write the decided rows of a mapping set to ``folder`` and count the others.

    A row is undecided if it is a close match without the justification
    semapv:ManualMappingCuration, by which a reviewer confirms it. Raise DataError, and write
    nothing, where a row is invalid or decisions contradict each other or earlier ones; BuildError
    where the folder cannot be created.
    """
    found = read_mappings(path, settings)
    if found.errors:
        raise DataError(f"{path}: nothing was accepted.", found.errors)
    decided = [link for link in found.rows if is_decided(link)]
    name = slugify(path.name.removesuffix(".sssom.tsv").removesuffix(".tsv")) + ".sssom.tsv"
    target = folder / name
    # The target's own links are left out, since this set replaces them.
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
    """Read a mapping set, with findings for its invalid rows."""
    return load_mapping_set(path, settings.max_bytes)


def is_decided(link: MappingRow) -> bool:
    """Return whether a row is a decision and not just a candidate."""
    return link["predicate_id"] != CLOSE or link["mapping_justification"] == MANUAL


def load_existing_claims(folder: Path, target: Path, settings: Settings) -> list[Claim]:
    """Return the links of the mapping sets in ``folder`` other than ``target``."""
    others = (p for p in sorted(folder.glob("*.sssom.tsv")) if p != target)
    return [
        claim for path in others for claim in list_mapping_claims(read_mappings(path, settings))
    ]


def check_contradictions(
    path: Path, links: Sequence[MappingRow], existing_claims: Sequence[Claim]
) -> None:
    """Raise DataError where links contradict each other or ``existing_claims``."""
    ours = list_mapping_claims(MappingSet({}, links))
    findings = [
        Finding(str(path), v.claim.line, 0, Severity.ERROR, v.message, f"link-{v.code}")
        for v in audit_links([*existing_claims, *ours])
        if v.severity == Severity.ERROR
    ]
    if findings:
        raise DataError(f"{path}: nothing was accepted.", findings)
