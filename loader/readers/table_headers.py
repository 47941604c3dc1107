"""The kinds of table, told apart by their headers, and the field that each column becomes."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loader.document import Rule
from loader.readers.front_matter import TAGS


class Column(NamedTuple):
    """What the cells of a column become.

    ``field`` is the name of the field, "" for a column that is not known; ``several`` says that a
    cell may hold a list.
    """

    field: str
    several: bool = False
    rule: Rule = Rule.AS_WRITTEN


def _plain(*names: str) -> dict[str, Column]:
    return {name: Column(name) for name in names}


ORGANISATIONS: Mapping[str, Column] = {
    **_plain("slug", "name", "kind", "ror", "wikidata", "ukprn", "homepage", "consortium"),
    **_plain("member_from", "member_until", "founded", "note", "source"),
    "alt_names": Column("alt_names", several=True),
    "alt_name": Column("alt_names", several=True),
    "notes": Column("note"),
    "source_url": Column("source"),
}
OBLIGATIONS: Mapping[str, Column] = {
    **_plain("code", "principle", "responsible_group", "gloss", "verification", "source"),
    "source_url": Column("source"),
}
CASE_STUDIES: Mapping[str, Column] = {
    **_plain("slug", "title", "source", "abstract", "note", "date"),
    "source_url": Column("source"),
    "notes": Column("note"),
    **dict.fromkeys(
        ("institution", "institutions", "organisation", "organisations"),
        Column("institution", several=True),
    ),
    **{name: Column(name, several=True) for name in TAGS},
    "beneficiary": Column("beneficiaries", several=True),
    "stakeholder": Column("stakeholders", several=True),
    "principle": Column("principles", several=True),
    "concordat_principle": Column("principles", several=True),
    "concordat_principles": Column("principles", several=True),
    "keyword": Column("keywords", several=True),
    "obligation": Column("obligations", several=True, rule=Rule.CURATOR),
    "obligations": Column("obligations", several=True, rule=Rule.CURATOR),
    "describes": Column("describes", several=True, rule=Rule.CURATOR),
}
PRINTED = "_as_printed"
"""Ends the name of a column that repeats a tag column as its source prints it."""


class Kind(NamedTuple):
    """A kind of table: the kind of its records, its columns, and what tells it apart."""

    name: str
    columns: Mapping[str, Column]
    needs: str


KINDS = (
    Kind("organisation", ORGANISATIONS, "name with ror, ukprn or alt_names"),
    Kind("obligation", OBLIGATIONS, "code with responsible_group"),
    Kind("case-study", CASE_STUDIES, "title"),
)


def normalised(header: str) -> str:
    """A header without regard to case, spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]+", "_", header.strip().casefold())


def kind_of(headers: Sequence[str]) -> Kind | None:
    """The kind of table with those headers, None if it is none that is known."""
    names = {normalised(header) for header in headers}
    organisations, obligations, case_studies = KINDS
    if "name" in names and names & {"ror", "ukprn", "alt_names"}:
        return organisations
    if {"code", "responsible_group"} <= names:
        return obligations
    return case_studies if "title" in names else None


def columns_of(kind: Kind, headers: Sequence[str]) -> list[Column]:
    """The column for each header, in order."""
    names = [normalised(header) for header in headers]
    columns = [kind.columns.get(name, Column("")) for name in names]
    plain = {column.field for column in columns}
    for index, name in enumerate(names):
        tag = name.removesuffix(PRINTED)
        if name.endswith(PRINTED) and tag in TAGS and tag not in plain and tag in kind.columns:
            columns[index] = Column(tag, several=True)
    return columns
