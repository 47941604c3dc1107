"""Named addresses of page queries: ``/page-queries/NAME`` with the values of its parameters.

They are short, so that a page can have one for each of its numbers, and they redirect to the query
that they name. Values are IRIs relative to the project's base, or prefixed names, or whole IRIs;
fields that are no parameters narrow the query by facets, as in the address of a list.
"""

from collections.abc import Mapping, Sequence

from loader.errors import UsageError
from loader.settings import BASE
from query_ui.graph.facet_filter import (
    NAME_FIELD,
    FacetFilter,
    parse_facet_values,
    parse_name_text,
)
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.urls import encode_fields

NAMED_QUERY_PATH = "/page-queries/"
CLASS_PARAMETER = "class"


def build_named_query_path(
    name: str,
    values: Mapping[str, Sequence[str]],
    prefixes: Mapping[str, str],
    selection: FacetFilter | None = None,
) -> str:
    """Return the address of a page query with IRIs for its parameters, narrowed by ``selection``.

    ``prefixes`` has the namespaces by prefix.
    """
    iris = {CLASS_PARAMETER: selection.classes, **values} if selection else values
    fields = [(key, shorten_iri(iri, prefixes)) for key, found in iris.items() for iri in found]
    fields += selection.list_fields() if selection else []
    query_string = encode_fields(fields, ":/,")
    return f"{NAMED_QUERY_PATH}{name}?{query_string}" if fields else f"{NAMED_QUERY_PATH}{name}"


def shorten_iri(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI as a prefixed name, or relative to the base, or as it is."""
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace) and "/" not in iri.removeprefix(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    relative = iri.removeprefix(BASE)
    return iri if ":" in relative else relative


def expand_iri(text: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI of a short form; the inverse of ``shorten_iri``."""
    prefix, colon, name = text.partition(":")
    if not colon:
        return f"{BASE}{text}"
    return f"{prefixes[prefix]}{name}" if prefix in prefixes else text


def parse_named_query_fields(
    parameters: Sequence[str], fields: Mapping[str, Sequence[str]], prefixes: Mapping[str, str]
) -> tuple[dict[str, list[str]], FacetFilter | None]:
    """Return the values of the parameters of a page query, and the filter that narrows it or None.

    Raises UsageError for a field that is neither a parameter nor a facet.
    """
    values = {
        name: [expand_iri(text, prefixes) for text in fields[name]]
        for name in parameters
        if name in fields
    }
    facets = {name: found for name, found in fields.items() if name not in parameters}
    if facets and CLASS_PARAMETER not in parameters:
        raise UsageError(f"“{next(iter(facets))}” is no parameter of this query.")
    match_fields = {facet.parameter: name for name, facet in FACET_BY_NAME.items()}
    for name in facets:
        if name not in (*FACET_BY_NAME, *match_fields, NAME_FIELD):
            raise UsageError(f"“{name}” is neither a parameter of this query nor a filter.")
    if not facets:
        return values, None
    every = {match_fields[n] for n, found in facets.items() if n in match_fields and "all" in found}
    return values, FacetFilter(
        "",
        tuple(values.get(CLASS_PARAMETER, ())),
        parse_facet_values(facets),
        frozenset(every),
        parse_name_text(facets),
    )
