"""SERVICE answered from the release: a dated copy of a sector dataset in the endpoint's place.

https://www.w3.org/TR/sparql11-federated-query/
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from loader.errors import QueryRefused
from query_ui.engine.protocol import Answer
from query_ui.engine.query_tokens import END, Token, Unreadable, tokens_of

HEADER = "X-Answered-From-Snapshot"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The copy of an endpoint's data: its named graph, the day it was taken, what it is called."""

    endpoint: str
    graph: str
    retrieved: str
    title: str

    @property
    def told(self) -> str:
        """The value of the header that says where an answer came from."""
        return f'<{self.endpoint}>; graph="{self.graph}"; retrieved="{self.retrieved}"'


@dataclass(frozen=True, slots=True)
class Local:
    """A query to ask here, and the copies that stand for endpoints in it."""

    text: str
    used: tuple[Snapshot, ...] = ()


def snapshots_in(answer: Answer) -> dict[str, Snapshot]:
    """The copies that ``sparql/pages/snapshots.rq`` tells, by the address of the endpoint."""
    rows = ([getattr(term, "value", "") for term in row] for row in answer.rows)
    found = (Snapshot(*row) for row in rows)
    return {snapshot.endpoint: snapshot for snapshot in found}


def locally(text: str, snapshots: Mapping[str, Snapshot], restricted: bool = False) -> Local:
    """The query with ``GRAPH <copy>`` in the place of each ``SERVICE <endpoint>`` there is one of.

    What else it calls stays as it is, for the guard to judge. QueryRefused where the dataset of the
    query is ``restricted``, by FROM or by the protocol, since the copy is not in it then.
    """
    if not snapshots or "service" not in text.lower():
        return Local(text)
    try:
        tokens = tokens_of(text)
    except Unreadable:
        return Local(text)
    calls = list(called(tokens, snapshots))
    if not calls:
        return Local(text)
    if restricted or any(token.says("FROM") for token in tokens):
        raise QueryRefused(
            "Here SERVICE is answered from a copy in this release, and a query that names its "
            "graphs does not see that copy: ask without FROM, or without SERVICE."
        )
    for start, end, snapshot in reversed(calls):
        text = f"{text[:start]}GRAPH <{snapshot.graph}>{text[end:]}"
    return Local(text, tuple(dict.fromkeys(snapshot for _, _, snapshot in calls)))


def called(
    tokens: Sequence[Token], snapshots: Mapping[str, Snapshot]
) -> Iterable[tuple[int, int, Snapshot]]:
    """Where the query calls an endpoint that there is a copy of: from SERVICE to the address."""
    prefixes = declared(tokens)
    ahead = [*tokens[1:], END, END]
    for index, token in enumerate(tokens):
        silent = ahead[index].says("SILENT")
        name = ahead[index + 1] if silent else ahead[index]
        if token.kind == "word" and token.says("SERVICE"):
            snapshot = snapshots.get(address(name, prefixes))
            if snapshot:
                yield token.start, name.end, snapshot


def declared(tokens: Sequence[Token]) -> dict[str, str]:
    """The prefixes that a query declares."""
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return {
        name.text[:-1]: iri.text[1:-1]
        for word, name, iri in triples
        if word.says("PREFIX") and name.kind == "name" and iri.kind == "iri"
    }


def address(token: Token, prefixes: Mapping[str, str]) -> str:
    """The address that a token stands for, or ""."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, name = token.text.partition(":")
    return prefixes[prefix] + name if token.kind == "name" and prefix in prefixes else ""
