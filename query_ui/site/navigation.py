"""The navigation of the site: six sections, and the pages that belong to each."""

from dataclasses import dataclass

from flask import request

SECTIONS = (
    (
        "Initiatives",
        "/initiatives",
        "practice",
        "initiatives practices case-studies programmes action-plans",
    ),
    ("Institutions", "/organisations", "inst", "organisations compare registers"),
    ("Topics", "/concepts", "topic", "concepts"),
    ("Coverage", "/coverage", "grid", "coverage"),
    ("Queries", "/queries", "query", "queries sparql q"),
    (
        "Data",
        "/dataset",
        "data",
        "dataset graphs changes link lookup ontology indicators contribute",
    ),
)
"""Title, address and icon of each section, and the first parts of the paths of its pages."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the site, and whether the current page belongs to it."""

    title: str
    href: str
    icon: str
    is_current: bool


def list_sections() -> list[Section]:
    """Return the sections in the order of the navigation."""
    first_part = request.path.split("/")[1]
    return [
        Section(title, href, icon, first_part in parts.split())
        for title, href, icon, parts in SECTIONS
    ]
