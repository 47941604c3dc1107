"""Requests for list pages: facets and sort order, strictly validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from flask import request

from loader.errors import BadValue, UsageError
from query_ui.graph.facet_filter import (
    NAME_FIELD,
    FacetFilter,
    parse_facet_values,
    parse_name_text,
)
from query_ui.graph.facets import EVIDENCE_LEVELS, FACET_BY_NAME, Facet
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.urls import encode_fields
from query_ui.http.spreadsheet_csv import SPREADSHEET_FIELD
from query_ui.site.lists.list_definitions import ListDefinition

SORT_ORDERS: Mapping[str, tuple[str, str]] = {
    "evidence": ("Evidence", "things-of-class-by-evidence"),
    "practices": ("Most practices", "things-of-class-by-practices"),
    "-year": ("Newest", "things-of-class-newest"),
    "title": ("A to Z", "things-of-class"),
    "-title": ("Z to A", "things-of-class-reversed"),
}
"""The sort orders of a list: label and page query of each."""
PAGING_FIELDS = (NAME_FIELD, "page", "size", "sort", "more", SPREADSHEET_FIELD)
TRACKING_PREFIXES = ("utm_", "fbclid", "gclid")
"""Parameters that mail programs and social networks add to addresses; they are ignored."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A request for a list; ``more`` is the facet that shows more of its values, or ""."""

    list_definition: ListDefinition
    facet_filter: FacetFilter
    sort_order: str = "title"
    more: str = ""

    def address(self, facet_filter: FacetFilter | None = None, **changed_fields: str | int) -> str:
        """Return the address of the list with another filter or changed fields."""
        definition = self.list_definition
        fields = {"sort": self.sort_order, **changed_fields}
        if fields["sort"] == definition.default_sort:
            del fields["sort"]
        pairs = [
            (name, value)
            for name, value in (facet_filter or self.facet_filter).list_fields()
            if name not in definition.fixed
        ]
        pairs += [(name, str(value)) for name, value in fields.items() if value]
        return f"{definition.path}?{encode_fields(pairs)}" if pairs else definition.path


def parse_list_request(
    list_definition: ListDefinition, search_index: SearchIndex | None
) -> ListRequest:
    """Parse the current request for a list.

    Raise UsageError for an unknown field and BadValue for an unknown value: ignoring either would
    return another list than the one intended.
    """
    fields = request.args.to_dict(flat=False)
    check_field_names(fields, list_definition)
    chosen = parse_facet_values(fields)
    for name, values in chosen.items():
        for value in values:
            check_facet_value(FACET_BY_NAME[name], value, search_index)
    return ListRequest(
        list_definition,
        FacetFilter(
            list_definition.kind,
            list_definition.classes,
            {**chosen, **list_definition.fixed},
            parse_match_all_facets(fields, chosen),
            parse_name_text(fields),
        ),
        check_list_option(
            "sort", fields.get("sort", [list_definition.default_sort])[-1], SORT_ORDERS
        ),
        check_list_option("more", fields.get("more", [""])[-1], ("", *FACET_BY_NAME)),
    )


def check_field_names(fields: Mapping[str, object], list_definition: ListDefinition) -> None:
    """Raise UsageError for a field that the list does not have, with the nearest name."""
    facets = [f for f in FACET_BY_NAME.values() if f.name not in list_definition.fixed]
    known = [*PAGING_FIELDS, *(f.name for f in facets), *(f.parameter for f in facets)]
    for name in fields:
        if name not in known and not name.startswith(TRACKING_PREFIXES):
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"It may be {', '.join(known)}."
            raise UsageError(f"A list has no filter “{name}”. {hint}")


def parse_match_all_facets(
    fields: Mapping[str, list[str]], values_by_facet: Mapping[str, tuple[str, ...]]
) -> frozenset[str]:
    """Return the facets of which all selected values are required (``…-match=all``)."""
    found = set()
    for name, facet in FACET_BY_NAME.items():
        said = fields.get(facet.parameter, ["any"])[-1]
        if (
            check_list_option(facet.parameter, said, ("any", "all")) == "all"
            and name in values_by_facet
        ):
            found.add(name)
    return frozenset(found)


def check_list_option(name: str, text: str, allowed_values: object) -> str:
    """Return ``text`` if it is an allowed value; raise UsageError otherwise."""
    names = [word for word in allowed_values if word]  # type: ignore[attr-defined]
    if text in allowed_values:  # type: ignore[operator]
        return text
    raise UsageError(f"Invalid value: {name} is “{text}”, and may be {', '.join(names)}.")


def check_facet_value(facet: Facet, value: str, search_index: SearchIndex | None) -> None:
    """Raise BadValue for a value that no entity can have, with the nearest ones."""
    if any(character in value for character in '<>"{}|^`\\ \n\t'):
        raise BadValue(f"Invalid value: “{facet.key(value)}” cannot be a value of {facet.title}.")
    if facet.name == "year":
        if not value.isascii() or not value.isdigit() or len(value) > 4:
            raise BadValue(f"Invalid value: “{value}” is not a year of four digits, such as 2020.")
    elif (
        search_index
        # Links name each level, also where no practice of the release has it.
        and not (facet.name == "evidence" and facet.key(value) in EVIDENCE_LEVELS)
        and value not in search_index.facet(facet.query_name).position_by_value
        and search_index.number(value) is None
    ):
        known = {facet.key(one): one for one in search_index.facet(facet.query_name).values}
        near = get_close_matches(facet.key(value), known, n=3, cutoff=0.6)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        message = f"Invalid value: {facet.title} has no value “{facet.key(value)}”.{hint}"
        raise BadValue(message, facet.key(value), near)
