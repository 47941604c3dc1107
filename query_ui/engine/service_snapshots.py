"""Evaluation of SERVICE on a dated copy of a sector dataset in the release.

https://www.w3.org/TR/sparql11-federated-query/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loader.errors import QueryRefused
from loader.queries.prologue import read_prologue
from loader.queries.rewrite import Edit, apply_edits
from loader.queries.syntax.parser import ParsedQuery, parse_query
from query_ui.engine.protocol import QueryResult

SNAPSHOT_HEADER = "X-Answered-From-Snapshot"


@dataclass(frozen=True, slots=True)
class ServiceSnapshot:
    """A copy of an endpoint's data: its named graph, the date of retrieval and its title."""

    endpoint: str
    graph: str
    retrieved: str
    title: str

    @property
    def header_value(self) -> str:
        """The value of the header ``SNAPSHOT_HEADER``, which reports the use of the copy."""
        return f'<{self.endpoint}>; graph="{self.graph}"; retrieved="{self.retrieved}"'


@dataclass(frozen=True, slots=True)
class LocalQuery:
    """A query to evaluate on the release, and the copies that replace endpoints in it."""

    text: str
    snapshots: tuple[ServiceSnapshot, ...] = ()


def parse_snapshots(result: QueryResult) -> dict[str, ServiceSnapshot]:
    """Return the rows of ``sparql/pages/snapshots.rq``, keyed by the address of the endpoint."""
    rows = ([getattr(term, "value", "") for term in row] for row in result.rows)
    found = (ServiceSnapshot(*row) for row in rows)
    return {snapshot.endpoint: snapshot for snapshot in found}


def substitute_snapshots(
    text: str, snapshot_by_endpoint: Mapping[str, ServiceSnapshot], has_dataset: bool = False
) -> LocalQuery:
    """Replace ``SERVICE <endpoint>`` by ``GRAPH <copy>`` where there is a copy.

    Other calls are left to the guard. Raises QueryRefused where FROM or the protocol
    (``has_dataset``) names the dataset of the query, since that does not contain the copy.
    """
    if not snapshot_by_endpoint or "service" not in text.lower():
        return LocalQuery(text)
    query = parse_query(text)
    calls = list(_find_calls(query, snapshot_by_endpoint)) if query.is_valid else []
    if not calls:
        return LocalQuery(text)
    if has_dataset or query.main.find("DatasetClause"):
        raise QueryRefused(
            "Here SERVICE is answered from a copy in this release, and a query that names its "
            "graphs does not see that copy: ask without FROM, or without SERVICE."
        )
    local = apply_edits(text, [edit for edit, _ in calls])
    return LocalQuery(local, tuple(dict.fromkeys(snapshot for _, snapshot in calls)))


def _find_calls(
    query: ParsedQuery, snapshot_by_endpoint: Mapping[str, ServiceSnapshot]
) -> Iterator[tuple[Edit, ServiceSnapshot]]:
    """Yield the edit and the copy for each call of an endpoint that has a copy."""
    prologue = read_prologue(query)
    for call in query.main.find_all("Service"):
        name = call.child("Iri")
        snapshot = snapshot_by_endpoint.get(prologue.expand(name) or "")
        if name and snapshot:
            yield Edit(call.start, name.end, f"GRAPH <{snapshot.graph}>"), snapshot
