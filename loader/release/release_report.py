"""The report of a release: ``report.json``, with its documents, findings and contract checks."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import Any

from loader.errors import BuildError, Finding
from loader.queries.contract_check import ContractCheck
from loader.release.release_folder import FINDINGS
from loader.release.release_manifest import FORMAT
from loader.release.staging import StagingRelease

FIELDS = tuple(field.name for field in fields(Finding))
read_fields = attrgetter(*FIELDS)


def write_report(  # noqa: PLR0913 (what a report has)
    path: Path,
    name: str,
    quads: int,
    made: StagingRelease,
    proofs: Iterable[ContractCheck],
    inputs: str,
) -> None:
    """Write ``report.json``: documents, findings and contract checks of the release.

    ``inputs`` is the digest of all that it was built from, "" where that changed meanwhile.
    """
    proofs = list(proofs)
    content: dict[str, Any] = {
        "release": name,
        "format": FORMAT,
        "built": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "tool": f"concordat-kg {version('concordat-kg')}",
        "inputs": inputs,
        "quads": quads,
        "documents": sorted(made.names.values()),
        "proved": all(proof.ok for proof in proofs),
        "proofs": [asdict(proof) for proof in proofs],
    }
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            # Written as it is made: as one text, the findings of a large download take 100 MB.
            file.writelines(format_report(content, made.findings))
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror}") from error


def format_report(content: Mapping[str, Any], findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the text of a report: JSON indented by 2, ``content`` and the sorted findings.

    The encoder of ``json`` that indents is slow, so each finding is encoded without it.
    """
    yield json.dumps(content, indent=2, ensure_ascii=False).removesuffix("\n}")
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",\n      ", ": ")).encode
    separator = f"{FINDINGS}\n"
    for finding in sorted(findings, key=read_fields):
        values = dict(zip(FIELDS, read_fields(finding), strict=True), text=str(finding))
        yield f"{separator}    {{\n      {encode(values)[1:-1]}\n    }}"
        separator = ",\n"
    yield "\n  ]\n}\n" if separator == ",\n" else f"{FINDINGS}]\n}}\n"
