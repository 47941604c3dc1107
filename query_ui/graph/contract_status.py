"""When a saved query was last proved: what the report of the release that answers says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from loader.errors import BuildError
from loader.queries.contract_check import Proof, digest, kept
from loader.queries.query_files import SavedQuery
from loader.release.release_folder import Release

_KNOWN = frozenset(field.name for field in fields(Proof))


@dataclass(frozen=True, slots=True)
class LastProof:
    """What is known of a query's contract on the release that answers.

    ``release`` is the whole hash, "" for a remote endpoint; ``built`` a time in UTC
    (``2026-11-24T02:10:33Z``) or "". ``proof`` is None where none is on record; ``changed`` tells
    that the file of the query is not the one that was proved.
    """

    release: str
    built: str = ""
    proof: Proof | None = None
    changed: bool = False

    @property
    def holds(self) -> bool:
        """Whether this very query keeps its contract on this release."""
        return self.proof is not None and self.proof.ok and not self.changed

    @property
    def sentence(self) -> str:
        """The same for people."""
        if not self.release:
            return (
                "Not proved here: a remote endpoint answers, "
                "and contracts are proved when a release is built."
            )
        where = f"release {self.release[:12]}{self._when}"
        if self.proof is None:
            return f"No proof is on record for {where}."
        since = " The file has changed since, so this is not about it as it is now."
        return f"{_told(self.proof, where)}{since if self.changed else ''}"

    @property
    def _when(self) -> str:
        if not self.built:
            return ""
        return f", {datetime.fromisoformat(self.built):%Y-%m-%d %H:%M} UTC"


class LastProofs:
    """The proofs in the reports of the releases in a build folder, read once for each release."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._known: tuple[tuple[str, int], str, Mapping[str, Proof]] = (("", 0), "", {})

    def of(self, release: str, query: SavedQuery) -> LastProof:
        """What is known of ``query`` on the release of that hash, "" for a remote endpoint."""
        if not release:
            return LastProof("")
        built, proofs = self._read(Release(self._out / "releases" / release))
        proof = proofs.get(query.name)
        changed = proof is not None and proof.file != digest(query.text)
        return LastProof(release, built, proof, changed)

    def _read(self, release: Release) -> tuple[str, Mapping[str, Proof]]:
        """When the release was built, and its proofs by name; nothing where there is no report."""
        try:
            mark = (release.name, release.report_time())
            known, built, proofs = self._known
            if mark != known:
                report = release.report()
                built = str(report.get("built", ""))
                proofs = {p["name"]: _proof(p) for p in report.get("proofs", ())}
                self._known = (mark, built, proofs)
        except BuildError:
            return "", {}
        return built, proofs


def _proof(given: Mapping[str, object]) -> Proof:
    """A proof as a report has it, whichever version of the project wrote it."""
    return Proof(**{name: value for name, value in given.items() if name in _KNOWN})  # type: ignore[arg-type]


def _told(proof: Proof, where: str) -> str:
    if proof.ok:
        held = kept(proof.rows, proof.ms, proof.invariants, proof.examples)
        return f"Last proved on {where}: {held}."
    return f"Published unproved, on {where}: {proof.message}"
