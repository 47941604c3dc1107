"""A request for a list: what is chosen and how it is sorted; every name has to be known."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlencode

from flask import request

from loader.errors import BadValue, UsageError
from query_ui.graph.facet_filter import Selection, chosen_from
from query_ui.graph.facets import FACETS, Facet
from query_ui.graph.search_index import Index
from query_ui.site.lists.list_definitions import Shelf

SORTS: Mapping[str, tuple[str, str]] = {
    "title": ("from A to Z", "things-of-class"),
    "-title": ("from Z to A", "things-of-class-reversed"),
    "-year": ("newest first", "things-of-class-newest"),
}
"""The orders of a list: how each is called, and the page query that has it."""
OWN = ("page", "size", "sort", "more")
LABELS = ("utm_", "fbclid", "gclid")
"""What mail programs and networks add to addresses, which asks for nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a list; ``more`` is the facet of which all values are wanted, or ""."""

    shelf: Shelf
    selection: Selection
    sort: str = "title"
    more: str = ""

    def address(self, selection: Selection | None = None, **changed: str | int) -> str:
        """The address of the same list, narrowed otherwise or with other fields."""
        own = {"sort": self.sort if self.sort != "title" else "", **changed}
        pairs = (selection or self.selection).fields()
        pairs += [(name, str(value)) for name, value in own.items() if value]
        return f"{self.shelf.path}?{urlencode(pairs)}" if pairs else self.shelf.path


def asked(shelf: Shelf, index: Index | None) -> Asked:
    """What the request at hand asks of a list.

    UsageError for a field that nothing reads, BadValue for a value that cannot be chosen: either
    way the list would be another one than was meant.
    """
    fields = request.args.to_dict(flat=False)
    refuse_unknown(fields)
    chosen = chosen_from(fields)
    for name, values in chosen.items():
        for value in values:
            check(FACETS[name], value, index)
    return Asked(
        shelf,
        Selection(shelf.kind, shelf.classes, chosen, matched(fields, chosen)),
        one_of("sort", fields.get("sort", ["title"])[-1], SORTS),
        one_of("more", fields.get("more", [""])[-1], ("", *FACETS)),
    )


def refuse_unknown(fields: Mapping[str, object]) -> None:
    """Raise UsageError for a field that is none of a list's."""
    known = [*OWN, *FACETS, *(facet.parameter for facet in FACETS.values())]
    for name in fields:
        if name not in known and not name.startswith(LABELS):
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"It may be {', '.join(known)}."
            raise UsageError(f"“{name}” is nothing that a list can be narrowed by. {hint}")


def matched(
    fields: Mapping[str, list[str]], chosen: Mapping[str, tuple[str, ...]]
) -> frozenset[str]:
    """The facets of which all the chosen values are meant."""
    found = set()
    for name, facet in FACETS.items():
        said = fields.get(facet.parameter, ["any"])[-1]
        if one_of(facet.parameter, said, ("any", "all")) == "all" and name in chosen:
            found.add(name)
    return frozenset(found)


def one_of(name: str, text: str, known: object) -> str:
    """``text``, where it is one of the known ones; UsageError otherwise."""
    names = [word for word in known if word]  # type: ignore[attr-defined]
    if text in known:  # type: ignore[operator]
        return text
    raise UsageError(f"{name} is “{text}”, and may be {', '.join(names)}.")


def check(facet: Facet, value: str, index: Index | None) -> None:
    """Raise BadValue for a value that no thing could have."""
    if any(character in value for character in '<>"{}|^`\\ \n\t'):
        raise BadValue(f"“{facet.key(value)}” cannot be a {facet.word.lower()}.")
    if facet.name == "year":
        if not value.isascii() or not value.isdigit() or len(value) > 4:
            raise BadValue(f"“{value}” is no year: give four digits such as 2020.")
    elif index and value not in index.facet(facet.query).places and index.number(value) is None:
        known = {facet.key(one): one for one in index.facet(facet.query).values}
        near = get_close_matches(facet.key(value), known, n=3, cutoff=0.6)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise BadValue(f"There is no {facet.word.lower()} “{facet.key(value)}”.{hint}")
