"""The saved queries by task, and those that match words or a tag."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from loader.queries.query_files import SavedQuery

SECTOR_TAG = "sector"
"""The tag of queries over sector datasets, which a user adds: docs/guides/linking.md."""
NEEDS_DATA_GROUP = "Needs a dataset of your own"
TAGS_BY_GROUP = {
    NEEDS_DATA_GROUP: (SECTOR_TAG,),
    "What falls due": ("registers",),
    "Data quality and sources": ("data quality", "claims", "provenance"),
    "Concordat and frameworks": ("concordat", "frameworks"),
    "Link and export": ("joining", "export"),
    "Find practice": ("practices", "actions", "funding"),
    "Case studies": ("case studies",),
    "Initiatives and commitments": ("initiatives",),
    "Institutions and groups": ("organisations",),
    "Keywords": ("keywords",),
    "Figures": ("statistics",),
}
"""The tags of each task; a query belongs to the first task that has one of its tags."""
GROUP_ORDER = (
    "Find practice",
    "Institutions and groups",
    "What falls due",
    "Concordat and frameworks",
    "Case studies",
    "Initiatives and commitments",
    "Keywords",
    "Figures",
    "Link and export",
    "Data quality and sources",
)
"""The tasks as the page lists them; any other follows, and what needs other data is last."""
OTHER_GROUP = "Other"


@dataclass(frozen=True, slots=True)
class QueryGroup:
    """The saved queries of one task."""

    title: str
    queries: tuple[SavedQuery, ...]

    @property
    def key(self) -> str:
        """Return the name of the group in addresses."""
        return re.sub(r"\W+", "-", self.title.lower())


def needs_data(query: SavedQuery) -> bool:
    """Return whether a query has no rows without a dataset that the user adds."""
    return SECTOR_TAG in query.tags


def find_group(query: SavedQuery) -> str:
    """Return the title of the task that a query belongs to."""
    for title, tags in TAGS_BY_GROUP.items():
        if any(tag in query.tags for tag in tags):
            return title
    return OTHER_GROUP


def group_queries(queries: Iterable[SavedQuery]) -> list[QueryGroup]:
    """Return the queries by task, in the order in which the page lists the tasks."""
    found: dict[str, list[SavedQuery]] = {}
    for query in queries:
        found.setdefault(find_group(query), []).append(query)
    order = [*GROUP_ORDER, OTHER_GROUP, NEEDS_DATA_GROUP]
    return [QueryGroup(title, tuple(found[title])) for title in order if title in found]


def matches_search(query: SavedQuery, words: str, tag: str) -> bool:
    """Return whether a query has a tag, or any if ``tag`` is "", and begins words with all words.

    The words of title, summary, name, tags and labels of parameters count.
    """
    labels = (parameter.label for parameter in query.parameters)
    text = " ".join((query.title, query.summary, query.name, *query.tags, *labels)).lower()
    known = re.findall(r"\w+", text)
    return (not tag or tag in query.tags) and all(
        any(one.startswith(word) for one in known) for word in re.findall(r"\w+", words.lower())
    )
