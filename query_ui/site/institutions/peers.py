"""Peers of an institution: members of the same groups, and institutions of the same size."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from loader.settings import BASE
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.urls import Link, to_page_path
from query_ui.site.institutions.group_comparison import Group
from query_ui.site.linked_rows import CKG, has_property

MAX_PEERS = 8


@dataclass(frozen=True, slots=True)
class Peer:
    """An institution like another one, and in words why."""

    link: Link
    slug: str
    reason: str


def load_peers(graph: GraphContext, iri: str, groups: Sequence[Group]) -> list[Peer]:
    """Return up to ``MAX_PEERS`` peers: first those with the most reasons, then by name."""
    reasons: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    group_names = {group.link.iri: group.link.text for group in groups}
    rows = (
        row
        for group in groups
        for row in graph.select_rows_once("members-of", group=group.link.iri)
    )
    for row in rows:
        member = get_cell_text(row, "member")
        if member != iri:
            names[member] = get_cell_text(row, "name")
            reasons[member].append(group_names[get_cell_text(row, "group")])
    has_size = has_property(graph, iri, f"{CKG}fullTimeEquivalents")
    for row in graph.select_rows("peers-by-size", thing=iri) if has_size else ():
        peer = get_cell_text(row, "peer")
        names[peer] = get_cell_text(row, "name")
        reasons[peer].append(f"similar size in REF 2021, {get_cell_text(row, 'nation')}")
    ranked = sorted(reasons, key=lambda peer: (-len(reasons[peer]), names[peer]))
    return [
        Peer(
            Link(names[peer], to_page_path(peer), peer),
            peer.removeprefix(f"{BASE}id/organisation/"),
            "; ".join(reasons[peer]),
        )
        for peer in ranked[:MAX_PEERS]
    ]
