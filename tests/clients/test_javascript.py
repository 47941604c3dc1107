"""sparql-http-client on Node: parsed, streamed and plain."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.questions import ENDLESS, GRAPH, LABELS, NO, PRINCIPLES, WRONG, YES

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def node() -> str:
    """The path of Node, with the client installed."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node on this machine (on Debian: apt-get install nodejs npm)")
    if not (HERE / "node_modules" / "sparql-http-client").is_dir():
        pytest.skip("the JavaScript client is not installed (npm ci in tests/clients)")
    return found


def test_sparql_http_client(node: str, endpoint: str) -> None:
    questions = {"rows": PRINCIPLES, "yes": YES, "no": NO, "graph": GRAPH}
    faults = {"wrong": WRONG, "endless": ENDLESS}
    ran = subprocess.run(
        [node, HERE / "asking.js", endpoint],
        input=json.dumps(questions | faults),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    found = json.loads(ran.stdout)
    labels = [[label, "en"] for label in LABELS]
    for way in ("parsed", "posted", "urlencoded", "streamed", "simple", "graph"):
        assert found[way] == labels, way
    assert found["booleans"] == [True, False]
    assert "(400)" in found["wrong"]
    assert "(504)" in found["stopped"]
