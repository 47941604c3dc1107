"""The entity that an assistant means, by its IRI, identifier or name."""

from collections.abc import Sequence
from typing import Any

from query_ui.assistants.site_client import SiteClient, ToolError

_FORBIDDEN = '<>"{}|^`\\ \n\t'


def find_entity(site: SiteClient, text: str) -> str:
    """Return the IRI of an entity; raise ToolError with the candidates where none is certain.

    A name is certain where one entity alone has it as its label, or an identifier is known.
    """
    if "://" in text:
        if any(character in text for character in _FORBIDDEN):
            raise ToolError(f"“{text[:200]}” is not a valid IRI.")
        return text
    items = site.get("/search/suggestions", [("q", text)]).data["items"]
    same = [one for one in items if text.casefold() in (one["label"].casefold(), one["also"])]
    if len(same) == 1:
        return str(same[0]["iri"])
    raise ToolError(describe_candidates(text, items))


def describe_candidates(text: str, items: Sequence[Any]) -> str:
    """Return the sentence that says which entities a name may mean."""
    listed = "; ".join(f"{one['label']} ({one['kind']}): {one['iri']}" for one in items)
    if not listed:
        return f"No entity is called “{text[:200]}”. Use search to find it, and give its IRI."
    return f"“{text[:200]}” is not the name of one entity. Give one of these IRIs: {listed}."
