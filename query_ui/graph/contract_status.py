"""Status of the contract of a saved query, from the report of a release."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from cachetools import LRUCache

from loader.errors import BuildError
from loader.queries.contract_check import ContractCheck, describe_check, hash_query_text
from loader.queries.query_files import SavedQuery
from loader.release.release_folder import Release
from query_ui.engine.embedded_engine import OPEN_RELEASES

_CHECK_FIELDS = frozenset(field.name for field in fields(ContractCheck))


@dataclass(frozen=True, slots=True)
class ContractStatus:
    """The status of a query's contract on the current release.

    ``release`` is the complete hash, "" for a remote endpoint; ``built`` is a time in UTC
    (``2026-11-24T02:10:33Z``) or "". ``contract_check`` is None where the report has none;
    ``is_changed`` is true where the file of the query has changed since the check.
    """

    release: str
    built: str = ""
    contract_check: ContractCheck | None = None
    is_changed: bool = False

    @property
    def holds(self) -> bool:
        """Whether the query, as its file is now, satisfies its contract on this release."""
        return self.contract_check is not None and self.contract_check.ok and not self.is_changed

    @property
    def sentence(self) -> str:
        """The status as a sentence for a page."""
        if not self.release:
            return (
                "Not tested here: a remote endpoint answers, "
                "and guarantees are tested when a release is built."
            )
        where = f"release {self.release[:12]}{self._build_time_phrase}"
        if self.contract_check is None:
            return f"No test is recorded for {where}."
        since = " The file has changed since then."
        sentence = _describe_contract_check(self.contract_check, where)
        return f"{sentence}{since if self.is_changed else ''}"

    @property
    def _build_time_phrase(self) -> str:
        if not self.built:
            return ""
        return f", {datetime.fromisoformat(self.built):%Y-%m-%d %H:%M} UTC"


class ContractStatusFile:
    """Reader of the contract checks in the reports of a build folder; keeps few of them."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._cached: LRUCache[tuple[str, int], tuple[str, Mapping[str, ContractCheck]]] = LRUCache(
            OPEN_RELEASES
        )
        self._lock = threading.Lock()

    def find_status(self, release: str, query: SavedQuery) -> ContractStatus:
        """Return the status of ``query`` on the release with a hash, "" for a remote endpoint."""
        if not release:
            return ContractStatus("")
        with self._lock:
            built, proofs = self._read_report(Release(self._out / "releases" / release))
        proof = proofs.get(query.name)
        changed = proof is not None and proof.file != hash_query_text(query.text)
        return ContractStatus(release, built, proof, changed)

    def _read_report(self, release: Release) -> tuple[str, Mapping[str, ContractCheck]]:
        """Return the time of the build and the contract checks by query, empty without a report."""
        try:
            mark = (release.name, release.report_time())
            if mark not in self._cached:
                report = release.report()
                built = str(report.get("built", ""))
                proofs = {p["name"]: _parse_contract_check(p) for p in report.get("proofs", ())}
                self._cached[mark] = built, proofs
            return self._cached[mark]
        except BuildError:
            return "", {}


def _parse_contract_check(entry: Mapping[str, object]) -> ContractCheck:
    """Parse a contract check of a report; ignore fields of other versions of the project."""
    known = {name: value for name, value in entry.items() if name in _CHECK_FIELDS}
    return ContractCheck.from_fields(known)


def _describe_contract_check(check: ContractCheck, release_phrase: str) -> str:
    if check.ok:
        held = describe_check(check.rows, check.ms, check.invariants, check.examples)
        return f"Tests last passed on {release_phrase}: {held}."
    return f"Published without passing the tests, on {release_phrase}: {check.message}"
