"""SERVICE answered from the release: a dated copy of a sector dataset in the endpoint's place.

https://www.w3.org/TR/sparql11-federated-query/
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from loader.errors import QueryRefused
from query_ui.engine.protocol import QueryResult
from query_ui.engine.query_tokens import END, Token, Unreadable, tokens_of

SNAPSHOT_HEADER = "X-Answered-From-Snapshot"


@dataclass(frozen=True, slots=True)
class ServiceSnapshot:
    """The copy of an endpoint's data: its named graph, the day it was taken, what it is called."""

    endpoint: str
    graph: str
    retrieved: str
    title: str

    @property
    def header_value(self) -> str:
        """The value of the header that says where an answer came from."""
        return f'<{self.endpoint}>; graph="{self.graph}"; retrieved="{self.retrieved}"'


@dataclass(frozen=True, slots=True)
class LocalQuery:
    """A query to ask here, and the copies that stand for endpoints in it."""

    text: str
    snapshots: tuple[ServiceSnapshot, ...] = ()


def parse_snapshots(result: QueryResult) -> dict[str, ServiceSnapshot]:
    """The copies that ``sparql/pages/snapshots.rq`` tells, by the address of the endpoint."""
    rows = ([getattr(term, "value", "") for term in row] for row in result.rows)
    found = (ServiceSnapshot(*row) for row in rows)
    return {snapshot.endpoint: snapshot for snapshot in found}


def substitute_snapshots(
    text: str, snapshot_by_endpoint: Mapping[str, ServiceSnapshot], has_dataset: bool = False
) -> LocalQuery:
    """The query with ``GRAPH <copy>`` in the place of each ``SERVICE <endpoint>`` there is one of.

    What else it calls stays as it is, for the guard to judge. QueryRefused where the dataset of the
    query is ``restricted``, by FROM or by the protocol, since the copy is not in it then.
    """
    if not snapshot_by_endpoint or "service" not in text.lower():
        return LocalQuery(text)
    try:
        tokens = tokens_of(text)
    except Unreadable:
        return LocalQuery(text)
    calls = list(find_service_calls(tokens, snapshot_by_endpoint))
    if not calls:
        return LocalQuery(text)
    if has_dataset or any(token.says("FROM") for token in tokens):
        raise QueryRefused(
            "Here SERVICE is answered from a copy in this release, and a query that names its "
            "graphs does not see that copy: ask without FROM, or without SERVICE."
        )
    for start, end, snapshot in reversed(calls):
        text = f"{text[:start]}GRAPH <{snapshot.graph}>{text[end:]}"
    return LocalQuery(text, tuple(dict.fromkeys(snapshot for _, _, snapshot in calls)))


def find_service_calls(
    tokens: Sequence[Token], snapshot_by_endpoint: Mapping[str, ServiceSnapshot]
) -> Iterable[tuple[int, int, ServiceSnapshot]]:
    """Where the query calls an endpoint that there is a copy of: from SERVICE to the address."""
    prefixes = parse_prefixes(tokens)
    ahead = [*tokens[1:], END, END]
    for index, token in enumerate(tokens):
        silent = ahead[index].says("SILENT")
        name = ahead[index + 1] if silent else ahead[index]
        if token.kind == "word" and token.says("SERVICE"):
            snapshot = snapshot_by_endpoint.get(resolve_address(name, prefixes))
            if snapshot:
                yield token.start, name.end, snapshot


def parse_prefixes(tokens: Sequence[Token]) -> dict[str, str]:
    """The prefixes that a query declares."""
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return {
        name.text[:-1]: iri.text[1:-1]
        for word, name, iri in triples
        if word.says("PREFIX") and name.kind == "name" and iri.kind == "iri"
    }


def resolve_address(token: Token, prefixes: Mapping[str, str]) -> str:
    """The address that a token stands for, or ""."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, name = token.text.partition(":")
    return prefixes[prefix] + name if token.kind == "name" and prefix in prefixes else ""
