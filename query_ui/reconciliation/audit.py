"""Link audit of mapping sets or a release, with the withdrawn records of registers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pyoxigraph import Store

from loader.errors import DataError
from loader.readers.sssom import load_mapping_set
from loader.release.release_folder import current_release
from loader.settings import Settings
from loader.validation import (
    Claim,
    audit_links,
    list_mapping_claims,
    read_store_claims,
    read_withdrawn_records,
)
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.register_cache import open_register_index


def run_link_audit(
    settings: Settings, mapping_sets: Sequence[Path], registers: Sequence[Path]
) -> list[str]:
    """Return a message for each contradiction, with file and line where it is in a mapping set.

    Without mapping sets the current release is audited. Raise DataError, with all findings, where
    a mapping set is invalid.
    """
    withdrawn = {}
    if registers:
        withdrawn = dict(list_withdrawn_records(open_register_index(registers, settings.out)))
    if not mapping_sets:
        store = Store.read_only(str(current_release(settings.out).store))
        withdrawn = read_withdrawn_records(store, settings) | withdrawn
        verdicts = audit_links(read_store_claims(store, settings), withdrawn)
        return [f"{v.message} [{v.code}]" for v in verdicts]
    claims: list[Claim] = []
    paths: dict[Claim, Path] = {}
    for path in mapping_sets:
        found = read_claims(path, settings)
        claims += found
        paths |= dict.fromkeys(found, path)
    return [
        f"{paths[v.claim]}:{v.claim.line}: {v.message} [{v.code}]"
        for v in audit_links(claims, withdrawn)
    ]


def read_claims(path: Path, settings: Settings) -> list[Claim]:
    """Read the links of one mapping set; raise DataError, with its findings, if it is invalid."""
    found = load_mapping_set(path, settings.max_bytes)
    if found.errors:
        raise DataError(f"{path}: this mapping set is not valid.", found.errors)
    return list_mapping_claims(found)


def list_withdrawn_records(name_index: NameIndex) -> Iterator[tuple[str, list[str]]]:
    """Yield the IRI of each withdrawn record of a register, with the IRIs of its successors."""
    for entity in name_index.list_withdrawn_entities():
        yield entity.iri, name_index.list_related_iris(entity.number, "successor")
