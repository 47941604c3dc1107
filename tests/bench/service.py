"""Measures the endpoint over HTTP, side by side with its peers."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from tests.bench.client import ACCEPT, Client, timed
from tests.bench.measure import row
from tests.bench.servers import (
    Server,
    children,
    ours,
    oxigraph,
    rdflib_endpoint,
    resident,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SMALL, ONE, MILLION = (
    (HERE / f"{name}.rq").read_text("utf-8") for name in ("small", "one", "million")
)
HOSTILE = [path.read_text("utf-8") for path in sorted((HERE / "hostile").glob("*.rq"))]
MIX = (
    *("case-studies", "case-studies-by-keyword", "keyword-frequency", "organisations"),
    *("memberships", "obligation-coverage", "commitments", "initiatives", "claims", "sources"),
)
SAVED = "keyword-frequency"
LIMIT = 2.0


def service(folder: Path, shipped: Path, triples: int = 1_000_000) -> Iterator[str]:
    """The rows of the table; ``shipped`` is a build folder with the release of the real data."""
    yield from small_queries(shipped)
    yield from throughput(shipped)
    big = synthetic(folder / "synthetic", triples)
    yield from export(folder, big, triples)
    yield from under_attack(big)
    yield from past_the_limit(big)


def synthetic(out: Path, triples: int) -> Path:
    """A release of so many statements with one property."""
    path = out / "releases" / "synthetic" / "store"
    path.mkdir(parents=True)
    store, base = Store(str(path)), "https://example.org/"
    store.bulk_extend(
        Quad(
            NamedNode(f"{base}s{number}"),
            NamedNode(f"{base}p"),
            Literal(f"value, number {number}"),
            DefaultGraph(),
        )
        for number in range(triples)
    )
    store.flush()
    store.optimize()
    (out / "current").write_text("synthetic\n", "ascii")
    return out


def small_queries(out: Path, rounds: int = 5) -> Iterator[str]:
    """Medians of small queries, in turn with the peers: one again and again, and ever new ones."""
    saved = (ROOT / "sparql" / "queries" / f"{SAVED}.rq").read_text("utf-8")
    asked = {"saved": (saved, False, 60), "same": (SMALL, False, 200), "new": (SMALL, True, 200)}
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    with ours(out) as mine, oxigraph(out) as peer, rdflib_endpoint(out) as slow:
        for _ in range(rounds):
            for which, (query, fresh, count) in asked.items():
                for name, server in (("ours", mine), ("oxigraph", peer), ("rdflib", slow)):
                    times[name, which].append(median_of(server, query, fresh, count))
    found = {key: median(values) for key, values in times.items()}
    told = {"saved": f"`{SAVED}`", "same": "five titles", "new": "five titles, ever new texts"}
    for which, what in told.items():
        mine_ms, peer_ms, slow_ms = (found[name, which] for name in ("ours", "oxigraph", "rdflib"))
        yield row(
            f"median of a small SELECT over HTTP: {what}",
            f"{mine_ms:.2f} ms, {mine_ms / peer_ms:.2f} × Oxigraph's server ({peer_ms:.2f} ms)",
            "≤ 1.9 ×" if which == "new" else "≤ 1.1 ×",
        )
        yield row(
            "… to rdflib-endpoint",
            f"{slow_ms / mine_ms:.1f} × faster ({slow_ms:.1f} ms); "
            f"Oxigraph's server {slow_ms / peer_ms:.1f} ×",
            "≥ 10 ×",
        )


def median_of(server: Server, query: str, fresh: bool = False, times: int = 200) -> float:
    """Milliseconds of an answer to Python's own HTTP client on one connection.

    ``fresh`` gives each request a text that the server has never parsed.
    """
    connection = HTTPConnection("127.0.0.1", server.port)
    headers = {"Accept": ACCEPT}
    taken = []
    for _ in range(times):
        text = f"{query}# {time.perf_counter_ns()}" if fresh else query
        address = f"{server.path}?{urlencode({'query': text})}"
        start = time.perf_counter()
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{server}: {answer.status}")
    connection.close()
    return median(taken[times // 10 :])


def ask_for(server: Server, query: str, seconds: float) -> list[float]:
    """Milliseconds of each answer, after a few that do not count; each has to be 200."""
    client = Client(server.port, server.path)
    requests = [client.request(query)]
    timed(client, requests, 0.2)
    times = timed(client, requests, seconds)
    if set(times) != {200}:
        raise SystemExit(f"{server}: {sorted(times)}")
    return times[200]


def throughput(out: Path, clients: int = 8, seconds: float = 8.0) -> Iterator[str]:
    """Queries a second that eight clients get through, each with the same ten saved queries."""
    queries = [(ROOT / "sparql" / "queries" / f"{n}.rq").read_text("utf-8") for n in MIX]
    rates = []
    for peer in (ours, oxigraph):
        with peer(out) as server:
            ask_for(server, SMALL, 0.2)
            with attackers(server, clients, seconds, queries) as running:
                counts = [json.loads(process.communicate()[0]) for process in running]
        failed = sum(len(v) for c in counts for status, v in c.items() if status != "200")
        if failed:
            raise SystemExit(f"{failed} of the mixed queries failed")
        rates.append(sum(len(c["200"]) for c in counts) / seconds)
    yield row(
        "queries a second, 8 clients, mix of 10 saved queries",
        f"{rates[0]:,.0f}, {rates[0] / rates[1]:.2f} × Oxigraph's server ({rates[1]:,.0f})",
        "≥ 1 ×",
    )


@contextmanager
def attackers(
    server: Server, count: int, seconds: float, queries: Sequence[str]
) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """So many clients, each a process of its own that begins with another query."""
    command = (sys.executable, "-m", "tests.bench.client", str(server.port), server.path)
    running = [
        subprocess.Popen(
            [*command, str(seconds), *queries[n % len(queries) :], *queries[: n % len(queries)]],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        for n in range(count)
    ]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def export(folder: Path, out: Path, triples: int) -> Iterator[str]:
    """A CSV of all statements, to the engine's own writing of it to a file."""
    alone, ways = [], []
    grown = 0.0
    with ours(out) as server:
        client = Client(server.port, server.path)
        client.ask(client.request(ONE))
        for _ in range(3):
            command = (sys.executable, "-m", "tests.bench.to_file", out, folder / "peer.csv")
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            alone.append(float(done.stdout))
            before = resident(server.pid)
            start = time.perf_counter()
            status, size = client.ask(client.request(MILLION, "text/csv"))
            ways.append(time.perf_counter() - start)
            grown = max(grown, resident(server.pid) - before)
            if (status, size) != (200, (folder / "peer.csv").stat().st_size):
                raise SystemExit(f"{status}: {size} bytes")
    rate = median(alone) / median(ways)
    yield row(
        f"CSV of {triples:,} rows over HTTP",
        f"{median(ways):.1f} s, {rate:.2f} × the rate of the engine to a file",
        "≥ 0.8 ×",
    )
    yield row("… memory that the web process grows by", f"{grown:.0f} MB", "< 50 MB")


