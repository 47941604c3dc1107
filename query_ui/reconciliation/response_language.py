"""Language of the names in responses: the one that the client prefers, where names have it."""

from typing import Any

from flask import Response, g, request

from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.reconciliation_service import ReconciliationService

SITE_LANGUAGE = "en-GB"
"""Language of all texts other than the names of entities."""


def translate_names(
    service: ReconciliationService, items: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the items with their names in the language of ``Accept-Language``, where known.

    Items with the ``id`` of an entity have its ``name``; what has no translation stays.
    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
    """
    name_index = service.name_index
    language = choose_language(name_index)
    if language.startswith("en"):
        return items
    found = [
        name_index.find_entity(service.expand_id(item["id"])) if "id" in item else None
        for item in items
    ]
    numbers = [entity.number for entity in found if entity]
    label_by_number = name_index.load_labels(numbers, language)
    if label_by_number:
        g.name_language = language
    return [
        item | ({"name": label_by_number[e.number]} if e and e.number in label_by_number else {})
        for item, e in zip(items, found, strict=True)
    ]


def choose_language(name_index: NameIndex) -> str:
    """Return the language that the client prefers among those of the names, else the site's."""
    available = [SITE_LANGUAGE, "en", *sorted(name_index.languages)]
    return request.accept_languages.best_match(available) or SITE_LANGUAGE


def add_language_headers(response: Response) -> Response:
    """Say in which languages the response is, and that another request may get others.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.5
    """
    languages = [*filter(None, [g.get("name_language")]), SITE_LANGUAGE]
    response.headers["Content-Language"] = ", ".join(languages)
    response.vary.add("Accept-Language")
    return response
