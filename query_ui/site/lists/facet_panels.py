"""What a list can be narrowed by, with live numbers: each number leads to the query behind it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from query_ui.graph.entity_labels import Names
from query_ui.graph.facet_filter import Selection
from query_ui.graph.facets import OFFERED, Facet
from query_ui.graph.page_queries import Site
from query_ui.graph.search_index import Index
from query_ui.graph.search_index.concept_tree import walked
from query_ui.graph.search_index.entity_filter import offered
from query_ui.graph.search_index.index_reader import Counts
from query_ui.graph.urls import Number, query_path
from query_ui.site.lists.list_request import Asked

FEW, MANY = 8, 100
"""How many values of a facet are offered at first, and how many where more are wanted."""
ANY_IRI, ANY_NUMBER = "urn:value", "999999999"
"""Stand in a query for each value in turn, so that it is put together only once."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value: ``address`` leads to the list with it, or without it where it is chosen."""

    name: str
    address: str
    number: Number
    chosen: bool
    below: tuple["Option", ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One facet. ``more`` is the address that offers more values, or "".

    ``matching`` are the addresses for any and for all of the chosen values, where there are
    several; ``every`` says which it is now.
    """

    facet: Facet
    options: tuple[Option, ...]
    more: str = ""
    matching: tuple[str, str] | None = None
    every: bool = False

    @property
    def chosen(self) -> bool:
        """Whether any value of it is chosen."""
        return any(flattened(self.options, lambda option: option.chosen))


def flattened(options: Iterable[Option], test: Callable[[Option], bool]) -> Iterable[Option]:
    """The options, and those below them, that pass a test."""
    for option in options:
        if test(option):
            yield option
        yield from flattened(option.below, test)


def panels(shared: Site, index: Index, names: Names, asked: Asked, total: int) -> list[Panel]:
    """The facets that would narrow the list, or that something is chosen of."""
    counts = offered(index, asked.selection)
    learn(names, index, counts)
    scene = Scene(shared, index, names, asked)
    made = (Offer(scene, facet, counts[facet.name]).panel() for facet in OFFERED)
    return [panel for panel in made if panel.chosen or narrowing(panel, total)]


def narrowing(panel: Panel, total: int) -> bool:
    """Whether a choice of the facet would leave less than there is."""
    return any(True for _ in flattened(panel.options, lambda option: option.number.value < total))


def learn(names: Names, index: Index, counts: Mapping[str, Counts]) -> None:
    """The names of all values that are offered: the index has most of them."""
    unnamed = []
    for facet in OFFERED:
        column = index.facet(facet.query)
        for place in counts[facet.name].nonzero()[0]:
            if column.names[place]:
                names.known.setdefault(column.values[place], column.names[place])
            elif ":" in column.values[place]:
                unnamed.append(column.values[place])
    names.learn(set(unnamed) - names.known.keys())


@dataclass(frozen=True, slots=True)
class Scene:
    """What all the panels of a list are made from."""

    shared: Site
    index: Index
    names: Names
    asked: Asked


class Offer:
    """Puts together the panel of one facet."""

    def __init__(self, scene: Scene, facet: Facet, counts: Counts) -> None:
        self.index, self.names, self.asked = scene.index, scene.names, scene.asked
        self.facet = facet
        self.column = scene.index.facet(facet.query)
        self.counts = counts
        selection = scene.asked.selection
        self.given = selection.chosen.get(facet.name, ())
        self.wanted = MANY if scene.asked.more == facet.name else FEW
        self.cut = False
        stand_in = ANY_NUMBER if facet.name == "year" else ANY_IRI
        text = scene.shared.selected("count-of-class", selection.only(facet.name, stand_in))
        self.query, self.stand_in = query_path(text), quote_plus(stand_in)

    def panel(self) -> Panel:
        """The panel, as a tree where the facet has a hierarchy that is not cut into levels."""
        tree = self.facet.scheme and not self.facet.level
        options = self.branches(self.roots(), ()) if tree else self.flat(self.values())
        more = self.asked.address(more=self.facet.name) if self.cut and self.wanted == FEW else ""
        every = self.facet.name in self.asked.selection.every
        return Panel(self.facet, options, more, self.matching(), every)

    def matching(self) -> tuple[str, str] | None:
        """The addresses for any and for all of the chosen values, where there are several."""
        selection, name = self.asked.selection, self.facet.name
        if len(self.given) < 2:
            return None
        address = self.asked.address
        return address(selection.matching(name, False)), address(selection.matching(name, True))

    def count(self, value: str) -> int:
        """How many things choosing a value would leave."""
        place = self.column.places.get(value)
        return 0 if place is None else int(self.counts[place])

    def option(self, value: str, below: tuple[Option, ...] = ()) -> Option:
        """One value with what is offered below it."""
        selection, name = self.asked.selection, self.facet.name
        chosen = value in self.given
        changed = selection.leaving(name, value) if chosen else self.with_(value)
        href = self.query.replace(self.stand_in, quote_plus(value))
        word = self.names.name(value) if ":" in value else value
        number = Number(self.count(value), href)
        address = self.asked.address(changed, more=self.asked.more)
        return Option(word, address, number, chosen, below)

    def with_(self, value: str) -> Selection:
        """The selection with one more value, which takes the place of any above it."""
        selection, name = self.asked.selection, self.facet.name
        for one in self.given if self.facet.scheme else ():
            if value in (below for _, below in walked(self.index, [one])):
                selection = selection.leaving(name, one)
        return selection.adding(name, value)

    def values(self) -> Sequence[str]:
        """The values of a facet without a tree."""
        facet = self.facet
        if not facet.scheme:
            return self.column.values
        inside = self.index.members.get(facet.scheme, ())
        top = facet.level == "top"
        return [value for value in inside if (value not in self.index.broader) == top]

    def flat(
        self, values: Iterable[str], below: Mapping[str, tuple[Option, ...]] | None = None
    ) -> tuple[Option, ...]:
        """The values with the highest numbers, and those that are chosen or lead to such."""
        below = below or {}
        kept = {*self.given, *below}
        some = [value for value in values if self.count(value) or value in kept]
        some.sort(key=lambda value: (-self.count(value), self.names.name(value).lower(), value))
        shown = some[: self.wanted] + [value for value in some[self.wanted :] if value in kept]
        self.cut = self.cut or len(shown) < len(some)
        return tuple(self.option(value, below.get(value, ())) for value in shown)

    def roots(self) -> list[str]:
        """The concepts at the top of the scheme; where all stand in a circle, all of them."""
        inside = self.index.members.get(self.facet.scheme, ())
        return [value for value in inside if value not in self.index.broader] or list(inside)

    def branches(self, values: Iterable[str], path: tuple[str, ...]) -> tuple[Option, ...]:
        """The concepts of one step of the tree; those on the way to a chosen one are open."""
        values = [value for value in values if value not in path]
        below = {
            value: self.branches(self.index.narrower.get(value, ()), (*path, value))
            for value in values
            if self.leads(value)
        }
        return self.flat(values, below)

    def leads(self, value: str) -> bool:
        """Whether a concept is chosen, or one below it."""
        seen, waiting = {value}, [value]
        while waiting:
            one = waiting.pop()
            if one in self.given:
                return True
            new = set(self.index.narrower.get(one, ())) - seen
            seen |= new
            waiting += new
        return False
