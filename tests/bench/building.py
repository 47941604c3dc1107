"""Measures builds of generated data, beside the engine's own bulk load of the same quads."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from loader.release.release_folder import current_release
from tests.bench.measure import python, row, run
from tests.bench.releases import ROOT, Releases, build_release, change_documents

MAX_SLOWDOWN = 1.5
"""How much longer a case study may take at the largest size than at the one before."""


def measure_builds(folder: Path, releases: Releases, sizes: Sequence[int]) -> Iterator[str]:
    """Yield the rows of the table for full builds of every size, and for changes of the largest."""
    for size in sizes:
        found = releases.find(size)
        graph = current_release(found.out).graph
        with graph.open("rb") as file:
            quads = sum(1 for _ in file)
        peer = run(python(), "-m", "tests.bench.bulk_load", folder / "peer", graph, cwd=ROOT)
        shutil.rmtree(folder / "peer")
        yield row(
            f"build of {size:,} generated case studies ({quads:,} quads)",
            f"{found.build.seconds:.1f} s, {found.build.megabytes:,.0f} MB",
            "≤ 2,048 MB",
        )
        yield row(
            "… to `Store.bulk_load` of the same quads alone",
            f"{found.build.seconds / peer.seconds:.2f} × ({peer.seconds:.1f} s, "
            f"{peer.megabytes:,.0f} MB)",
            "≤ 4 ×",
        )
    few, many = (releases.find(size).build.seconds / size for size in sizes[-2:])
    yield row(
        f"a case study at {sizes[-1]:,} to one at {sizes[-2]:,}",
        f"{many / few:.2f} × ({many * 1000:.2f} ms and {few * 1000:.2f} ms)",
        f"≤ {MAX_SLOWDOWN:g} ×",
    )
    yield from measure_change(folder, releases, sizes[-1])


def measure_change(folder: Path, releases: Releases, size: int) -> Iterator[str]:
    """Yield what a build after a few changed documents takes, in a copy of the build folder.

    The documents are changed where they are, since a build takes over those of the same path alone.
    """
    found = releases.find(size)
    root, out = found.root, folder / "changed-out"
    # Hard links, as nothing writes into a published release; a copy would measure the disk.
    subprocess.run(["cp", "-al", found.out, out], check=True)
    count = change_documents(root)
    change = build_release(root, out)
    yield row(
        f"build after {count} changed documents of {size:,} case studies",
        f"{change.seconds:.1f} s, {100 * change.seconds / found.build.seconds:.0f} % of the full "
        f"build, {change.megabytes:,.0f} MB",
        "≤ 5 %",
    )
    shutil.rmtree(out)
