"""Serves a graph with rdflib-endpoint: ``python -m tests.bench.rdflib_peer graph.nq port``."""

import sys

import uvicorn
from rdflib import Graph
from rdflib_endpoint import SparqlEndpoint


def main(path: str, port: str) -> None:
    """Load the statements of all graphs into one, and serve until the process is ended."""
    graph = Graph()
    with open(path, encoding="utf-8") as lines:
        triples = {line[: line.rindex(" <", 0, -3)] for line in lines}
    graph.parse(data=" .\n".join(sorted(triples)) + " .\n", format="nt")
    uvicorn.run(SparqlEndpoint(graph=graph), host="127.0.0.1", port=int(port), log_level="error")


if __name__ == "__main__":
    main(*sys.argv[1:])
