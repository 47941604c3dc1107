"""``python -m tests.torture``: build the shipped data, attack a server over it, print what came.

``python -m tests.torture --engine oxigraph`` (or ``fuseki``) serves it from that engine in place of
the attacks, which is stopped, slowed and restarted while clients ask.
"""

import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from pyoxigraph import NamedNode, Store

from loader.release.build import build
from loader.settings import Settings
from query_ui.graph.urls import to_page_path
from tests.torture.attacks import list_attacks
from tests.torture.engine_faults import run_faults
from tests.torture.runner import format_outcome, measure_idle_share, run_attack, start_visitor
from tests.torture.server import run_server

PROJECT = Path(__file__).parents[2]
ROUNDS = 5


def main() -> int:
    """Run all attacks, or those with a word of the command line in their names.

    Return 1 where a page was not answered or a request got a fault of the server.
    """
    words = sys.argv[1:]
    if words[:1] == ["--engine"]:
        return fail_engine(words[1])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "build"
        build(Settings(root=PROJECT, data=(PROJECT / "data",), out=out), lambda *_: None)
        outcomes = []
        with run_server(out) as server, start_visitor() as visitor:
            concepts = cycle_concepts(out)
            for attack in list_attacks():
                if not words or any(word in attack.name for word in words):
                    outcome = run_attack(visitor, server, attack, concepts, ROUNDS)
                    outcome.idle_share = measure_idle_share(server)
                    outcomes.append(outcome)
                    print("\n".join(format_outcome(outcome)), flush=True)
    bad = sum(not one.is_good for one in outcomes)
    sent = sum(one.tally.counts.total() for one in outcomes)
    asked = sum(len(some) for one in outcomes for some in one.seconds.values())
    print(f"{len(outcomes)} attacks, {sent:,} requests, {asked} pages asked meanwhile; {bad} bad")
    return 1 if bad else 0


def fail_engine(name: str) -> int:
    """Print what clients got while a remote engine failed; return 1 where an answer was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(PROJECT, (PROJECT / "data",), Path(folder) / "build")
        built = build(settings, lambda *_: None)
        (Path(folder) / "engine").mkdir()
        outcomes = []
        for outcome in run_faults(name, settings, built.release, Path(folder) / "engine"):
            outcomes.append(outcome)
            print(outcome, *outcome.answers.wrong[:5], sep="\n    ", flush=True)
    bad = sum(bool(one.answers.wrong) for one in outcomes)
    print(f"{name}: {len(outcomes)} faults, {bad} bad")
    return 1 if bad else 0


def cycle_concepts(out: Path) -> Iterator[str]:
    """Yield the paths of concept pages, no one twice until all have been."""
    release = (out / "current").read_text("ascii").strip()
    store = Store.read_only(str(out / "releases" / release / "store"))
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    concept = NamedNode("http://www.w3.org/2004/02/skos/core#Concept")
    quads = store.quads_for_pattern(None, kind, concept, None)
    paths = {to_page_path(str(quad.subject).strip("<>")) for quad in quads}
    return cycle(sorted(path for path in paths if path))


if __name__ == "__main__":
    sys.exit(main())