def under_attack(out: Path, rounds: int = 3, seconds: float = 6.0) -> Iterator[str]:
    """The slowest twentieth of small queries, in turn idle and while eight clients ask heavy ones.

    Medians of the rounds, since a machine that others share has its moods.
    """
    calm, pressed = [], []
    for _ in range(rounds):
        with ours(out) as server:
            ask_for(server, ONE, 0.5)
            calm.append(slowest(ask_for(server, ONE, seconds)))
            with attackers(server, 8, 4 * seconds, HOSTILE):
                time.sleep(3)
                pressed.append(slowest(ask_for(server, ONE, seconds)))
    idle, busy = median(calm), median(pressed)
    yield row(
        "p95 of a small query while 8 hostile ones run",
        f"{busy:.2f} ms, {busy / idle:.1f} × idle ({idle:.2f} ms), none failed",
        "≤ 2 ×, none",
    )


def slowest(times: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(times)[int(len(times) * 0.95)]


def past_the_limit(out: Path) -> Iterator[str]:
    """Each hostile query alone: how late its end is, and what it leaves behind."""
    late, memory = [], []
    with ours(out, "--timeout", str(LIMIT)) as server:
        client = Client(server.port, server.path)
        client.ask(client.request(ONE))
        before = resident(*children(server.pid))
        for query in HOSTILE:
            start = time.perf_counter()
            status, _ = client.ask(client.request(query))
            late.append(time.perf_counter() - start - LIMIT)
            if status not in (413, 503, 504):
                raise SystemExit(f"{status} for {query}")
            time.sleep(0.3)
            memory.append(resident(*children(server.pid)) - before)
    yield row(
        f"hostile queries past a limit of {LIMIT:g} s: the latest answer",
        f"{max(0, *late):.2f} s late",
        "≤ 0.5 s",
    )
    yield row("… memory not given back", f"{max(0, *memory):.0f} MB", "")
