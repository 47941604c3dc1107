"""The resources of the Model Context Protocol server: ontology, concept schemes and guides.

https://modelcontextprotocol.io/specification/2025-06-18/server/resources
"""

from dataclasses import dataclass

from loader.settings import BASE
from query_ui.assistants.site_client import SiteClient, ToolError
from query_ui.assistants.tool_result import flatten_bindings
from query_ui.graph.help_pages import find_help_page, list_help_pages
from query_ui.graph.named_queries import NAMED_QUERY_PATH

SCHEME_PREFIX = f"{BASE}scheme/"
ONTOLOGY_URI, SCHEME_URI, GUIDE_URI = (
    "concordat-kg://ontology",
    "concordat-kg://scheme/",
    "concordat-kg://guide/",
)
TURTLE, MARKDOWN = "text/turtle", "text/markdown"


@dataclass(frozen=True, slots=True)
class Resource:
    """A text that an assistant can read, with its media type."""

    uri: str
    title: str
    description: str
    media_type: str


def list_resources(site: SiteClient) -> list[Resource]:
    """Return the ontology, the concept schemes of the release and the guides."""
    schemes = site.get(NAMED_QUERY_PATH + "schemes", [("format", "json")])
    by_iri = {row["scheme"]: row for row in flatten_bindings(schemes.data)}
    return [
        Resource(ONTOLOGY_URI, "Ontology", "The classes and properties of the graph.", TURTLE),
        *(
            Resource(
                SCHEME_URI + iri.removeprefix(SCHEME_PREFIX),
                f"Concept scheme: {row.get('label', iri)}",
                row.get("description", ""),
                TURTLE,
            )
            for iri, row in by_iri.items()
            if iri.startswith(SCHEME_PREFIX)
        ),
        *(
            Resource(GUIDE_URI + page.name, f"Guide: {page.title}", page.summary, MARKDOWN)
            for page in list_help_pages()
        ),
    ]


def read_resource(site: SiteClient, uri: str) -> tuple[str, str]:
    """Return text and media type of a resource; raise ToolError where there is none."""
    if uri == ONTOLOGY_URI:
        fields = [("format", "ttl")]
        return site.get(NAMED_QUERY_PATH + "ontology-graph", fields, TURTLE).text, TURTLE
    page = find_help_page(uri.removeprefix(GUIDE_URI)) if uri.startswith(GUIDE_URI) else None
    if page:
        return page.source.read_text("utf-8"), MARKDOWN
    known = [one.uri for one in list_resources(site)]
    if uri not in known:
        raise ToolError(f"There is no resource {uri[:200]}. resources/list has those there are.")
    name = uri.removeprefix(SCHEME_URI)
    return site.get(f"/concepts/{name}.ttl", accept=TURTLE).text, TURTLE
