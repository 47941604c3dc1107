"""The real OpenRefine, from a messy table to one with columns of ours: nothing is simulated."""

import csv
import io
import shutil
import socket
from pathlib import Path

import pytest

from tests.query_ui.reconciliation.openrefine import running

MESSY = """Institution,ROR
Univ. of Durham,
"Kings College, London",
KCL,
University of Yrok,
York University,https://ror.org/04m01e293
York University,
 the university of   LEEDS ,
"Newcastle University, Australia",
,nothing
Nowhere College,
"""


@pytest.fixture
def openrefine() -> None:
    """OpenRefine, where it is installed."""
    if shutil.which("openrefine") is None:
        pytest.skip("no openrefine on this machine (on Debian: apt-get install openrefine)")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.usefixtures("openrefine")
def test_a_messy_table_leaves_with_our_columns(shipped_address: str, tmp_path: Path) -> None:
    """Project, reconcile with the ROR column as evidence, extend with two columns, export."""
    service = f"{shipped_address}/reconcile"
    ror = {"column": "ROR", "propertyName": "ROR", "propertyID": "ror"}
    (tmp_path / "refine").mkdir()
    with running(tmp_path / "refine", free_port()) as refine:
        refine.create(MESSY)
        details = [ror | {"property": {"id": "ror", "name": "ROR"}}]
        refine.reconcile("Institution", service, details, "organisation")
        refine.extend("Institution", service, ["ukprn", "case-studies"], 1)
        table = list(csv.reader(io.StringIO(refine.export())))
    assert table[0] == ["Institution", "UKPRN", "How many case studies", "ROR"]
    assert [row[:3] for row in table[1:]] == [
        ["Durham University", "10007143", "0"],
        ["King's College London", "10003645", "0"],
        ["KCL", "", ""],
        ["University of Yrok", "", ""],
        ["University of York", "10007167", "2"],
        ["University of York", "10007167", "2"],
        ["University of Leeds", "10007795", "0"],
        ["Newcastle University, Australia", "", ""],
        ["", "", ""],
        ["Nowhere College", "", ""],
    ]
