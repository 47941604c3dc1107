"""The drawing of a thing: its neighbours on both sides, many of one sort as one node."""

from collections.abc import Callable

from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.neighbour_graph import MAX_NODES_PER_SIDE, Neighbour, NeighbourGraph, place_nodes
from tests.query_ui.site.small import Element


def test_what_points_here_is_left_and_what_it_points_at_right(
    page: Callable[[str], Element],
) -> None:
    found = page("/things/commitment/pledge-data").one("div", "drawing").one("svg")
    nodes = {a.text: float(a.find("rect")[0].attributes["x"]) for a in found.find("a")}
    assert nodes == {
        "The pledge commitment": 4,
        "The pledge is part of": 516,
        "Training subject": 516,
        "Unsupported standing": 516,
    }
    assert len(found.find("line")) == 4


def test_every_thing_has_a_drawing_and_links_lead_to_pages(
    page: Callable[[str], Element],
) -> None:
    for path in ("/things/commitment/pledge-data", "/things/membership/durham-n8"):
        links = [
            a.attributes["href"].partition("#")[0]
            for a in page(path).one("div", "drawing").find("a")
        ]
        assert links, path
        for link in links:
            assert page(link or path).one("h1").text


def test_more_than_fit_are_cut_and_it_is_said() -> None:
    some = [Neighbour("word", Link("x" * 40, "/")) for _ in range(MAX_NODES_PER_SIDE + 1)]
    nodes = place_nodes(some, 4)
    assert len(nodes) == MAX_NODES_PER_SIDE and nodes[1].y - nodes[0].y == 30
    assert nodes[0].neighbour.label == "x" * 24 + "…"
    picture = NeighbourGraph("name", nodes, [], True)
    assert picture.height == MAX_NODES_PER_SIDE * 30 + 10 and picture.middle == picture.height // 2


def test_several_are_one_node_with_their_number() -> None:
    one = Neighbour("word", Link("things", "#there"), LinkedCount(7, "/sparql?query=x"))
    assert (one.label, one.number and one.number.value) == ("things", 7)
