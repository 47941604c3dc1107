"""Measures builds of generated data, beside the engine's own bulk load of the same quads."""

from collections.abc import Iterator, Sequence

from tests.bench.measure import row
from tests.bench.releases import Releases

MAX_SLOWDOWN = 1.5
"""How much longer a case study may take at the largest size than at the one before."""


def measure_builds(releases: Releases, sizes: Sequence[int]) -> Iterator[str]:
    """Yield the rows of the table for full builds of every size, and for changes of the largest."""
    for size in sizes:
        found = releases.find(size)
        _, peer = releases.load_peer(size)
        yield row(
            f"build of {size:,} generated case studies ({found.quads:,} quads)",
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
    yield from measure_indexes(releases, sizes[-1])
    yield from measure_change(releases, sizes[-1])


def measure_indexes(releases: Releases, size: int) -> Iterator[str]:
    """Yield the share of the phase of the indexes in a build.

    Their content is collected in it; the files are written beside ``graph.nq``, in the next ones.
    """
    found = releases.find(size)
    seconds, all_seconds = found.read_phase("indexing"), found.build.seconds
    yield row(
        f"phase of the indexes of {size:,} case studies to the rest of their build",
        f"{seconds / (all_seconds - seconds):.2f} × ({seconds:.0f} s of {all_seconds:.0f} s)",
        "≤ 0.5 ×",
    )


def measure_change(releases: Releases, size: int) -> Iterator[str]:
    """Yield what a build after a few changed documents takes."""
    full, changed = releases.find(size).build.seconds, releases.find_changed(size)
    change = changed.build
    yield row(
        f"build after {changed.documents} changed documents of {size:,} case studies",
        f"{change.seconds:.1f} s, {100 * change.seconds / full:.0f} % of the full build, "
        f"{change.megabytes:,.0f} MB",
        "≤ 5 %",
    )
