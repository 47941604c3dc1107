"""The navigation of the site: six sections, and the pages that belong to each."""

from dataclasses import dataclass

from flask import request

from query_ui.graph.urls import Link

SECTIONS = (
    (
        "Initiatives",
        "/initiatives",
        "practice",
        "initiatives practices case-studies programmes action-plans",
    ),
    ("Institutions", "/organisations", "inst", "organisations compare registers due"),
    ("Topics", "/concepts", "topic", "concepts"),
    ("Coverage", "/coverage", "grid", "coverage"),
    ("Queries", "/queries", "query", "queries sparql ask q"),
    (
        "Data",
        "/dataset",
        "data",
        "dataset graphs changes link lookup ontology indicators contribute",
    ),
)
"""Title, address and icon of each section, and the first parts of the paths of its pages."""
GROUP_TYPE = "Consortium"
INSTITUTION_TABS = (
    ("Institutions", "/organisations"),
    ("Groups", f"/organisations?type={GROUP_TYPE}"),
    ("Registers", "/registers"),
    ("Due dates", "/due"),
)
"""The lists that share a row of tabs under Institutions."""


DATA_TABS = (
    ("Download", "/dataset"),
    ("Source documents", "/graphs"),
    ("Match your data", "/link"),
    ("Look up", "/lookup"),
    ("Add a record", "/contribute"),
    ("Changes", "/changes"),
    ("Definitions", "/ontology"),
)
"""The pages of the section Data."""


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


def list_institution_tabs() -> list[tuple[Link, bool]]:
    """Return the lists about institutions, and whether each is the current one."""
    is_group_list = request.args.getlist("type") == [GROUP_TYPE]
    return [
        (
            Link(title, address),
            request.path == address.partition("?")[0] and ("?" in address) == is_group_list,
        )
        for title, address in INSTITUTION_TABS
    ]


def list_data_tabs() -> list[tuple[Link, bool]]:
    """Return the pages of the section Data, and whether each is the current one or above it."""
    return [
        (Link(title, address), request.path == address or request.path.startswith(f"{address}/"))
        for title, address in DATA_TABS
    ]
