"""Measures the site over Oxigraph's server: what it adds to a query, and publications."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from pyoxigraph import Store

from loader.release.kept_releases import list_releases, use_release
from loader.release.release_folder import current_release
from query_ui.cli.exporting import build_release_statement
from tests.bench.measure import python, row
from tests.bench.releases import ROOT, Releases, SizedRelease, build_release, change_documents
from tests.bench.servers import (
    NO_CACHE,
    Server,
    ours,
    ours_over,
    oxigraph_in,
    oxigraph_with_release,
)
from tests.bench.service import SMALL, attackers, median_of

FEW, ROUNDS = 25, 5
CLIENTS, SWITCHES, SECONDS = 4, 20, 20.0
_DIFFERENCE = re.compile(r"([\d,]+) graphs differ: ([\d,]+) statements to remove, ([\d,]+) to add")


def measure_remote(folder: Path, shipped: Path, releases: Releases, size: int) -> Iterator[str]:
    """Yield what our layer adds on the release ``shipped``, and a publication at ``size``."""
    with oxigraph_with_release(folder / "remote", shipped) as engine:
        yield from measure_layer(engine, shipped)
    yield from measure_switches(folder, releases.find(FEW))
    yield from measure_publication(releases, size)


def measure_layer(engine: Server, out: Path) -> Iterator[str]:
    """Yield the median of an ever new small query through our site, and of the engine itself."""
    times: dict[str, list[float]] = {"ours": [], "engine": []}
    address = f"http://127.0.0.1:{engine.port}{engine.path}"
    with ours_over(address, out, *NO_CACHE) as site:
        for _ in range(ROUNDS):
            for name, server in (("ours", site), ("engine", engine)):
                times[name].append(median_of(server, SMALL, fresh=True))
    mine, alone = (median(times[name]) for name in ("ours", "engine"))
    yield row(
        "median of a small SELECT through a site over Oxigraph's server",
        f"{mine:.2f} ms, {mine - alone:.2f} ms more than the engine itself ({alone:.2f} ms)",
        "≤ 2 ms more",
    )


def measure_switches(folder: Path, release: SizedRelease) -> Iterator[str]:
    """Yield how late the latest answer is while the current release changes, and while it stays."""
    root, out = folder / "switched", folder / "switched-out"
    shutil.copytree(release.root, root)
    shutil.copytree(release.out, out)
    change_documents(root)
    build_release(root, out)
    names = [kept.name for kept in list_releases(out)]
    slowest, middles = {}, {}
    with ours(out, *NO_CACHE) as server:
        for switches in (0, SWITCHES):
            with attackers(server, CLIENTS, SECONDS, [SMALL]) as running:
                for number in range(switches):
                    sleep(SECONDS / (switches + 1))
                    use_release(out, names[number % 2])
                counts = [json.loads(process.communicate()[0]) for process in running]
            if any(status != "200" for count in counts for status in count):
                raise SystemExit("a query failed while releases were switched")
            # The first queries of each client wait until workers have started.
            times = [time for count in counts for time in count["200"][10:]]
            slowest[switches], middles[switches] = max(times), median(times)
    ratios = {switches: slowest[switches] / middles[switches] for switches in slowest}
    yield row(
        f"slowest small query of {CLIENTS} clients during {SWITCHES} switches of the release",
        f"{slowest[SWITCHES]:.0f} ms, {ratios[SWITCHES]:.0f} × the median "
        f"({middles[SWITCHES]:.1f} ms); {ratios[0]:.0f} × without switches",
        "≤ 5 ×",
    )
    shutil.rmtree(out)
    shutil.rmtree(root)


def measure_publication(releases: Releases, size: int) -> Iterator[str]:
    """Yield what the publication of a few changed documents moves, and what it takes."""
    found, changed = releases.find(size), releases.find_changed(size)
    path, _ = releases.load_peer(size)
    store = Store(str(path))
    store.add(build_release_statement(current_release(found.out).name))
    store.flush()
    del store
    with oxigraph_in(path) as engine:
        base = f"http://127.0.0.1:{engine.port}"
        command = (
            *(python().parent / "concordat-kg", "publish", "--out", changed.out),
            *("--to", f"{base}/update", "--endpoint", f"{base}/query"),
        )
        began = perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        seconds = perf_counter() - began
    moved = _DIFFERENCE.search(done.stdout)
    if done.returncode or not moved:
        raise SystemExit(f"publish failed:\n{done.stdout}{done.stderr}")
    graphs, removed, added = moved.groups()
    count = changed.documents
    yield row(
        f"publication of {count} changed document{'s' * (count != 1)} of {size:,} case studies",
        f"{graphs} graphs, {removed} statements removed and {added} added of {found.quads:,}; "
        f"{seconds:.1f} s",
        "only their graphs",
    )
