"""Times OpenRefine over a thousand rows against the site, as a person works with it."""

import csv
import random
import time
from pathlib import Path
from socket import socket

from tests.bench.registry import messy
from tests.bench.servers import ours
from tests.query_ui.reconciliation.openrefine import running

ROWS = 1_000
ROOT = Path(__file__).parents[2]


def refined(folder: Path, shipped: Path) -> float:
    """Seconds from the beginning of reconciling to the end of the export."""
    chance = random.Random(5)
    with (ROOT / "data" / "organisations.csv").open(encoding="utf-8") as stream:
        names = [one["name"] for one in csv.DictReader(stream)]
    cells = (messy(chance.choice(names), chance) for _ in range(ROWS))
    table = "Name\n" + "\n".join(f'"{cell}"' for cell in cells)
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "refine").mkdir()
    with ours(shipped) as server, running(folder / "refine", port) as refine:
        service = f"http://127.0.0.1:{server.port}/reconcile"
        refine.create(table)
        began = time.perf_counter()
        refine.reconcile("Name", service, [], "organisation")
        refine.extend("Name", service, ["ukprn", "case-studies"], 1)
        exported = refine.export()
        seconds = time.perf_counter() - began
    assert exported.count("\n") == ROWS + 1
    return seconds
